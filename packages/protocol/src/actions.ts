// From a validated event to actions: one per key, and the *Property events turned into the event of their property.
// The server hands actions to the desk (or answers them itself); refusals go back to who sent the event.
import { clientEvents } from './client-events.ts';
import type { ClientEvent, ClientEventKey, ClientEventValue } from './client-events.ts';
import type { ErrorCode, ErrorDetails } from './error-codes.ts';
import { errorMessage } from './error-codes.ts';

type FoldedEvent = 'channelProperty' | 'masterProperty' | 'userProperty';
export type ActionEvent = Exclude<ClientEvent, FoldedEvent>;

/** One thing to do: event, key and value belong together by type. */
export type Action<E extends ActionEvent = ActionEvent> = {
  [Name in E]: {
    event: Name;
    key: ClientEventKey<Name>;
    value: ClientEventValue<Name>;
    /** The event the client sent: another one where a *Property event was unfolded. */
    sentAs: ClientEvent;
  };
}[E];

export interface Refusal {
  key: string | null;
  code: ErrorCode;
  msg: string;
}

export interface ParsedEvent {
  actions: Action[];
  refusals: Refusal[];
}

/** Which event a property stands for. */
export const propertyEvents = {
  channelProperty: {
    muted: 'channelMuted',
    mode: 'channelMode',
    recording: 'channelRecording',
    level: 'channelVolume',
    autoanswer: 'channelAutoAnswer',
  },
  masterProperty: {
    muted: 'masterMuted',
    on_air: 'masterOnAir',
    recording: 'masterRecording',
    level: 'masterVolume',
    delay: 'masterDelay',
  },
  userProperty: { muted: 'userMuted', level: 'userVolume', recording: 'userRecording' },
} as const;

/** A refusal with its sentence. */
export function refusal(code: ErrorCode, key: string | null, details: ErrorDetails = {}): Refusal {
  return { key, code, msg: errorMessage(code, details) };
}

/** Validates the data of an event, key by key. */
export function parseEvent(event: ClientEvent, data: unknown): ParsedEvent {
  const parsed: ParsedEvent = { actions: [], refusals: [] };
  if (clientEvents[event].keyedBy === null) {
    parseValue(event, null, data, parsed);
    return parsed;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const reason = `expected an object with a key for each ${clientEvents[event].keyedBy}`;
    parsed.refusals.push(refusal('bad_data', null, { reason }));
    return parsed;
  }
  for (const [key, value] of Object.entries(data)) parseValue(event, key, value, parsed);
  return parsed;
}

function parseValue(event: ClientEvent, key: string | null, value: unknown, parsed: ParsedEvent): void {
  const result = clientEvents[event].value.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    const reason = `${where}${issue?.message ?? 'not valid'}`.slice(0, 200);
    parsed.refusals.push(refusal('bad_data', key, { reason }));
    return;
  }
  parsed.actions.push(unfold(event, key, result.data));
}

function unfold(event: ClientEvent, key: string | null, value: unknown): Action {
  // The schema of the event has just proved the pair of event and value; the type checker cannot follow it there.
  if (!isFolded(event)) return { event, key, value, sentAs: event } as Action;
  const property = value as { name: string; value: unknown };
  const names: Readonly<Record<string, ActionEvent>> = propertyEvents[event];
  return { event: names[property.name], key, value: property.value, sentAs: event } as Action;
}

function isFolded(event: ClientEvent): event is FoldedEvent {
  return Object.hasOwn(propertyEvents, event);
}
