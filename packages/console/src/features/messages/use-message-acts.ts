// What can be done with texts, as the rows, the conversation and the inbox do it. A refusal is a sentence in `problem`.
import { type ClientEvent, type ClientEventData, type Message, mayDo } from '@openline/protocol';
import { useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { useUndo } from '../../ui/undo.tsx';

export interface MessageActs {
  problem: string | null;
  forgive: () => void;
  maySend: boolean;
  mayTag: boolean;
  mayDelete: boolean;
  setFavorite: (message: Message, isFavorite: boolean) => void;
  addTag: (message: Message, tag: string) => void;
  removeTag: (message: Message, tag: string) => void;
  remove: (message: Message) => void;
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
  const texts = useTexts().messages;
  const controls = useControls();
  const undo = useUndo();
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const isLive = useDesk((view) => view.phase === 'live');
  const [problem, setProblem] = useState<string | null>(null);

  async function ask<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<void> {
    const outcome = await controls.ask(event, data);
    setProblem(outcome.ok ? null : outcome.error.msg || texts.notConnected);
  }

  return {
    problem,
    forgive: () => setProblem(null),
    maySend: isLive && mayDo(role, 'messages:send'),
    mayTag: isLive && mayDo(role, 'messages:addTags'),
    mayDelete: isLive && mayDo(role, 'messages:delete'),
    setFavorite: (message, isFavorite) =>
      void ask(isFavorite ? 'messages:favorite' : 'messages:unfavorite', [message.id]),
    addTag: (message, tag) => void ask('messages:addTags', { message_ids: [message.id], tags: [tag] }),
    removeTag: (message, tag) => void ask('messages:removeTags', { message_ids: [message.id], tags: [tag] }),
    remove: (message) =>
      undo.remove({
        keys: [message.id],
        text: texts.deleted,
        commit: () => void ask('messages:delete', { [message.id]: null }),
      }),
    async send({ endpoint, content, channelId, replyTo }) {
      const text = { type: 'sms_out' as const, endpoint, content, channel_id: channelId, reply_to: replyTo };
      const outcome = await controls.ask('messages:send', { text });
      setProblem(outcome.ok ? null : outcome.error.msg || texts.notConnected);
      return outcome.ok ? (outcome.answer?.['text'] ?? null) : null;
    },
  };
}
