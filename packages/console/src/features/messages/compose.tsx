// Writes a text: says how many characters are left and in how many parts it travels, keeps the draft, and answers a
// text when there is one to answer.
import { countText, type Message } from '@openline/protocol';
import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { useDraft } from './draft.ts';
import type { MessageActs } from './use-message-acts.ts';

interface ComposeProps {
  endpoint: string;
  acts: MessageActs;
  replyTo: Message | null;
  onNoReply: () => void;
  /** What stands there at first: a forwarded text. */
  first?: string;
  /** With the id that the text is stored under. */
  onSent?: (id: string) => void;
}

const LONGEST = 4000;

export function Compose({ endpoint, acts, replyTo, onNoReply, first = '', onSent }: ComposeProps) {
  const texts = useTexts().messages;
  const lines = useDesk((view) => view.desk?.lines);
  const [text, setText] = useDraft(endpoint, first);
  const [lineId, setLineId] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const id = useId();
  const textLines = Object.entries(lines ?? {}).filter(([, line]) => line.sms);
  const count = countText(text);
  const maySend = acts.maySend && text.trim() !== '' && endpoint !== '' && !isSending && textLines.length > 0;

  async function send(event?: FormEvent) {
    event?.preventDefault();
    if (!maySend) return;
    setSending(true);
    const stored = await acts.send({
      endpoint,
      content: text,
      channelId: lineId,
      replyTo: replyTo?.id ?? null,
    });
    setSending(false);
    if (stored === null) return;
    setText('');
    onNoReply();
    onSent?.(stored);
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
  }

  return (
    <form className="compose" onSubmit={(event) => void send(event)}>
      {replyTo && (
        <p className="compose-reply">
          <span>{texts.replyTo(replyTo.content)}</span>
          <Button tone="bare" icon="close" aria-label={texts.noReply} onClick={onNoReply} />
        </p>
      )}
      <textarea
        data-field="text"
        rows={3}
        maxLength={LONGEST}
        value={text}
        placeholder={texts.write}
        aria-label={texts.write}
        aria-describedby={id}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
      />
      <p className="compose-count" id={id}>
        {texts.count(count.left, count.parts)}
        {count.alphabet === 'ucs2' && <small>{texts.unicode}</small>}
      </p>
      <div className="compose-acts">
        {textLines.length > 1 && (
          <select
            className="choice"
            aria-label={texts.line}
            value={lineId ?? ''}
            onChange={(event) => setLineId(event.target.value || null)}
          >
            <option value="">{texts.anyLine}</option>
            {textLines.map(([key, line]) => (
              <option key={key} value={key}>
                {line.label}
              </option>
            ))}
          </select>
        )}
        <Button type="submit" tone="go" icon="send" data-act="send" disabled={!maySend} isPending={isSending}>
          {texts.send}
        </Button>
      </div>
      {textLines.length === 0 && <p className="compose-none">{texts.noLine}</p>}
    </form>
  );
}
