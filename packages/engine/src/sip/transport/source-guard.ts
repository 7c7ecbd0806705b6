/**
 * Who may cost us work (spec: hostile input): a token bucket for every source address, bans after failed
 * authentication, silence for scanners. Asked by the transports before a byte is parsed. Bounded in memory.
 */
import type { Clock } from '../clock.ts';

const SCANNERS =
  /friendly-scanner|sipvicious|sipcli|sip-?scan|sundayddr|iwar|vaxasip|pplsip|sipsak|eyebeam_scan/i;

interface Rate {
  perSecond: number;
  burst: number;
}

const UNKNOWN_RATE: Rate = { perSecond: 20, burst: 60 };
/** A gateway with hundreds of calls is one address. */
const TRUSTED_RATE: Rate = { perSecond: 2000, burst: 5000 };
const MAX_SOURCES = 10_000;
const BAN_MS = 5 * 60_000;
const FAILURES_TO_BAN = 6;
const FAILURE_WINDOW_MS = 10 * 60_000;

interface Source {
  tokens: number;
  filledAtMs: number;
  failures: number;
  firstFailureAtMs: number;
  bannedUntilMs: number;
}

export interface SourceGuard {
  admits(address: string): boolean;
  /** Wrong credentials. True when it led to a ban. */
  failedAuthentication(address: string): boolean;
  ban(address: string): void;
  readonly counters: { rateLimited: number; banned: number; bans: number };
}

export function isScanner(userAgent: string | null): boolean {
  return userAgent !== null && SCANNERS.test(userAgent);
}

/** `isTrusted`: peers, trunks, registered phones. They are never banned: a forged packet must not cut a gateway off. */
export function createSourceGuard(clock: Clock, isTrusted: (address: string) => boolean): SourceGuard {
  const sources = new Map<string, Source>();
  const counters = { rateLimited: 0, banned: 0, bans: 0 };

  const sourceOf = (address: string): Source => {
    const known = sources.get(address);
    if (known !== undefined) return known;
    if (sources.size >= MAX_SOURCES) forgetOldest(sources, clock.nowMs());
    const burst = isTrusted(address) ? TRUSTED_RATE.burst : UNKNOWN_RATE.burst;
    const source: Source = {
      tokens: burst,
      filledAtMs: clock.nowMs(),
      failures: 0,
      firstFailureAtMs: 0,
      bannedUntilMs: 0,
    };
    sources.set(address, source);
    return source;
  };

  const ban = (address: string): void => {
    if (isTrusted(address)) return;
    sourceOf(address).bannedUntilMs = clock.nowMs() + BAN_MS;
    counters.bans++;
  };

  return {
    counters,
    ban,
    admits(address) {
      const now = clock.nowMs();
      const source = sourceOf(address);
      // Trusted since: a gateway whose address was put into the settings meanwhile.
      if (source.bannedUntilMs > now && !isTrusted(address)) {
        counters.banned++;
        return false;
      }
      const rate = isTrusted(address) ? TRUSTED_RATE : UNKNOWN_RATE;
      const filled = source.tokens + ((now - source.filledAtMs) / 1000) * rate.perSecond;
      source.tokens = Math.min(rate.burst, filled);
      source.filledAtMs = now;
      if (source.tokens < 1) {
        counters.rateLimited++;
        return false;
      }
      source.tokens--;
      return true;
    },
    failedAuthentication(address) {
      if (isTrusted(address)) return false;
      const now = clock.nowMs();
      const source = sourceOf(address);
      if (now - source.firstFailureAtMs > FAILURE_WINDOW_MS) {
        source.failures = 0;
        source.firstFailureAtMs = now;
      }
      source.failures++;
      if (source.failures < FAILURES_TO_BAN) return false;
      source.failures = 0;
      ban(address);
      return true;
    },
  };
}

/** Map order is age: the oldest that is not banned goes; all banned: the oldest ban. */
function forgetOldest(sources: Map<string, Source>, nowMs: number): void {
  for (const [address, source] of sources) {
    if (source.bannedUntilMs <= nowMs) {
      sources.delete(address);
      return;
    }
  }
  const first = sources.keys().next();
  if (first.done !== true) sources.delete(first.value);
}
