// What is being typed into a caller's card. Typing goes to the server shortly after the last key; until the server
// has taken it, it is kept here and wins over what others send, also while the connection is away.
import { useEffect, useRef, useState } from 'react';
import type { ContactProperty } from '@openline/protocol';

export type CardField = 'name' | 'location' | 'point' | 'notes';
export type CardChange = Partial<Record<CardField, string>>;

interface CardDraftOptions {
  card: Readonly<Record<string, ContactProperty | undefined>> | null;
  /** A new caller empties the draft. */
  callKey: string;
  isLive: boolean;
  /** Resolves to whether the server took it. */
  save: (change: CardChange) => Promise<boolean>;
}

const SAVE_AFTER_MS = 400;
const nothingTyped: CardChange = {};

export interface CardDraft {
  textOf: (field: CardField) => string;
  type: (field: CardField, text: string) => void;
  /** Several fields at once, of somebody who is known. */
  fill: (card: CardChange) => void;
  /** Saves what is not saved yet, at once. */
  flush: () => void;
}

export function useCardDraft({ card, callKey, isLive, save }: CardDraftOptions): CardDraft {
  const [draft, setDraft] = useState<{ callKey: string; change: CardChange }>({ callKey, change: {} });
  const change = draft.callKey === callKey ? draft.change : nothingTyped;
  const latest = useRef({ change, save });
  useEffect(() => {
    latest.current = { change, save };
  });

  async function flush() {
    const sent = latest.current.change;
    if (Object.keys(sent).length === 0 || !isLive) return;
    const isTaken = await latest.current.save(sent);
    if (isTaken) setDraft((now) => ({ ...now, change: without(now.change, sent) }));
  }

  const flushLatest = useRef(flush);
  useEffect(() => {
    flushLatest.current = flush;
  });

  // Also runs when the connection is back: what was typed meanwhile goes out then.
  useEffect(() => {
    if (!isLive || Object.keys(change).length === 0) return undefined;
    const timer = setTimeout(() => void flushLatest.current(), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [change, isLive]);

  return {
    textOf: (field) => change[field] ?? textFrom(card?.[field]),
    type: (field, text) => setDraft({ callKey, change: { ...change, [field]: text } }),
    fill: (card) => setDraft({ callKey, change: { ...change, ...card } }),
    flush: () => void flush(),
  };
}

/** What is left of a draft after `sent` was taken: only what has been typed on since. */
export function without(draft: CardChange, sent: CardChange): CardChange {
  const left: CardChange = {};
  for (const field of Object.keys(draft) as CardField[]) {
    const text = draft[field];
    if (text !== undefined && text !== sent[field]) left[field] = text;
  }
  return left;
}

function textFrom(value: ContactProperty | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
