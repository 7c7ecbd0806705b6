// Who is at the far end: number, name, place and the point they want to make, written where it is read. What is
// typed is saved by itself.
import type { ChannelState } from '@openline/protocol';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type CardField, useCardDraft } from './card-draft.ts';
import type { StripView } from './strip-view.ts';

interface CallerCardProps {
  id: string;
  channel: ChannelState;
  strip: StripView;
  name: string;
}

export function CallerCard({ id, channel, strip, name }: CallerCardProps) {
  const texts = useTexts();
  const controls = useControls();
  const isLive = useDesk((view) => view.phase === 'live');
  const draft = useCardDraft({
    card: channel.contact,
    callKey: `${channel.call_id ?? ''}/${channel.contact?.number ?? ''}`,
    isLive,
    save: (change) => controls.saveCard(id, change),
  });

  if (strip.tone === 'defunct') {
    return <div className="caller caller-empty">{channel.error ?? texts.strip.lineDown}</div>;
  }
  if (!channel.contact) {
    return <div className="caller caller-empty">{texts.strip.noCaller}</div>;
  }
  const field = (key: CardField, label: string) => ({
    value: draft.textOf(key),
    placeholder: label,
    'aria-label': `${name}: ${label}`,
    readOnly: !strip.canWriteCard,
    'data-field': key,
    onBlur: draft.flush,
    spellCheck: false,
    autoComplete: 'off',
  });
  return (
    <div className="caller" data-left={!strip.hasCall || undefined}>
      <p className="caller-number">
        {channel.contact.number === '' ? texts.strip.unknownNumber : channel.contact.number}
      </p>
      <input
        className="caller-name"
        {...field('name', texts.strip.callerName)}
        onChange={(event) => draft.type('name', event.target.value)}
      />
      <input
        className="caller-place"
        {...field('location', texts.strip.callerPlace)}
        onChange={(event) => draft.type('location', event.target.value)}
      />
      <textarea
        className="caller-notes"
        rows={2}
        {...field('notes', texts.strip.callerNotes)}
        onChange={(event) => draft.type('notes', event.target.value)}
      />
    </div>
  );
}
