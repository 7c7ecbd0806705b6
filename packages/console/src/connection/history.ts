// The call history as far as it was read: pages of older entries, and what changes while it is shown. Newest first.
import type { Call } from '@openline/protocol';
import type { History } from './desk-view.ts';

/** A first page starts the list anew, a further one goes on at its end. */
export function addPage(
  history: History,
  page: { calls: readonly Call[]; cursor: string | null },
  isFirst: boolean,
): History {
  const changes = Object.fromEntries(page.calls.map((call) => [call.id, call]));
  return { calls: merged(isFirst ? [] : history.calls, changes), cursor: page.cursor, isRead: true };
}

export function updateHistory(history: History, changes: Readonly<Record<string, Call | null>>): History {
  return { ...history, calls: merged(history.calls, changes) };
}

function merged(calls: readonly Call[], changes: Readonly<Record<string, Call | null>>): Call[] {
  const kept = calls.filter((call) => !(call.id in changes));
  const fresh = Object.values(changes).filter((call) => call !== null);
  return [...kept, ...fresh].sort((one, other) => other.timestamp - one.timestamp);
}
