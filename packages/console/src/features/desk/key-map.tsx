// The map of keys. Not modal: the desk behind it goes on and can be worked.
import { Dialog } from 'radix-ui';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { keyLines } from './desk-keys.ts';

export function KeyMap({ isOpen, onOpen }: { isOpen: boolean; onOpen: (isOpen: boolean) => void }) {
  const texts = useTexts();
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpen} modal={false}>
      <Dialog.Portal>
        <Dialog.Content className="key-map">
          <Dialog.Title>{texts.keys.title}</Dialog.Title>
          <Dialog.Description>{texts.keys.lead}</Dialog.Description>
          <dl>
            {keyLines.map(({ name, keys }) => (
              <div key={name} data-key={name}>
                <dt>
                  {keys.map((key) => (key === '…' ? <span key={key}>…</span> : <kbd key={key}>{key}</kbd>))}
                </dt>
                <dd>{texts.keys[name]}</dd>
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
