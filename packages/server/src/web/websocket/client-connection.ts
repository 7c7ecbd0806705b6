/**
 * One connected client. Sends without ever waiting: who does not read fast enough is cut and gets the whole state anew
 * when it comes back, so that it never slows another.
 */
import type { Writable } from 'node:stream';
import type { ServerFrame } from '@openline/protocol';
import type { WebSocket } from 'ws';
import type { SignedInUser } from '../../accounts/sign-in.ts';
import { FrameRate } from './frame-limits.ts';

/** Unsent bytes at which a client is cut: many times an `initialize`. */
const MAX_QUEUED_BYTES = 2 * 1024 * 1024;
/** Meters are stale at once: none are queued behind other frames. */
const MAX_QUEUED_FOR_METERS = 32 * 1024;
/** What comes of one event is held back until all of it is there, but not more than this. */
const MOST_HELD_BACK_BYTES = 64 * 1024;
/** A hand on a fader sends 30 a second. */
const FRAMES_PER_SECOND = 100;
const FRAMES_AT_ONCE = 300;

export interface ClientConnectionOptions {
  id: string;
  user: SignedInUser;
  /** Who it is now, by its session or its address; null: nobody any more. */
  whoIsIt: () => SignedInUser | null;
  /** Of the former system: it spells some events in its own way. */
  isOlder?: boolean;
  socket: WebSocket;
  /** What the socket itself writes to. */
  wire: Pick<Writable, 'write' | 'cork' | 'uncork' | 'writableLength'>;
  now: number;
}

export class ClientConnection {
  readonly id: string;
  readonly user: SignedInUser;
  readonly whoIsIt: () => SignedInUser | null;
  readonly isOlder: boolean;
  readonly rate: FrameRate;
  wantsMeters = false;
  /** Set by a pong, cleared by our ping: whoever misses one round is gone. */
  isAlive = true;
  /** When it was last told that it sends too much. */
  warnedAt = 0;
  readonly #socket: WebSocket;
  readonly #wire: ClientConnectionOptions['wire'];
  #isHeldBack = false;
  #answeredId: string | null = null;
  /** The longest of what it has asked for and may not have read yet. */
  #askedBytes = 0;

  constructor(options: ClientConnectionOptions) {
    this.id = options.id;
    this.user = options.user;
    this.whoIsIt = options.whoIsIt;
    this.isOlder = options.isOlder ?? false;
    this.#socket = options.socket;
    this.#wire = options.wire;
    this.rate = new FrameRate(FRAMES_PER_SECOND, FRAMES_AT_ONCE, options.now);
  }

  /** False from the moment when it is told to go: what it sends until it is gone counts for nothing. */
  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(frame: ServerFrame): void {
    // An error brings the id of its own event, which may be an earlier one that this one crossed.
    const id = frame.event === 'event_error' ? null : this.#answeredId;
    if (!this.#canTake()) return;
    this.#socket.send(JSON.stringify(id === null || frame.id !== undefined ? frame : { ...frame, id }));
  }

  /** What it has asked for may be longer than what waits otherwise: it is given the time to read that. */
  sendWritten(parts: readonly Uint8Array[]): void {
    if (!this.#canTake()) return;
    const frame = Buffer.concat(parts);
    this.#askedBytes = Math.max(this.#askedBytes, frame.length);
    this.#socket.send(frame, { binary: false });
  }

  /** What is sent to this client alone while `act` runs answers the event with this id, and carries it. */
  answering<Result>(id: string | null, act: () => Result): Result {
    this.#answeredId = id;
    try {
      return act();
    } finally {
      this.#answeredId = null;
    }
  }

  /** A frame that goes to several, as it goes over the wire (text-frame.ts). It stays until `flush`, and so does whatever
   * is sent after it: what comes of one event goes out at once. */
  sendFrame(frame: Buffer): void {
    if (!this.#canTake()) return;
    if (!this.#isHeldBack) this.#wire.cork();
    this.#isHeldBack = true;
    this.#wire.write(frame);
    if (this.#wire.writableLength > MOST_HELD_BACK_BYTES) this.flush();
  }

  sendMeters(frame: Buffer): void {
    if (this.#socket.bufferedAmount <= MAX_QUEUED_FOR_METERS) this.sendFrame(frame);
  }

  flush(): void {
    if (this.#isHeldBack) this.#wire.uncork();
    this.#isHeldBack = false;
  }

  ping(): void {
    this.isAlive = false;
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }

  #canTake(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    const queued = this.#socket.bufferedAmount;
    if (queued <= MAX_QUEUED_BYTES) this.#askedBytes = 0;
    const isTooSlow = queued > MAX_QUEUED_BYTES + this.#askedBytes;
    if (isTooSlow) this.cut();
    return !isTooSlow;
  }
}
