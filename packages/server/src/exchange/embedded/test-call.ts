/**
 * The station calls itself: the engine dials its own address, the call comes in on a line as any other and rings on the
 * desk, with real SIP and real sound. The far end plays the built-in sound round and round; the desk never sees it. Part of
 * embedded-exchange.ts; one call at a time.
 */
import { randomUUID } from 'node:crypto';
import type { AnyControlEvent, ControlClient, LegSnapshot } from '@openline/engine';
import type { CallId } from '../../desk/ports/exchange.ts';
import { isSelfCall, selfCallToken } from './engine-config.ts';

export type TestCallResult =
  | { ok: true; call: CallId }
  /** `refused`: by the desk (no channel is free), or by the engine. */
  | { ok: false; code: 'down' | 'refused' };

export interface TestCallOptions {
  client: () => ControlClient | null;
  /** Where the engine listens: `host:port`; null while it is away. */
  address: () => string | null;
  stationName: () => string;
  secret: string;
}

/** What the far end's leg is called, and its line. */
const LEG = 'test-';
const REF = 'test';
/** Longer than anybody needs to see that it works. */
const LONGEST_MS = 120_000;
const RINGS_WITHIN_MS = 10_000;

interface Running {
  leg: string;
  lineId: string;
  /** The leg on the desk's side, once it has come in. */
  call: CallId | null;
  step: 'question' | 'thanks';
  end: NodeJS.Timeout;
  onRing: (result: TestCallResult) => void;
  onEnded: Promise<void>;
  ended: () => void;
}

export class TestCall {
  readonly #options: TestCallOptions;
  #running: Running | null = null;

  constructor(options: TestCallOptions) {
    this.#options = options;
  }

  /** Resolves when it rings. One that is up already is the answer too. */
  async place(lineId: string): Promise<TestCallResult> {
    const former = this.#running;
    if (former?.call && former.lineId === lineId) return { ok: true, call: former.call };
    if (former) await this.#hangUp(former);
    const client = this.#options.client();
    const address = this.#options.address();
    if (!client || address === null) return { ok: false, code: 'down' };
    const leg = LEG + randomUUID();
    const rings = new Promise<TestCallResult>((onRing) => {
      let ended = (): void => undefined;
      const onEnded = new Promise<void>((resolve) => (ended = resolve));
      const end = setTimeout(() => this.stop(), RINGS_WITHIN_MS);
      this.#running = { leg, lineId, call: null, step: 'question', end, onRing, onEnded, ended };
    });
    const reply = await client.request('leg.dial', {
      leg,
      target: {
        kind: 'uri',
        uri: `sip:${selfCallToken(this.#options.secret, lineId)}@${address}`,
        ref: REF,
      },
      from: { number: null, displayName: null },
      place: { kind: 'ivr', step: 'question', prompt: null },
      levels: {},
      tag: {},
    });
    if (!reply.ok) this.#over();
    return rings;
  }

  stop(): void {
    if (this.#running) void this.#hangUp(this.#running);
  }

  /** Of a call that comes in: whether it is ours, and then who it says it is. */
  nameOf(leg: LegSnapshot): string | null {
    const running = this.#running;
    if (!running || leg.called !== selfCallToken(this.#options.secret, running.lineId)) return null;
    running.call = leg.leg;
    clearTimeout(running.end);
    running.end = setTimeout(() => this.stop(), LONGEST_MS);
    return `${this.#options.stationName()} (test)`;
  }

  /** The desk has seen the call by now. */
  onRinging(): void {
    const running = this.#running;
    if (running?.call) running.onRing({ ok: true, call: running.call });
  }

  /** True: it is about the far end, which is nobody else's business. */
  takes(event: AnyControlEvent): boolean {
    const leg = 'leg' in event.data ? event.data.leg : undefined;
    if (typeof leg !== 'string' || !leg.startsWith(LEG)) return false;
    if (leg !== this.#running?.leg) return true;
    if (event.event === 'leg.ended') this.#over();
    if (event.event === 'leg.prompted') this.#playAgain(this.#running);
    return true;
  }

  /** What a server before us has left up: ended here, and not shown to the desk. */
  isLeftOver(leg: LegSnapshot): boolean {
    const isOurs = leg.leg.startsWith(LEG) || (leg.direction === 'in' && isSelfCall(leg.called));
    if (isOurs) void this.#options.client()?.request('leg.hangup', { leg: leg.leg });
    return isOurs;
  }

  /** The engine is away, and with it the call. */
  forget(): void {
    this.#over();
  }

  #playAgain(running: Running): void {
    running.step = running.step === 'question' ? 'thanks' : 'question';
    const place = { kind: 'ivr', step: running.step, prompt: null } as const;
    void this.#options.client()?.request('legs.place', { places: [{ leg: running.leg, place }] });
  }

  async #hangUp(running: Running): Promise<void> {
    const reply = await this.#options.client()?.request('leg.hangup', { leg: running.leg });
    if (reply?.ok) await running.onEnded;
    else if (this.#running === running) this.#over();
  }

  #over(): void {
    const running = this.#running;
    this.#running = null;
    if (!running) return;
    clearTimeout(running.end);
    running.onRing({ ok: false, code: 'refused' });
    running.ended();
  }
}
