/**
 * RFC 4028: a session that is not refreshed in time is over. Negotiation for both sides, and the timer itself:
 * refresh at half of the interval when that is ours to do, the end shortly before it runs out when it is not.
 */
import type { Clock, Timer } from '../clock.ts';
import { type Headers, integerHeader } from '../message/message.ts';
import { parseParameters } from '../message/parameters.ts';

/** RFC 4028 4: recommended interval; 5: lowest. */
export const SESSION_INTERVAL_S = 1800;
export const MIN_SESSION_INTERVAL_S = 90;

export interface SessionInterval {
  intervalS: number;
  isRefresherLocal: boolean;
}

/** Server side (RFC 4028 9). Null: no timer was asked for. 'small': answer 422 with our Min-SE. */
export function intervalAsServer(headers: Headers): SessionInterval | null | 'small' {
  const asked = integerHeader(headers, 'Session-Expires');
  if (asked === null || !headers.lists('Supported', 'timer')) return null;
  if (asked < MIN_SESSION_INTERVAL_S) return 'small';
  return { intervalS: asked, isRefresherLocal: refresher(headers) === 'uas' };
}

/** Client side (RFC 4028 7.2), of a 2xx. */
export function intervalAsClient(headers: Headers): SessionInterval | null {
  const intervalS = integerHeader(headers, 'Session-Expires');
  if (intervalS === null || intervalS === 0) return null;
  return { intervalS, isRefresherLocal: refresher(headers) !== 'uas' };
}

/** Headers of our 2xx. */
export function intervalHeaders(interval: SessionInterval): (readonly [string, string])[] {
  const refresherName = interval.isRefresherLocal ? 'uas' : 'uac';
  const required = interval.isRefresherLocal ? [] : [['Require', 'timer'] as const];
  return [['Session-Expires', `${interval.intervalS};refresher=${refresherName}`], ...required];
}

function refresher(headers: Headers): string | null {
  const value = headers.get('Session-Expires') ?? '';
  const semicolon = value.indexOf(';');
  const parameters = semicolon < 0 ? null : parseParameters(value.slice(semicolon));
  return parameters?.get('refresher')?.toLowerCase() ?? null;
}

export interface SessionTimer {
  /** At every 2xx that (re)starts the interval; null: no timer from now on. */
  restart(interval: SessionInterval | null): void;
  readonly interval: SessionInterval | null;
  stop(): void;
}

export function createSessionTimer(clock: Clock, onRefresh: () => void, onExpired: () => void): SessionTimer {
  let current: SessionInterval | null = null;
  let refresh: Timer | null = null;
  let expiry: Timer | null = null;
  const stop = (): void => {
    refresh?.cancel();
    expiry?.cancel();
  };
  return {
    stop,
    get interval() {
      return current;
    },
    restart(interval) {
      stop();
      current = interval;
      if (interval === null) return;
      const intervalMs = interval.intervalS * 1000;
      if (interval.isRefresherLocal) refresh = clock.after(intervalMs / 2, onRefresh);
      // RFC 4028 10: BYE the smaller of 32 s and a third of the interval before its end.
      expiry = clock.after(intervalMs - Math.min(32_000, intervalMs / 3), onExpired);
    },
  };
}
