/**
 * RFC 3262, server side: provisional responses that are repeated until their PRACK, one at a time, in order. One an
 * incoming call whose far end requires 100rel.
 */
import type { Clock } from '../clock.ts';
import type { SipRequest } from '../message/message.ts';
import { type RepeatedAnswer, repeatAnswer } from './repeated-answer.ts';

interface Provisional {
  status: number;
  sdp: string | null;
}

export interface ReliableProvisionals {
  send(provisional: Provisional): void;
  /** The provisional that this PRACK acknowledges; null: none that waits for it (481). */
  acknowledge(prack: SipRequest): Provisional | null;
  /** RFC 3262 3: a 2xx waits while an SDP is unacknowledged. */
  readonly isSdpUnacknowledged: boolean;
  /** Our SDP has gone out in one that was acknowledged: the 2xx repeats none. */
  readonly isSdpAcknowledged: boolean;
  stop(): void;
}

export function createReliableProvisionals(
  clock: Clock,
  inviteCSeq: number,
  firstRSeq: number,
  transmit: (provisional: Provisional, rseq: number) => void,
  onGivenUp: () => void,
): ReliableProvisionals {
  const queue: Provisional[] = [];
  let rseq = firstRSeq - 1;
  let waiting: { provisional: Provisional; repeat: RepeatedAnswer } | null = null;
  let isSdpAcknowledged = false;

  const next = (): void => {
    const provisional = queue.shift();
    if (provisional === undefined) return;
    const number = ++rseq;
    transmit(provisional, number);
    // RFC 3262 3: doubling without the ceiling of T2, given up after 64*T1.
    const repeat = repeatAnswer(clock, () => transmit(provisional, number), onGivenUp, Infinity);
    waiting = { provisional, repeat };
  };

  return {
    get isSdpAcknowledged() {
      return isSdpAcknowledged;
    },
    get isSdpUnacknowledged() {
      const all = waiting === null ? queue : [waiting.provisional, ...queue];
      return all.some((each) => each.sdp !== null);
    },
    send(provisional) {
      queue.push(provisional);
      if (waiting === null) next();
    },
    acknowledge(prack) {
      const match = /^(\d{1,10})\s+(\d{1,10})\s+(\S+)$/.exec(prack.headers.get('RAck') ?? '');
      const isFor = match !== null && Number(match[1]) === rseq && Number(match[2]) === inviteCSeq;
      if (waiting === null || !isFor || match[3] !== 'INVITE') return null;
      const { provisional, repeat } = waiting;
      repeat.stop();
      waiting = null;
      if (provisional.sdp !== null) isSdpAcknowledged = true;
      next();
      return provisional;
    },
    stop() {
      waiting?.repeat.stop();
      waiting = null;
      queue.length = 0;
    },
  };
}
