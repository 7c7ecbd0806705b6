// Who is at the far end: number, what is known of it, name, place, the point they want to make in this call, and notes
// on the person, written where they are read. What is typed is saved by itself; names come from the address book.
import type { ChannelState } from '@openline/protocol';
import { type FocusEvent, type KeyboardEvent, useId, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Icon } from '../../ui/icon.tsx';
import { historyText } from './caller-history.ts';
import { type CardField, useCardDraft } from './card-draft.ts';
import type { StripView } from './strip-view.ts';
import { Suggestions, useSuggestions } from './suggestions.tsx';

interface CallerCardProps {
  id: string;
  channel: ChannelState;
  strip: StripView;
  name: string;
}

export function CallerCard({ id, channel, strip, name }: CallerCardProps) {
  const texts = useTexts().strip;
  const controls = useControls();
  const listId = useId();
  const isLive = useDesk((view) => view.phase === 'live');
  const [isNaming, setNaming] = useState(false);
  const draft = useCardDraft({
    card: channel.contact,
    callKey: `${channel.call_id ?? ''}/${channel.contact?.number ?? ''}`,
    isLive,
    save: (change) => controls.saveCard(id, change),
  });
  const typedName = draft.textOf('name');
  const suggestions = useSuggestions(isNaming && strip.canWriteCard ? typedName : '');

  if (strip.tone === 'defunct') {
    return <div className="caller caller-empty">{channel.error ?? texts.lineDown}</div>;
  }
  if (!channel.contact) {
    return <div className="caller caller-empty">{texts.noCaller}</div>;
  }
  const field = (key: CardField, label: string) => ({
    value: draft.textOf(key),
    placeholder: label,
    'aria-label': `${name}: ${label}`,
    readOnly: !strip.canWriteCard,
    'data-field': key,
    rows: 1,
    onBlur: leave,
    onChange: (event: { target: { value: string } }) => draft.type(key, event.target.value),
    spellCheck: false,
    autoComplete: 'off',
  });
  const isOpen = suggestions.people.length > 0;
  return (
    <div className="caller" data-left={!strip.hasCall || undefined}>
      <CallerNumber channel={channel} />
      <textarea
        className="caller-name"
        {...field('name', texts.callerName)}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={isOpen ? listId : undefined}
        aria-activedescendant={isOpen && suggestions.at >= 0 ? `${listId}-${suggestions.at}` : undefined}
        onFocus={() => setNaming(true)}
        onBlur={(event) => {
          setNaming(false);
          leave(event);
        }}
        onKeyDown={(event) => {
          if (suggestions.onKey(event, choose)) return;
          leaveOnEnter(event);
        }}
      />
      {isOpen && <Suggestions id={listId} list={suggestions} onChoose={choose} />}
      <textarea className="caller-place" {...field('location', texts.callerPlace)} onKeyDown={leaveOnEnter} />
      <textarea className="caller-point" {...field('point', texts.callerPoint)} />
      <textarea className="caller-notes" {...field('notes', texts.callerNotes)} />
    </div>
  );

  /** A long text is read from its beginning, wherever it was written last. */
  function leave(event: FocusEvent<HTMLTextAreaElement>) {
    event.currentTarget.scrollTop = 0;
    draft.flush();
  }

  function choose(person: { name: string | null; location: string | null }) {
    draft.fill({ name: person.name ?? '', location: person.location ?? '' });
    setNaming(false);
  }
}

function CallerNumber({ channel }: { channel: ChannelState }) {
  const texts = useTexts();
  const { locale } = useLanguage();
  const { contact, caller, direction } = channel;
  const number = contact?.number ?? '';
  const history = caller && historyText(caller, channel.timestamp, locale, texts.strip);
  return (
    <p className="caller-number">
      {direction === 'out' && (
        <span className="caller-out" title={texts.calls.outgoing}>
          <Icon name="outgoing" size={14} />
          <span className="unseen">{texts.calls.outgoing}</span>
        </span>
      )}
      <span>{number === '' ? texts.strip.unknownNumber : number}</span>
      {caller?.blocked && <strong className="caller-blocked">{texts.strip.blocked}</strong>}
      {caller && (
        <span
          className="caller-history"
          title={history ?? undefined}
          data-first={caller.calls <= 1 || undefined}
        >
          {history}
        </span>
      )}
    </p>
  );
}

/** Name and place are one line each, however long they are shown. */
function leaveOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  event.currentTarget.blur();
}
