// The envelope: one JSON text frame per event. The server reads frames of unknown worth here; what is not a frame
// is answered with `client:error` and the connection stays open.
import { isClientEvent } from './client-events.ts';
import type { ClientEvent } from './client-events.ts';
import type { ErrorCode } from './error-codes.ts';
import { errorMessage } from './error-codes.ts';
import { wellFormed } from './well-formed.ts';

/** Largest frame a client may send, in characters. */
export const MAX_FRAME_CHARS = 64 * 1024;

export interface ClientFrame {
  event: ClientEvent;
  /** The name as the client wrote it. */
  spelling: string;
  data: unknown;
  /** null when the client wants no ack. */
  id: string | null;
}

export type FrameResult =
  | { ok: true; frame: ClientFrame }
  /** `event` and `id` as far as the frame could be read. */
  | { ok: false; code: ErrorCode; msg: string; event: string | null; id: string | null };

/** How clients of the former system call four of the events. */
export const olderSpellings: Readonly<Record<string, ClientEvent>> = {
  messageSend: 'messages:send',
  messageDelete: 'messages:delete',
  messageFavoriteSet: 'messages:favorite',
  messageFavoriteUnset: 'messages:unfavorite',
};

/** Reads one text frame; `spellings` are names that stand for others. */
export function parseFrame(text: string, spellings: Readonly<Record<string, ClientEvent>> = {}): FrameResult {
  if (text.length > MAX_FRAME_CHARS) return refused('too_large', null, null);
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (text.includes('\\u')) value = wellFormed(value);
  } catch {
    return refused('not_json', null, null);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused('no_event', null, null);
  const { event, data, id } = value as { event?: unknown; data?: unknown; id?: unknown };
  const ackId = typeof id === 'string' && id.length <= 100 ? id : null;
  if (typeof event !== 'string') return refused('no_event', null, ackId);
  const known = Object.hasOwn(spellings, event) ? spellings[event] : event;
  if (known === undefined || !isClientEvent(known)) {
    return refused('unknown_event', event.slice(0, 100), ackId);
  }
  return { ok: true, frame: { event: known, spelling: event, data, id: ackId } };
}

function refused(code: ErrorCode, event: string | null, id: string | null): FrameResult {
  return { ok: false, code, msg: errorMessage(code, { event: event ?? '' }), event, id };
}
