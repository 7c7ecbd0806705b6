/**
 * The broadcaster port: how the desk speaks to connected clients. Implemented by web/, and by the fake in testing/.
 * Calls return at once; a slow client is the implementation's affair.
 */
import type { ServerFrame } from '@openline/protocol';

/** One connection of one client. */
export type ClientId = string;

export type Audience = { to: 'all' } | { to: 'others'; than: ClientId } | { to: 'self'; client: ClientId };

export interface Broadcaster {
  /** Frames of one client arrive in the order of these calls. A client that is gone is no error. */
  send(audience: Audience, frame: ServerFrame): void;
  /** A frame to one client that is written already, in UTF-8, in parts: one so long that to write it takes a while. */
  sendWritten(client: ClientId, parts: readonly Uint8Array[]): void;
  /** Something slow comes next: what was sent goes out before it. */
  flush(): void;
}
