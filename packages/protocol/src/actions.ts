// From a validated event to actions: one per key or id, the *Property events turned into the event of their property.
// The server hands actions to the desk (or answers them itself); refusals go back to who sent the event.
import { z } from 'zod';
import { clientEvents } from './client-events.ts';
import type { ClientEvent, ClientEventKey, ClientEventValue } from './client-events.ts';
import type { ErrorCode, ErrorDetails } from './error-codes.ts';
import { errorMessage } from './error-codes.ts';
import { MAX_KEYS, idListSchema } from './event-forms.ts';
import { recordEvents } from './record-events.ts';
import { tagsSchema } from './values.ts';

type FoldedEvent = 'channelProperty' | 'masterProperty' | 'userProperty' | 'message:removeTags';
export type ActionEvent = Exclude<ClientEvent, FoldedEvent>;
/** The events about what is stored. */
export type RecordEvent = Extract<ActionEvent, keyof typeof recordEvents>;

export function isRecordEvent(event: ActionEvent): event is RecordEvent {
  return Object.hasOwn(recordEvents, event);
}

const MAX_KEY_CHARS = 256;

/** One thing to do: event, key and value belong together by type. */
export type Action<E extends ActionEvent = ActionEvent> = {
  [Name in E]: {
    event: Name;
    key: ClientEventKey<Name>;
    value: ClientEventValue<Name>;
    /** The event the client sent: another one where a *Property event was unfolded, or a second spelling used. */
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
  const definition = clientEvents[event];
  switch (definition.form) {
    case 'whole':
      parseValue(event, null, data, parsed);
      break;
    case 'keyed':
      parseEntries(event, data, parsed);
      break;
    case 'ids':
      if (Array.isArray(data)) parseIds(event, data, null, parsed);
      else parseEntries(event, data, parsed);
      break;
    case 'tags':
      parseTagging(event, definition.idsName, data, parsed);
      break;
  }
  return parsed;
}

function parseEntries(event: ClientEvent, data: unknown, parsed: ParsedEvent): void {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const { form, keyedBy } = clientEvents[event];
    const list = form === 'ids' ? `a list of ${keyedBy}s or ` : '';
    refuseData(parsed, null, `expected ${list}an object with a key for each ${keyedBy}`);
    return;
  }
  const entries = Object.entries(data);
  if (entries.length > MAX_KEYS) refuseData(parsed, null, `at most ${MAX_KEYS} keys`);
  else for (const [key, value] of entries) parseEntry(event, key, value, parsed);
}

function parseEntry(event: ClientEvent, key: string, value: unknown, parsed: ParsedEvent): void {
  if (key === '' || key.length > MAX_KEY_CHARS) {
    refuseData(parsed, key.slice(0, MAX_KEY_CHARS), `a key has 1 to ${MAX_KEY_CHARS} characters`);
  } else parseValue(event, key, value, parsed);
}

/** A list has no keys to refuse one of: it is taken or refused as a whole. */
function parseIds(event: ClientEvent, ids: unknown, value: unknown, parsed: ParsedEvent): void {
  const result = idListSchema.safeParse(ids);
  if (!result.success) return refuseData(parsed, null, reasonOf(result.error));
  for (const id of new Set(result.data)) parsed.actions.push(unfold(event, id, value));
}

function parseTagging(event: ClientEvent, idsName: string, data: unknown, parsed: ParsedEvent): void {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return refuseData(parsed, null, `expected an object with ${idsName} and tags`);
  }
  const tags = tagsSchema.safeParse(Reflect.get(data, 'tags'));
  if (!tags.success) return refuseData(parsed, null, `tags: ${reasonOf(tags.error)}`);
  return parseIds(event, Reflect.get(data, idsName), tags.data, parsed);
}

function parseValue(event: ClientEvent, key: string | null, value: unknown, parsed: ParsedEvent): void {
  const schema: z.ZodType = clientEvents[event].value;
  if (!(schema instanceof z.ZodUnknown) && hasForbiddenName(value)) {
    return refuseData(parsed, key, '"__proto__" is not allowed as a name');
  }
  const result = clientEvents[event].value.safeParse(value);
  if (result.success) parsed.actions.push(unfold(event, key, result.data));
  else refuseData(parsed, key, reasonOf(result.error));
}

/** The schemas pass over it in silence, and what is not done has to be refused. */
function hasForbiddenName(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasForbiddenName);
}

function reasonOf({ issues: [issue] }: z.ZodError): string {
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return `${where}${issue?.message ?? 'not valid'}`.slice(0, 200);
}

function refuseData(parsed: ParsedEvent, key: string | null, reason: string): void {
  parsed.refusals.push(refusal('bad_data', key, { reason }));
}

function unfold(event: ClientEvent, key: string | null, value: unknown): Action {
  // The schema of the event has just proved the pair of event and value; the type checker cannot follow it there.
  if (event === 'message:removeTags')
    return { event: 'messages:removeTags', key, value, sentAs: event } as Action;
  if (!hasProperties(event)) return { event, key, value, sentAs: event } as Action;
  const property = value as { name: string; value: unknown };
  const names: Readonly<Record<string, ActionEvent>> = propertyEvents[event];
  return { event: names[property.name], key, value: property.value, sentAs: event } as Action;
}

function hasProperties(event: ClientEvent): event is keyof typeof propertyEvents {
  return Object.hasOwn(propertyEvents, event);
}
