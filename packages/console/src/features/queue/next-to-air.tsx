// Who goes to air next, on a button that is never missed, and what becomes of the callers who are there then.
import { mayDo, type OnNext } from '@openline/protocol';
import { RadioGroup } from 'radix-ui';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { useSurroundings } from '../desk/surroundings.tsx';
import { namesOnAir } from './queue-names.ts';
import { useNextToAir } from './use-next-to-air.ts';

const choices: readonly OnNext[] = ['keep', 'hold', 'drop'];

export function NextToAir() {
  const texts = useTexts();
  const controls = useControls();
  const { me } = useSurroundings();
  const next = useNextToAir();
  const contact = useDesk((view) => (next.id ? view.desk?.mixer.channels[next.id]?.contact : undefined));
  const onNext = useDesk((view) => view.desk?.queue.on_next) ?? 'keep';
  const isLive = useDesk((view) => view.phase === 'live');
  const onAir = useDesk((view) => namesOnAir(view.desk, texts.strip.unknownNumber));
  const refusal = useDesk((view) => view.refusals.get('queue'));
  const maySet = mayDo(me.role, 'queue:onNext');
  const who =
    next.id === null ? texts.queue.nobody : contact?.name || contact?.number || texts.strip.unknownNumber;
  const air = onAir === '' ? texts.queue.nobodyOnAir : texts.queue.onAir(onAir);

  return (
    <div className="next">
      <Button
        className="next-button"
        tone="air"
        icon="next"
        isLarge
        isPending={next.isPending}
        disabled={!isLive || !next.mayTake || next.id === null}
        data-act="next"
        data-next={next.id ?? undefined}
        onClick={(event) => event.detail <= 1 && next.take()}
      >
        <small>{texts.queue.next} </small>
        <strong>{who} </strong>
        {contact?.location && <span>{contact.location}</span>}
      </Button>
      <p className="next-air" title={air}>
        {air}
      </p>
      <RadioGroup.Root
        className="next-keep"
        aria-label={texts.queue.onNextTitle}
        value={onNext}
        disabled={!isLive || !maySet}
        onValueChange={(to) => controls.set('queue', 'onNext', 'queue:onNext', to as OnNext)}
      >
        {choices.map((choice) => (
          <RadioGroup.Item
            key={choice}
            className="button"
            value={choice}
            aria-label={texts.queue.onNextInFull[choice]}
          >
            {texts.queue.onNext[choice]}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {refusal && (
        <p className="strip-refusal" role="status">
          <span>{refusal}</span>
          <Button
            tone="bare"
            icon="close"
            aria-label={texts.strip.dismiss}
            onClick={() => controls.dismiss('queue')}
          />
        </p>
      )}
    </div>
  );
}
