/**
 * What clients and calls do to the stores, as a sequence in which the number alone says what is done: so the state after
 * so many operations is known, however often whoever did them was killed. Each is one transaction.
 */
import type { Stores } from '../stores.ts';
import type { CallRecord } from '../../desk/ports/store.ts';

const PEOPLE = 7;

export function doOperation({ calls, contacts, buckets, together }: Stores, number: number): void {
  const round = Math.floor(number / 10);
  const person = `+22070000${10 + (round % PEOPLE)}`;
  switch (number % 10) {
    case 0:
      return calls.save(callOf(round, person));
    case 1:
      return calls.saveTags(`call-${round}`, ['Sport', `round ${round}`]);
    case 2:
      return calls.save({ ...callOf(round, person), endedAt: round + 50, onAirMs: 40, cause: 'normal' });
    case 3:
      return contacts.noteText(person, round);
    case 4:
      return void contacts.saveCard(person, cardOf(`Name ${round}`, round % 3 === 0), round);
    case 5:
      return buckets.save({
        id: `bucket-${round}`,
        name: `Show ${round}`,
        createdAt: round,
        archivedAt: null,
      });
    case 6:
      return buckets.choose(`bucket-${round}`);
    case 7:
      return together(() => calls.remove(`call-${round - 3}`));
    case 8:
      return contacts.noteBlockedCall(person, round);
    default:
      // Several records of one frame: all of them or none.
      return together(() => {
        for (const each of [round, round - 1, round - 2])
          calls.saveTags(`call-${each}`, ['favorite', `${number}`]);
      });
  }
}

/** Everything that the operations change, in a form that can be compared. */
export function contentsOf({ calls, contacts, buckets }: Stores): unknown {
  const all = { tags: [], ids: [], search: null, limit: 10_000, cursor: null };
  const filter = { ...all, bucketIds: [], from: null, to: null };
  return {
    calls: calls.page(filter).calls,
    favorites: calls.page({ ...filter, tags: ['favorite'] }).calls.map(({ id }) => id),
    found: calls.page({ ...filter, search: 'name' }).calls.map(({ id }) => id),
    recordings: calls.recordings('', 10_000),
    people: contacts.page({ ...all, isBlocked: null }).people,
    blocked: contacts.page({ ...all, isBlocked: true }).people.map(({ id }) => id),
    suggested: contacts.suggest('name', 10).map(({ id }) => id),
    buckets: [buckets.all(), buckets.current()],
  };
}

function callOf(round: number, number: string): CallRecord {
  return {
    id: `call-${round}`,
    type: 'call',
    openedAt: round,
    channelId: 'studio-1',
    lineId: 'studio',
    direction: 'in',
    number,
    name: `Name ${round}`,
    answeredAt: round + 10,
    endedAt: null,
    point: null,
    screening: null,
    seenAt: round,
    cause: null,
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [{ id: `recording-${round}`, kind: 'channel', startedAt: round, durationMs: 5, error: null }],
    quality: null,
    tags: [],
  };
}

function cardOf(name: string, isBlocked: boolean) {
  return { name, location: null, notes: null, properties: { age: 41 }, tags: ['regular'], isBlocked };
}
