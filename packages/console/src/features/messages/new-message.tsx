// A text to somebody who is not in front of us yet: the number is typed or found in the address book.
import { normalizeNumber, type ServerEventData } from '@openline/protocol';
import { useEffect, useId, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/list-frame.tsx';
import { Compose } from './compose.tsx';
import type { MessageActs } from './use-message-acts.ts';

interface NewMessageProps {
  first: string;
  acts: MessageActs;
  onClose: () => void;
  onSent: (id: string) => void;
}

type Suggestions = ServerEventData<'addrBookSuggestions'>;

export function NewMessage({ first, acts, onClose, onSent }: NewMessageProps) {
  const texts = useTexts().messages;
  const [to, setTo] = useState('');
  const suggestions = useSuggestions(to);
  const id = useId();
  const endpoint = normalizeNumber(to) ?? '';
  return (
    <section className="conversation" aria-label={texts.write}>
      <header className="aside-head">
        <Button tone="bare" icon="back" data-act="close" aria-label={texts.close} onClick={onClose} />
        <h2>{texts.newText}</h2>
      </header>
      <div className="conversation-body new-text">
        <label htmlFor={id}>{texts.to}</label>
        <input
          id={id}
          data-field="to"
          type="text"
          inputMode="tel"
          autoComplete="off"
          list={`${id}-known`}
          value={to}
          placeholder={texts.toHint}
          onChange={(event) => setTo(event.target.value)}
        />
        <datalist id={`${id}-known`}>
          {suggestions.map((one) => (
            <option key={one.contact_id} value={one.number}>
              {one.name}
            </option>
          ))}
        </datalist>
      </div>
      <Problem text={acts.problem} />
      <Compose
        endpoint={endpoint}
        acts={acts}
        replyTo={null}
        onNoReply={() => {}}
        first={first}
        onSent={onSent}
      />
    </section>
  );
}

const ASK_AFTER_MS = 150;

/** People whose name or number begins so. */
function useSuggestions(text: string): Suggestions {
  const controls = useControls();
  const isLive = useDesk((view) => view.phase === 'live');
  const [found, setFound] = useState<Suggestions>([]);
  const wanted = text.trim();
  useEffect(() => {
    if (!isLive || wanted.length < 2) return undefined;
    const timer = setTimeout(() => {
      void controls.ask('addrBookSuggestions', wanted).then((outcome) => {
        if (outcome.ok) setFound(outcome.answer ?? []);
      });
    }, ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [controls, isLive, wanted]);
  return wanted.length < 2 ? [] : found;
}
