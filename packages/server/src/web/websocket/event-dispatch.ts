/**
 * From one text frame to what becomes of it: limits, envelope, role, schema key by key, then the desk; answers go to
 * the sender. Whatever comes in, the connection stays open and nothing is half-applied.
 */
import {
  errorMessage,
  isRecordEvent,
  MAX_FRAME_CHARS,
  mayDo,
  olderSpellings,
  parseEvent,
  parseFrame,
  refusal,
  type Action,
  type ClientFrame,
  type ErrorCode,
  type Refusal,
} from '@openline/protocol';
import type { Author, Desk } from '../../desk/desk.ts';
import type { RecordAction, Records } from '../../desk/records/records.ts';
import type { ClientConnection } from './client-connection.ts';
import { isTooDeep } from './frame-limits.ts';

/** What the WebSocket needs of the desk. */
export type DeskGate = Pick<Desk, 'state' | 'act'>;

export interface DispatchOptions {
  desk: DeskGate;
  records: Records;
  now: () => number;
  log: { error(details: object, msg: string): void };
  /** A client has asked for meters, or no longer. */
  onSubscribe: () => void;
  /** An action that was carried out, for the audit log. */
  onDone: (client: ClientConnection, action: Action) => void;
}

type LiveAction = Exclude<Action, RecordAction>;

/** A client that is told at most so often that it sends too much. */
const WARN_EVERY_MS = 1_000;

export function dispatchText(text: string, client: ClientConnection, options: DispatchOptions): void {
  const now = options.now();
  if (!client.rate.take(now)) return warn(client, now);
  if (text.length > MAX_FRAME_CHARS || isTooDeep(text)) return refuseFrame(client, null, null, 'too_large');
  const result = parseFrame(text, client.isOlder ? olderSpellings : {});
  if (!result.ok) return refuseFrame(client, result.event, result.id, result.code, result.msg);
  try {
    dispatchFrame(result.frame, client, options);
  } catch (error) {
    options.log.error({ err: error, event: result.frame.event }, 'an event failed');
    answer(client, result.frame, [refusal('server_error', null)]);
  }
}

/** A frame that is no text at all. */
export function refuseFrame(
  client: ClientConnection,
  event: string | null,
  id: string | null,
  code: ErrorCode,
  msg = errorMessage(code),
): void {
  client.send({ event: 'client:error', data: { ...(event === null ? {} : { event }), code, msg } });
  if (id !== null) client.send({ event: 'ack', id, data: { ok: false, error: { code, msg } } });
}

function warn(client: ClientConnection, now: number): void {
  if (now - client.warnedAt < WARN_EVERY_MS) return;
  client.warnedAt = now;
  refuseFrame(client, null, null, 'too_many_events');
}

function dispatchFrame(frame: ClientFrame, client: ClientConnection, options: DispatchOptions): void {
  if (!mayDo(client.user.role, frame.event)) return answer(client, frame, [refusal('forbidden', null)]);
  const { actions, refusals } = parseEvent(frame.event, frame.data);
  const asked = client.answering(frame.id, () =>
    performAll(actions, authorOf(client, frame.id), client, options),
  );
  const answerAll = (more: readonly Refusal[]) => answer(client, frame, [...refusals, ...asked, ...more]);
  const unfinished = options.records.unfinished();
  if (unfinished === null) return answerAll([]);
  // Acked when all is done: it goes on in steps, and others go first.
  unfinished.then(
    () => answerAll([]),
    (error: unknown) => {
      options.log.error({ err: error, event: frame.event }, 'an event failed');
      answerAll([refusal('server_error', null)]);
    },
  );
}

function performAll(
  actions: readonly Action[],
  by: Author,
  client: ClientConnection,
  options: DispatchOptions,
): readonly Refusal[] {
  // All of one frame are of one event: either every one is about what is stored, or none.
  const stored = actions.filter(isRecordAction);
  const refusals = options.records.act(stored, by);
  for (const action of actions) {
    if (isRecordAction(action)) continue;
    const refused = perform(action, by, client, options);
    if (refused) refusals.push(refused);
  }
  const isRefused = (key: string | null) =>
    refusals.some((refused) => refused.key === key || refused.key === null);
  for (const action of actions) if (!isRefused(action.key)) options.onDone(client, action);
  return refusals;
}

function isRecordAction(action: Action): action is RecordAction {
  return isRecordEvent(action.event);
}

function authorOf({ id, user }: ClientConnection, eventId: string | null): Author {
  return { client: id, userId: user.id, role: user.role, eventId };
}

function perform(
  action: LiveAction,
  by: Author,
  client: ClientConnection,
  { desk, onSubscribe }: DispatchOptions,
): Refusal | null {
  switch (action.event) {
    case 'noop':
      return null;
    case 'ping':
      client.send({ event: 'pong', data: action.value ?? null });
      return null;
    case 'subscribe':
      client.wantsMeters = action.value.meters;
      onSubscribe();
      return null;
    default:
      return desk.act(action, by);
  }
}

/** One `event_error` for each refused key, and the ack when one was asked for. */
function answer(client: ClientConnection, frame: ClientFrame, refusals: readonly Refusal[]): void {
  const errors = refusals.map(({ key, code, msg }) => ({ ...(key === null ? {} : { key }), code, msg }));
  const withId = frame.id === null ? {} : { id: frame.id };
  for (const error of errors) {
    client.send({ event: 'event_error', data: { event: frame.spelling, ...error }, ...withId });
  }
  if (frame.id === null) return;
  const [first] = errors;
  client.send({ event: 'ack', id: frame.id, data: first ? { ok: false, error: first } : { ok: true } });
}
