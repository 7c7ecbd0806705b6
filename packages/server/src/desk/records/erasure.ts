// The erasure of a person, in steps: each is a short transaction of its own, so that somebody who has written ten
// thousand texts holds up nobody. That it has begun is kept with the first step; the promise that it gives is kept when
// all is gone, and after a crash at the next start. Part of contacts.ts.
import type { Refusal, ServerFrame } from '@openline/protocol';
import type { AddressBook } from '../ports/address-book.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { Erasures } from '../ports/erasures.ts';
import type { PersonalSource } from './personal.ts';

export interface ErasurePorts {
  addressBook: Pick<AddressBook, 'together' | 'remove'>;
  broadcaster: Broadcaster;
  sources: readonly PersonalSource[];
  erasures: Erasures;
  /** Lets others go first, between two steps. */
  pause: () => Promise<void>;
  /** What else may hold the number (the audit log) forgets it. */
  forget: (contactId: string) => void;
}

/** What the first step did. */
interface Begun {
  wasKnown: boolean;
  frames: ServerFrame[];
  /** More than one step is needed, and has been begun with. */
  isUnfinished: boolean;
}

export interface Erasure {
  refusalOf(contactId: string): Refusal | null;
  /** The first step, within a transaction of the caller's; most people are gone with it. */
  begin(contactId: string): Begun;
  /** The other steps of one that has begun; one that goes on already is waited for. */
  finish(contactId: string): Promise<void>;
  /** All that have begun and are not done. */
  resume(): Promise<void>;
}

const RECORDS_A_STEP = 50;

export function createErasure(ports: ErasurePorts): Erasure {
  const { addressBook, broadcaster, sources, erasures, pause, forget } = ports;
  const underWay = new Map<string, Promise<void>>();

  function step(contactId: string): { frames: ServerFrame[]; isLast: boolean } {
    const frames: ServerFrame[] = [];
    let left = RECORDS_A_STEP;
    for (const source of sources) {
      const { erased, frames: more } = source.erase(contactId, left);
      frames.push(...more);
      left -= erased;
      if (left <= 0) return { frames, isLast: false };
    }
    return { frames, isLast: true };
  }

  async function goOn(contactId: string): Promise<void> {
    for (;;) {
      await pause();
      const { wasKnown, frames, isLast } = addressBook.together(() => {
        const done = step(contactId);
        // Who was in contact meanwhile goes too.
        const isThere = done.isLast && addressBook.remove(contactId);
        if (done.isLast) {
          forget(contactId);
          erasures.end(contactId);
        }
        return { ...done, wasKnown: isThere };
      });
      for (const frame of frames) broadcaster.send({ to: 'all' }, frame);
      if (wasKnown)
        broadcaster.send({ to: 'all' }, { event: 'contacts:update', data: { [contactId]: null } });
      if (isLast) return;
    }
  }

  function finish(contactId: string): Promise<void> {
    const known = underWay.get(contactId);
    if (known) return known;
    const all = goOn(contactId).finally(() => underWay.delete(contactId));
    underWay.set(contactId, all);
    return all;
  }

  return {
    refusalOf(contactId) {
      for (const source of sources) {
        const refused = source.erasureRefusal(contactId);
        if (refused) return refused;
      }
      return null;
    },
    begin(contactId) {
      if (underWay.has(contactId)) return { wasKnown: false, frames: [], isUnfinished: true };
      const wasKnown = addressBook.remove(contactId);
      const { frames, isLast } = step(contactId);
      if (wasKnown || frames.length > 0) forget(contactId);
      if (!isLast) erasures.begin(contactId);
      return { wasKnown, frames, isUnfinished: !isLast };
    },
    finish,
    async resume() {
      for (const contactId of erasures.begun()) await finish(contactId);
    },
  };
}
