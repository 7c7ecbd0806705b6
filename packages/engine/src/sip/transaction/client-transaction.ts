/**
 * Client transactions (RFC 3261 17.1, RFC 6026 7.2): repeat a request until it is answered, pass responses up once,
 * acknowledge a refused INVITE. One a request and branch; made by the transaction layer.
 *
 *  INVITE      calling ─1xx→ proceeding ─2xx→ accepted ─M→ terminated
 *                 └──────────────┴────3xx-6xx→ completed ─D→ terminated
 *  other       trying ─1xx→ proceeding ─2xx-6xx→ completed ─K→ terminated
 */
import type { Clock, Timer } from '../clock.ts';
import { EMPTY_BODY, Headers, type SipResponse } from '../message/message.ts';
import { type OutgoingRequest, serialiseRequest } from '../message/serialise.ts';
import type { Flow } from '../transport/transport.ts';
import { T1_MS, T2_MS, T4_MS, TIMEOUT_MS, TIMER_D_MS } from './timing.ts';

export interface ClientTransactionUser {
  /** Every provisional, the first final; for INVITE every 2xx (repeats too: each wants its ACK). */
  onResponse(response: SipResponse): void;
  /** Timer B or F: to be taken as a 408 (RFC 3261 8.1.3.1). */
  onTimeout(): void;
  /** To be taken as a 503. */
  onTransportError(): void;
}

export interface ClientTransaction {
  readonly request: OutgoingRequest;
  readonly flow: Flow;
  readonly branch: string;
  readonly hasProvisional: boolean;
  /** A final response came. */
  readonly isAnswered: boolean;
  receive(response: SipResponse): void;
  terminate(): void;
}

interface Parts {
  request: OutgoingRequest;
  flow: Flow;
  branch: string;
  clock: Clock;
  user: ClientTransactionUser;
  onTerminated(): void;
}

abstract class ClientTransactionBase implements ClientTransaction {
  readonly request: OutgoingRequest;
  readonly flow: Flow;
  readonly branch: string;
  hasProvisional = false;
  protected readonly clock: Clock;
  protected readonly user: ClientTransactionUser;
  protected state: 'waiting' | 'proceeding' | 'completed' | 'accepted' | 'terminated' = 'waiting';
  readonly #bytes: Buffer;
  readonly #onTerminated: () => void;
  #retransmission: Timer | null = null;
  #deadline: Timer | null = null;

  constructor(parts: Parts) {
    this.request = parts.request;
    this.flow = parts.flow;
    this.branch = parts.branch;
    this.clock = parts.clock;
    this.user = parts.user;
    this.#bytes = serialiseRequest(parts.request);
    this.#onTerminated = () => parts.onTerminated();
  }

  get isAnswered(): boolean {
    return this.state === 'completed' || this.state === 'accepted';
  }

  abstract receive(response: SipResponse): void;
  /** Interval behind the one that has just passed (timers A and E). */
  protected abstract nextIntervalMs(intervalMs: number): number;

  /** Sends; on an unreliable flow again and again. Timer B or F runs. */
  start(): void {
    this.#send(this.#bytes);
    if (!this.flow.isReliable) this.#repeat(T1_MS);
    this.#deadline = this.clock.after(TIMEOUT_MS, () => {
      this.terminate();
      this.user.onTimeout();
    });
  }

  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.stopTimers();
    this.#onTerminated();
  }

  protected stopTimers(): void {
    this.stopRepeating();
    this.#deadline?.cancel();
  }

  protected stopRepeating(): void {
    this.#retransmission?.cancel();
    this.#retransmission = null;
  }

  /** Stays for so long to absorb repeats; on reliable flows D and K are zero. */
  protected linger(delayMs: number): void {
    this.stopTimers();
    if (delayMs === 0) this.terminate();
    else this.#deadline = this.clock.after(delayMs, () => this.terminate());
  }

  protected sendAside(bytes: Buffer): void {
    this.#send(bytes);
  }

  #repeat(intervalMs: number): void {
    this.#retransmission = this.clock.after(intervalMs, () => {
      this.#send(this.#bytes);
      this.#repeat(this.nextIntervalMs(intervalMs));
    });
  }

  #send(bytes: Buffer): void {
    this.flow.send(bytes, () => {
      if (this.state === 'terminated') return;
      const { isAnswered } = this;
      this.terminate();
      if (!isAnswered) this.user.onTransportError();
    });
  }
}

export class InviteClientTransaction extends ClientTransactionBase {
  #ack: Buffer | null = null;

  receive(response: SipResponse): void {
    const { status } = response;
    if (this.state === 'terminated') return;
    if (this.state === 'completed') {
      // RFC 3261 17.1.1.2: a repeated final response is ACKed again, not passed up.
      if (status >= 300 && this.#ack !== null) this.sendAside(this.#ack);
      return;
    }
    if (this.state === 'accepted') {
      // RFC 6026 7.2: only 2xx are for the user now.
      if (status >= 200 && status < 300) this.user.onResponse(response);
      return;
    }
    if (status < 200) {
      this.state = 'proceeding';
      this.hasProvisional = true;
      this.stopTimers();
    } else if (status < 300) {
      this.state = 'accepted';
      this.linger(TIMEOUT_MS);
    } else {
      this.state = 'completed';
      this.#ack = serialiseRequest(ackTo(this.request, response));
      this.sendAside(this.#ack);
      this.linger(this.flow.isReliable ? 0 : TIMER_D_MS);
    }
    this.user.onResponse(response);
  }

  protected override nextIntervalMs(intervalMs: number): number {
    return intervalMs * 2;
  }
}

export class NonInviteClientTransaction extends ClientTransactionBase {
  receive(response: SipResponse): void {
    if (this.state === 'completed' || this.state === 'terminated') return;
    if (response.status < 200) {
      this.state = 'proceeding';
      this.hasProvisional = true;
    } else {
      this.state = 'completed';
      this.linger(this.flow.isReliable ? 0 : T4_MS);
    }
    this.user.onResponse(response);
  }

  /** RFC 3261 17.1.2.2: doubling to T2; once proceeding, T2. */
  protected override nextIntervalMs(intervalMs: number): number {
    return this.state === 'proceeding' ? T2_MS : Math.min(intervalMs * 2, T2_MS);
  }
}

/** RFC 3261 17.1.1.3: the ACK of a refusal belongs to the INVITE's transaction: its Via, its Route, the To of the response. */
function ackTo(invite: OutgoingRequest, response: SipResponse): OutgoingRequest {
  const headers = new Headers();
  headers.add('Via', invite.headers.get('Via') ?? '');
  headers.add('Max-Forwards', '70');
  headers.add('From', invite.headers.get('From') ?? '');
  headers.add('To', response.headers.get('To') ?? '');
  headers.add('Call-ID', invite.headers.get('Call-ID') ?? '');
  headers.add('CSeq', `${response.cseq} ACK`);
  for (const route of invite.headers.all('Route')) headers.add('Route', route);
  return { method: 'ACK', uri: invite.uri, headers, body: EMPTY_BODY };
}
