/**
 * Server transactions (RFC 3261 17.2, RFC 6026 7.1): pass a request up once, answer its repeats with what was
 * answered, repeat a refusal of an INVITE until its ACK. Made by the transaction layer.
 *
 *  INVITE      proceeding ─2xx→ accepted ─L→ terminated
 *                  └─3xx-6xx→ completed ─ACK→ confirmed ─I→ terminated      (completed ─H→ terminated, no ACK)
 *  other       trying ─1xx→ proceeding ─2xx-6xx→ completed ─J→ terminated
 */
import type { Clock, Timer } from '../clock.ts';
import type { SipRequest } from '../message/message.ts';
import { type OutgoingResponse, serialiseResponse } from '../message/serialise.ts';
import type { Flow } from '../transport/transport.ts';
import { T1_MS, T2_MS, T4_MS, TIMEOUT_MS } from './timing.ts';

export interface ServerTransaction {
  readonly request: SipRequest;
  /** The way that the request came. */
  readonly flow: Flow;
  /** Final response sent. */
  readonly isAnswered: boolean;
  respond(response: OutgoingResponse): void;
  /** The request again, or its ACK. */
  receive(request: SipRequest): void;
  terminate(): void;
  /** The response could not be sent, or a refusal was never acknowledged (timer H). */
  onFailure: (() => void) | null;
  /** INVITE that is not answered yet: its CANCEL came. */
  onCancel: (() => void) | null;
}

interface Parts {
  request: SipRequest;
  flow: Flow;
  clock: Clock;
  /** Where responses go now (RFC 3261 18.2.2): asked anew each time, connections die. */
  responseFlow(): Flow;
  onTerminated(): void;
  /** An ACK to a 2xx that carries the INVITE's own branch, as old phones send it. */
  onAck(ack: SipRequest): void;
}

abstract class ServerTransactionBase implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  onFailure: (() => void) | null = null;
  onCancel: (() => void) | null = null;
  protected readonly clock: Clock;
  protected readonly parts: Parts;
  protected state: 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated' = 'proceeding';
  #last: Buffer | null = null;
  #timers: Timer[] = [];

  constructor(parts: Parts) {
    this.parts = parts;
    this.request = parts.request;
    this.flow = parts.flow;
    this.clock = parts.clock;
  }

  get isAnswered(): boolean {
    return this.state !== 'proceeding';
  }

  abstract receive(request: SipRequest): void;
  protected abstract finish(response: OutgoingResponse): void;

  respond(response: OutgoingResponse): void {
    if (this.state !== 'proceeding') return;
    this.#last = serialiseResponse(response);
    this.resend();
    if (response.status >= 200) this.finish(response);
  }

  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.stopTimers();
    this.parts.onTerminated();
  }

  protected resend(): void {
    if (this.#last === null) return;
    this.parts.responseFlow().send(this.#last, () => {
      if (this.state !== 'terminated') this.onFailure?.();
    });
  }

  protected after(delayMs: number, fire: () => void): void {
    this.#timers.push(this.clock.after(delayMs, fire));
  }

  protected stopTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}

export class InviteServerTransaction extends ServerTransactionBase {
  receive(request: SipRequest): void {
    if (request.method === 'ACK') {
      if (this.state === 'completed') this.#confirm();
      else if (this.state === 'accepted') this.parts.onAck(request);
      return;
    }
    // In `accepted` the core repeats the 2xx itself (RFC 6026 7.1).
    if (this.state === 'proceeding' || this.state === 'completed') this.resend();
  }

  protected override finish(response: OutgoingResponse): void {
    if (response.status < 300) {
      this.state = 'accepted';
      this.after(TIMEOUT_MS, () => this.terminate());
      return;
    }
    this.state = 'completed';
    if (!this.parts.responseFlow().isReliable) this.#repeat(T1_MS);
    this.after(TIMEOUT_MS, () => {
      this.terminate();
      this.onFailure?.();
    });
  }

  #repeat(intervalMs: number): void {
    this.after(intervalMs, () => {
      this.resend();
      this.#repeat(Math.min(intervalMs * 2, T2_MS));
    });
  }

  #confirm(): void {
    this.state = 'confirmed';
    this.stopTimers();
    if (this.flow.isReliable) this.terminate();
    else this.after(T4_MS, () => this.terminate());
  }
}

export class NonInviteServerTransaction extends ServerTransactionBase {
  constructor(parts: Parts) {
    super(parts);
    // The client has given up by then (timer F): an answer of ours would find nobody.
    this.after(TIMEOUT_MS, () => this.terminate());
  }

  receive(): void {
    this.resend();
  }

  protected override finish(): void {
    this.state = 'completed';
    this.stopTimers();
    if (this.flow.isReliable) this.terminate();
    else this.after(TIMEOUT_MS, () => this.terminate());
  }
}
