/**
 * A call that we make, as its user sees it: one or several forks (an account's contacts rung in parallel), the first
 * 2xx wins, the others are cancelled or, too late for that, ended (RFC 3261 13.2.2.4, 16.7). Made by core.ts.
 */
import type { Session, SessionDelegate, SessionEnd, SipOrigin, SipParty } from '../agent.ts';
import { guarded, type UserAgentContext } from './context.ts';
import type { InviteUsage, ReofferResult } from './invite-usage.ts';
import { type ForkFailure, type ForkOwner, type ForkParts, OutgoingFork } from './outgoing-fork.ts';

export interface OutgoingCallParts {
  id: string;
  callId: string;
  origin: SipOrigin;
  remote: SipParty;
  called: string;
  delegate: SessionDelegate;
}

export class OutgoingCall implements Session, ForkOwner {
  readonly id: string;
  readonly direction = 'out';
  readonly callId: string;
  readonly origin: SipOrigin;
  readonly remote: SipParty;
  readonly called: string;
  readonly #context: UserAgentContext;
  readonly #delegate: SessionDelegate;
  readonly #forks = new Set<OutgoingFork>();
  #usage: InviteUsage | null = null;
  #worst: ForkFailure | null = null;
  #isEnded = false;

  constructor(context: UserAgentContext, parts: OutgoingCallParts) {
    this.#context = context;
    this.id = parts.id;
    this.callId = parts.callId;
    this.origin = parts.origin;
    this.remote = parts.remote;
    this.called = parts.called;
    this.#delegate = parts.delegate;
    context.sessions.add(this);
  }

  /** Rings at all of these at once; none: nobody to ring. */
  dial(targets: readonly ForkParts[]): void {
    if (this.#isEnded) return;
    const forks = targets.flatMap((parts) => {
      const fork = guarded(this.#context, null, () => new OutgoingFork(this.#context, parts, this));
      return fork === null ? [] : [fork];
    });
    for (const fork of forks) this.#forks.add(fork);
    for (const fork of forks) fork.start();
    if (forks.length === 0) this.fail({ by: 'transport', how: 'unreachable', status: null, reason: null });
  }

  /** Before anything was sent: not registered, no such host. */
  fail(end: SessionEnd): void {
    this.#finish(end);
  }

  end(options: { status?: number; reason?: string } = {}): void {
    if (this.#isEnded) return;
    const reason = options.reason ?? null;
    if (this.#usage !== null) {
      this.#usage.bye({ by: 'local', how: 'bye', status: null, reason });
      return;
    }
    for (const fork of this.#forks) fork.cancel();
    this.#finish({ by: 'local', how: 'cancel', status: 487, reason });
  }

  reoffer(sdp: string): Promise<ReofferResult> {
    return this.#usage?.reoffer(sdp) ?? Promise.resolve({ ok: false, status: 481 });
  }

  delegate(): SessionDelegate {
    return this.#delegate;
  }

  onProgress(status: number, sdp: string | null): void {
    if (this.#isEnded || this.#usage !== null) return;
    guarded(this.#context, undefined, () => this.#delegate.onProgress?.(status, sdp));
  }

  onAnswer(usage: InviteUsage, sdp: string): boolean {
    if (this.#isEnded || this.#usage !== null) return false;
    this.#usage = usage;
    for (const fork of this.#forks) fork.cancel();
    guarded(this.#context, undefined, () => this.#delegate.onAnswer?.(sdp));
    return true;
  }

  /** The best of all refusals counts once the last fork has failed (RFC 3261 16.7 step 6). */
  onFailed(fork: OutgoingFork, failure: ForkFailure): void {
    this.#forks.delete(fork);
    if (this.#usage !== null) return;
    if (this.#worst === null || rank(failure) < rank(this.#worst)) this.#worst = failure;
    if (failure.status >= 600) for (const each of this.#forks) each.cancel();
    if (this.#forks.size > 0) return;
    const { status, reason, by } = this.#worst;
    if (by === 'transport') this.#finish({ by, how: 'unreachable', status: null, reason });
    else if (by === 'timeout') this.#finish({ by, how: 'timeout', status, reason });
    else this.#finish({ by, how: 'refused', status, reason });
  }

  onEnded(end: SessionEnd): void {
    this.#finish(end);
  }

  #finish(end: SessionEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#context.sessions.delete(this);
    guarded(this.#context, undefined, () => this.#delegate.onEnded(end));
  }
}

/** 6xx before all, then by class; somebody's busy says more than nobody's answer. */
function rank(failure: ForkFailure): number {
  if (failure.status >= 600) return 0;
  if (failure.by !== 'remote') return 10;
  return Math.floor(failure.status / 100);
}
