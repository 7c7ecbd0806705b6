/**
 * One call of a simulated telephone: a SIP session and the RTP end that speaks and listens for it. Made by phone.ts for
 * calls in both directions; tests, the demo and the benchmark drive it.
 */
import { Negotiation } from '@openline/engine';
import type {
  IncomingSession,
  Session,
  SessionDelegate,
  SessionEnd,
  StreamParameters,
} from '@openline/engine';
import type { RtpEnd } from './rtp-end.ts';
import type { Source } from './sources.ts';

export type PhoneCallState = 'dialling' | 'ringing' | 'answered' | 'ended';

export interface PhoneCallOptions {
  rtp: RtpEnd;
  /** Codecs to offer or accept, in order; those of an office telephone when absent. */
  codecs?: readonly string[];
  direction: 'in' | 'out';
}

/** Without Opus: hundreds of telephones are made at once in tests, and few of those in offices have it. */
const DEFAULT_CODECS: readonly string[] = ['G722', 'PCMA', 'PCMU', 'L16'];

export class PhoneCall implements SessionDelegate {
  readonly direction: 'in' | 'out';
  /** Sound: what is said, what is heard, how bad the network is. */
  readonly rtp: RtpEnd;
  /** What the two ends agreed upon last. */
  stream: StreamParameters | null = null;
  readonly #negotiation: Negotiation;
  readonly #answered = Promise.withResolvers<void>();
  readonly #ringing = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<SessionEnd>();
  #state: PhoneCallState = 'dialling';
  #session: Session | null = null;
  #localAddress = '127.0.0.1';

  constructor(options: PhoneCallOptions) {
    this.direction = options.direction;
    this.rtp = options.rtp;
    const { port } = options.rtp;
    this.#negotiation = new Negotiation({
      rtpPort: port,
      rtcpPort: port + 1,
      name: 'telephone',
      sessionId: Date.now(),
      codecs: options.codecs ?? DEFAULT_CODECS,
    });
    // Nobody need wait for these.
    this.#answered.promise.catch(() => {});
    this.#ringing.promise.catch(() => {});
  }

  get state(): PhoneCallState {
    return this.#state;
  }

  get callId(): string {
    return this.#session?.callId ?? '';
  }

  /** Whom the caller asked for: the user part of the address that was called. */
  get called(): string {
    return this.#session?.called ?? '';
  }

  /** Rejects when the call ends before it is answered. */
  whenAnswered(): Promise<void> {
    return this.#answered.promise;
  }

  /** Rejects when the call ends before it rings. */
  whenRinging(): Promise<void> {
    return this.#ringing.promise;
  }

  whenEnded(): Promise<SessionEnd> {
    return this.#ended.promise;
  }

  attach(session: Session, localAddress: string | null): void {
    this.#session = session;
    if (localAddress !== null) this.#localAddress = localAddress;
  }

  offer(localAddress: string): string {
    this.#localAddress = localAddress;
    return this.#negotiation.offer(localAddress);
  }

  // What a person does with the phone.

  /** Incoming: rings; the caller hears it. */
  ring(): void {
    (this.#session as IncomingSession | null)?.ring();
    this.#rings();
  }

  /** Incoming: picks up. False when the two have no codec in common: then the call is refused. */
  answer(): boolean {
    const session = this.#session as IncomingSession | null;
    if (session === null || this.#state === 'ended') return false;
    if (session.offer === null) {
      session.accept(this.offer(this.#localAddress));
      return true;
    }
    const answer = this.#negotiation.answer(session.offer, this.#localAddress);
    if (!answer.ok) {
      session.reject(answer.status);
      return false;
    }
    session.accept(answer.sdp);
    this.#connect(answer.stream);
    return true;
  }

  /** Incoming: refuses. */
  reject(status = 486): void {
    (this.#session as IncomingSession | null)?.reject(status);
  }

  hangUp(): void {
    this.#session?.end();
  }

  /** re-INVITE that wants nothing to be heard at our end; what we send is as the far end likes to have it. */
  hold(): Promise<boolean> {
    return this.#renegotiate('sendonly', false);
  }

  resume(): Promise<boolean> {
    return this.#renegotiate('sendrecv', true);
  }

  /** re-INVITE that has nothing but this one. */
  changeCodec(codec: string): Promise<boolean> {
    this.#negotiation.codecs = [codec];
    return this.#renegotiate('sendrecv', true);
  }

  /** RFC 4733, one after the other. */
  press(digits: string): void {
    for (const digit of digits) this.rtp.press(digit);
  }

  say(source: Source): void {
    this.rtp.say(source);
  }

  // What SIP says.

  onProgress(status: number): void {
    if (status > 100) this.#rings();
  }

  onAnswer(sdp: string): void {
    const accepted = this.#negotiation.acceptAnswer(sdp);
    if (!accepted.ok) return this.hangUp();
    this.#connect(accepted.stream);
    this.#answers();
  }

  onConfirmed(): void {
    this.#answers();
  }

  onOffer(sdp: string): ReturnType<SessionDelegate['onOffer']> {
    const answer = this.#negotiation.answer(sdp, this.#localAddress);
    if (!answer.ok) return answer;
    this.#connect(answer.stream);
    return { ok: true, answer: answer.sdp };
  }

  onOfferWanted(): string {
    return this.#negotiation.offer(this.#localAddress);
  }

  onEnded(end: SessionEnd): void {
    this.#state = 'ended';
    this.rtp.close();
    const before = new Error(`the call ended: ${end.how} ${end.status ?? ''}`.trim());
    this.#ringing.reject(before);
    this.#answered.reject(before);
    this.#ended.resolve(end);
  }

  #rings(): void {
    if (this.#state !== 'dialling') return;
    this.#state = 'ringing';
    this.#ringing.resolve();
  }

  #answers(): void {
    if (this.#state === 'ended') return;
    this.#state = 'answered';
    this.#ringing.resolve();
    this.#answered.resolve();
  }

  #connect(stream: StreamParameters): void {
    this.stream = stream;
    this.rtp.connect({
      codec: stream.codec,
      payloadType: stream.payloadTypeOut,
      dtmfPayloadType: stream.dtmfPayloadType,
      remoteAddress: stream.remoteAddress,
      remotePort: stream.remotePort,
    });
    this.rtp.isSending = stream.isSending;
  }

  async #renegotiate(direction: 'sendonly' | 'sendrecv', isSending: boolean): Promise<boolean> {
    if (this.#session === null || this.#state !== 'answered') return false;
    this.#negotiation.direction = direction;
    const outcome = await this.#session.reoffer(this.#negotiation.offer(this.#localAddress));
    if (!outcome.ok) return false;
    const accepted = this.#negotiation.acceptAnswer(outcome.answer);
    if (!accepted.ok) return false;
    this.#connect(accepted.stream);
    this.rtp.isSending = isSending;
    return true;
  }
}
