// The map of keys. Not modal: the desk behind it goes on and can be worked.
import { Dialog } from 'radix-ui';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';

export function KeyMap({ isOpen, onOpen }: { isOpen: boolean; onOpen: (isOpen: boolean) => void }) {
  const texts = useTexts();
  const keys = texts.keys;
  const rows: [string[], string][] = [
    [['1', '…', '9'], keys.strip],
    [['Esc'], keys.unchoose],
    [['A'], keys.air],
    [['B'], keys.both],
    [['H'], keys.hold],
    [['S'], keys.screen],
    [['I'], keys.ivr],
    [['D'], keys.drop],
    [['M'], keys.mute],
    [['R'], keys.record],
    [['N'], keys.next],
    [['↑', '↓'], keys.fader],
    [['0'], keys.unity],
    [['?'], keys.map],
  ];
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpen} modal={false}>
      <Dialog.Portal>
        <Dialog.Content className="key-map">
          <Dialog.Title>{keys.title}</Dialog.Title>
          <Dialog.Description>{keys.lead}</Dialog.Description>
          <dl>
            {rows.map(([names, does]) => (
              <div key={does}>
                <dt>
                  {names.map((name) =>
                    name === '…' ? <span key={name}>…</span> : <kbd key={name}>{name}</kbd>,
                  )}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <Dialog.Close asChild>
            <Button icon="close" tone="bare" className="key-map-close" aria-label={texts.close} />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
