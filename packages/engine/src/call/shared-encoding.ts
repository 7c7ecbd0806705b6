/**
 * Encode once for all who hear the same: finds, every tick, the legs whose output is the same to the last bit and which
 * would make the same packets of it, and lets one of them encode for the others. Who is on hold, hears the program or
 * is muted costs a copy then, not an encoder. Called by pipeline.ts between mix() and the packets; allocates nothing.
 *
 * Who has heard the same as a leader for half a second joins it, at a packet for which the codec is ready (Encoder.join). Who
 * hears something else leaves in that very tick, with a copy of the leader's encoder: the listener notices neither.
 * Where it is the leader who hears something else, the first to leave it leads the rest.
 */
import type { OutgoingStream } from './outgoing-stream.ts';

const JOIN_TICKS = 25;
/** Leaders that are tried for one leg in a tick. */
const MOST_TRIED = 8;

interface Leg {
  readonly port: number;
  readonly outgoing: OutgoingStream;
}

interface Mix {
  output(port: number): Float32Array | null;
  isShared(port: number): boolean;
}

export class SharedEncoding {
  /** Of this tick: who encodes for itself and hears what others may hear too. */
  readonly #leaders: OutgoingStream[] = [];

  /** Behind mix(), before the legs are sent their packets. */
  arrange(legs: readonly Leg[], mix: Mix): void {
    for (const { port, outgoing } of legs) {
      outgoing.company.sound = mix.output(port);
      outgoing.company.heir = null;
    }
    for (const { outgoing } of legs) this.#leaveWhereDifferent(outgoing);
    let count = 0;
    for (const { port, outgoing } of legs) {
      if (outgoing.leader !== null) continue;
      if (!mix.isShared(port)) outgoing.company.candidate = null;
      else if (!this.#joinOneOf(outgoing, count)) this.#leaders[count++] = outgoing;
    }
  }

  #leaveWhereDifferent(outgoing: OutgoingStream): void {
    const { leader } = outgoing;
    if (leader === null || hearSame(outgoing, leader)) return;
    const { heir } = leader.company;
    if (heir !== null && hearSame(outgoing, heir)) {
      outgoing.leaveWith(heir);
      return;
    }
    outgoing.leave();
    leader.company.heir ??= outgoing;
  }

  /** Tries the first `count` leaders. */
  #joinOneOf(outgoing: OutgoingStream, count: number): boolean {
    const { company } = outgoing;
    const leader = this.#findLike(outgoing, count);
    company.sameTicks = leader !== null && leader === company.candidate ? company.sameTicks + 1 : 0;
    company.candidate = leader;
    return leader !== null && company.sameTicks >= JOIN_TICKS && outgoing.join(leader);
  }

  #findLike(outgoing: OutgoingStream, count: number): OutgoingStream | null {
    let tried = 0;
    for (let index = 0; index < count && tried < MOST_TRIED; index++) {
      const leader = this.#leaders[index]!;
      if (!outgoing.isLike(leader)) continue;
      if (haveSameSound(outgoing, leader)) return leader;
      tried++;
    }
    return null;
  }
}

function hearSame(one: OutgoingStream, other: OutgoingStream): boolean {
  return one.isLike(other) && haveSameSound(one, other);
}

function haveSameSound(one: OutgoingStream, other: OutgoingStream): boolean {
  const first = one.company.sound;
  const second = other.company.sound;
  if (first === null || second === null || first.length !== second.length) return false;
  for (let index = 0; index < first.length; index++) if (first[index] !== second[index]) return false;
  return true;
}
