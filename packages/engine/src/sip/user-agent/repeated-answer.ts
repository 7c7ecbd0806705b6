/**
 * RFC 3261 13.3.1.4: a 2xx to INVITE is repeated by the user agent, on every transport, until its ACK comes; after
 * 64*T1 it gives up. The same rhythm serves reliable provisional responses (RFC 3262 3).
 */
import type { Clock, Timer } from '../clock.ts';
import { T1_MS, T2_MS, TIMEOUT_MS } from '../transaction/timing.ts';

export interface RepeatedAnswer {
  stop(): void;
}

export function repeatAnswer(
  clock: Clock,
  send: () => void,
  onGivenUp: () => void,
  longestIntervalMs: number = T2_MS,
): RepeatedAnswer {
  let timer: Timer;
  const wait = (intervalMs: number): void => {
    timer = clock.after(intervalMs, () => {
      send();
      wait(Math.min(intervalMs * 2, longestIntervalMs));
    });
  };
  const stop = (): void => {
    timer.cancel();
    deadline.cancel();
  };
  const deadline = clock.after(TIMEOUT_MS, () => {
    stop();
    onGivenUp();
  });
  wait(T1_MS);
  return { stop };
}
