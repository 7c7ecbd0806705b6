// What is being written to a number, kept in this browser until it is sent: a reload or a lost connection costs no
// word of it.
import { useEffect, useState } from 'react';

const PREFIX = 'openline.draft.';

function keptDraft(endpoint: string): string {
  return localStorage.getItem(PREFIX + endpoint) ?? '';
}

function keepDraft(endpoint: string, text: string): void {
  if (text === '') localStorage.removeItem(PREFIX + endpoint);
  else localStorage.setItem(PREFIX + endpoint, text);
}

/** `endpoint` is '' while nobody is chosen yet. */
export function useDraft(endpoint: string, first: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => first || keptDraft(endpoint));
  useEffect(() => keepDraft(endpoint, text), [endpoint, text]);
  return [text, setText];
}
