// What can be done with texts, as the rows, the conversation and the inbox do it.
import { mayDo } from '@openline/protocol';
import { useMemo, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { type RecordActs, useRecordActs } from '../../connection/use-record-acts.ts';
import { useTexts } from '../../i18n/texts.ts';

export interface MessageActs extends RecordActs {
  maySend: boolean;
  /** Resolves to the id that it is stored under, null when it is not. */
  send: (text: OutgoingText) => Promise<string | null>;
}

interface OutgoingText {
  endpoint: string;
  content: string;
  /** The line it must go out by; null: the server picks it. */
  channelId: string | null;
  replyTo: string | null;
}

export function useMessageActs(): MessageActs {
  const lost = useTexts().connection.none;
  const controls = useControls();
  const acts = useRecordActs('messages', lost);
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const [refusal, setRefusal] = useState<string | null>(null);
  return useMemo(
    () => ({
      ...acts,
      problem: refusal ?? acts.problem,
      maySend: acts.isLive && mayDo(role, 'messages:send'),
      async send({ endpoint, content, channelId, replyTo }: OutgoingText) {
        const text = {
          type: 'sms_out' as const,
          endpoint,
          content,
          channel_id: channelId,
          reply_to: replyTo,
        };
        const outcome = await controls.ask('messages:send', { text });
        setRefusal(outcome.ok ? null : outcome.error.msg || lost);
        return outcome.ok ? (outcome.answer?.['text'] ?? null) : null;
      },
    }),
    [acts, refusal, role, controls, lost],
  );
}
