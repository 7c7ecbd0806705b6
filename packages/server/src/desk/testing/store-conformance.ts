/**
 * What every store promises the desk. An implementation's test calls `storeConformance` with a way to make a store;
 * `reopen` makes another one on the same data, as after a restart (in memory: the same one).
 */
import { describe, expect, test } from 'vitest';
import type { CallQuery, CallRecord, Store } from '../ports/store.ts';

export interface StoreHarness {
  open: () => { store: Store; reopen: () => Store; close: () => void };
}

function record(id: string, openedAt: number, change: Partial<CallRecord> = {}): CallRecord {
  return {
    id,
    type: 'call',
    openedAt,
    channelId: 'studio-1',
    lineId: 'studio',
    direction: 'in',
    number: '+2207000001',
    name: 'Awa "the cook" O\'Neil',
    answeredAt: null,
    endedAt: null,
    seenAt: openedAt,
    cause: null,
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [],
    quality: null,
    tags: [],
    isFavorite: false,
    ...change,
  };
}

const full: Partial<CallRecord> = {
  answeredAt: 1_700_000_000_100,
  endedAt: 1_700_000_090_000,
  seenAt: 1_700_000_090_000,
  cause: 'rtp_timeout',
  modes: [
    { mode: 'ring', at: 1_700_000_000_000 },
    { mode: 'master', at: 1_700_000_000_100 },
  ],
  onAirMs: 61_234,
  recordings: [
    { id: 'r1', kind: 'channel', startedAt: 1_700_000_000_200, durationMs: 5_000, error: null },
    { id: 'r2', kind: 'ivr', startedAt: 1_700_000_000_300, durationMs: 0, error: 'the disk is full' },
  ],
  quality: {
    codec: 'PCMA',
    jitterMs: 3.25,
    packetsReceived: 4000,
    packetsLost: 12,
    framesConcealed: 12,
    bufferMs: 40,
    bufferMaxMs: 80,
    mos: 4.1,
  },
  tags: ['sport', 'été'],
  isFavorite: true,
};

export function storeConformance(name: string, harness: StoreHarness): void {
  describe(`the store ${name}`, () => {
    function withStore(use: (store: Store, reopen: () => Store) => void): void {
      const { store, reopen, close } = harness.open();
      try {
        use(store, reopen);
      } finally {
        close();
      }
    }

    test('gives a call record back as it was saved, also after reopening', () => {
      withStore((store, reopen) => {
        const saved = record('a', 1_700_000_000_000, full);
        store.saveCall(saved);
        expect(store.findCall('a')).toEqual(saved);
        expect(reopen().findCall('a')).toEqual(saved);
      });
    });

    test('knows nothing of what was never saved', () => {
      withStore((store) => {
        expect(store.findCall('nobody')).toBeNull();
        expect(store.findContact('+2209')).toBeNull();
        expect(store.openCalls()).toEqual([]);
        expect(store.loadStrips()).toEqual({});
        expect(store.listCalls({ limit: 10, cursor: null })).toEqual({ calls: [], cursor: null });
      });
    });

    test('replaces a record that is saved again, and does not double it', () => {
      withStore((store) => {
        store.saveCall(record('a', 1_000));
        store.saveCall(record('a', 1_000, { cause: 'busy', endedAt: 2_000 }));
        expect(store.findCall('a')).toMatchObject({ cause: 'busy', endedAt: 2_000 });
        expect(store.listCalls({ limit: 10, cursor: null }).calls).toHaveLength(1);
      });
    });

    test('does not change what it keeps when the caller changes their copy', () => {
      withStore((store) => {
        const saved = record('a', 1_000);
        store.saveCall(saved);
        saved.name = 'somebody else';
        expect(store.findCall('a')?.name).not.toBe('somebody else');
      });
    });

    test('finds the records that are open, or whose recordings still run', () => {
      withStore((store, reopen) => {
        const running = {
          id: 'r9',
          kind: 'channel',
          startedAt: 3_000,
          durationMs: null,
          error: null,
        } as const;
        store.saveCall(record('open', 1_000));
        store.saveCall(record('closed', 2_000, full));
        store.saveCall(record('recording', 3_000, { ...full, recordings: [running] }));
        const ids = (from: Store) => from.openCalls().map(({ id }) => id);
        expect(ids(store).toSorted()).toEqual(['open', 'recording']);
        expect(ids(reopen()).toSorted()).toEqual(['open', 'recording']);
      });
    });

    test('lists the newest first, page by page, every record once', () => {
      withStore((store) => {
        for (let index = 0; index < 7; index += 1) store.saveCall(record(`c${index}`, 1_000 + index));
        // Two of the same moment must not fall between two pages.
        store.saveCall(record('c6b', 1_006));
        const seen: string[] = [];
        let cursor: string | null = null;
        for (let page = 0; page < 4; page += 1) {
          const { calls, cursor: next }: { calls: CallRecord[]; cursor: string | null } = store.listCalls({
            limit: 3,
            cursor,
          });
          seen.push(...calls.map(({ id }) => id));
          cursor = next;
          if (cursor === null) break;
        }
        expect(cursor).toBeNull();
        expect(new Set(seen).size).toBe(8);
        expect(seen).toHaveLength(8);
        expect(seen.slice(2)).toEqual(['c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
      });
    });

    test('lists what is asked for: all the tags, any of the ids, in the time, with the words', () => {
      withStore((store) => {
        store.saveCall(record('a', 1_000, { name: 'Zoé Adams', number: '+2201', tags: ['sport', 'late'] }));
        store.saveCall(
          record('b', 2_000, { name: null, number: '+2202', tags: ['sport'], isFavorite: true }),
        );
        store.saveCall(record('c', 3_000, { name: 'ZOÉ Berg', number: '+2203' }));
        const ids = (query: Omit<CallQuery, 'limit'>) =>
          store.listCalls({ limit: 9, ...query }).calls.map(({ id }) => id);
        expect(ids({ tags: [], ids: [], from: null, to: null, search: ' ' })).toEqual(['c', 'b', 'a']);
        expect(ids({ tags: ['sport'] })).toEqual(['b', 'a']);
        expect(ids({ tags: ['sport', 'late'] })).toEqual(['a']);
        expect(ids({ tags: ['favorite'] })).toEqual(['b']);
        expect(ids({ ids: ['a', 'c', 'nobody'] })).toEqual(['c', 'a']);
        expect(ids({ from: 2_000, to: 3_000 })).toEqual(['c', 'b']);
        expect(ids({ to: 1_999 })).toEqual(['a']);
        expect(ids({ search: 'zoé' })).toEqual(['c', 'a']);
        expect(ids({ search: 'berg Zoé' })).toEqual(['c']);
        expect(ids({ search: '2202' })).toEqual(['b']);
        expect(ids({ search: '%' })).toEqual([]);
        const page = store.listCalls({ limit: 1, tags: ['sport'] });
        expect(page.calls.map(({ id }) => id)).toEqual(['b']);
        expect(ids({ tags: ['sport'], cursor: page.cursor })).toEqual(['a']);
      });
    });

    test('adds up the outgoing calls of a time, those that are up included', () => {
      withStore((store) => {
        const out = { direction: 'out', answeredAt: 10_000 } as const;
        store.saveCall(record('before', 900, { ...out, endedAt: 90_000 }));
        store.saveCall(record('ended', 1_000, { ...out, endedAt: 15_000 }));
        store.saveCall(record('up', 1_100, out));
        store.saveCall(record('unanswered', 1_200, { direction: 'out', endedAt: 99_000 }));
        store.saveCall(record('incoming', 1_300, { answeredAt: 10_000, endedAt: 99_000 }));
        expect(store.dialledMs(1_000, 17_000)).toBe(5_000 + 7_000);
        expect(store.dialledMs(5_000, 17_000)).toBe(0);
      });
    });

    test('starts from the newest for a cursor that is not one of its own', () => {
      withStore((store) => {
        store.saveCall(record('a', 1_000));
        expect(store.listCalls({ limit: 5, cursor: "'; drop table calls; --" }).calls).toHaveLength(1);
      });
    });

    test('keeps the strips by key, the last saved one', () => {
      withStore((store, reopen) => {
        store.saveStrip('channel:studio-1', { level: 75, isMuted: false, autoanswer: null });
        store.saveStrip('channel:studio-1', { level: 12.5, isMuted: true, autoanswer: 'anna' });
        store.saveStrip('master', { level: 75, isOnAir: true });
        const strips = {
          'channel:studio-1': { level: 12.5, isMuted: true, autoanswer: 'anna' },
          master: { level: 75, isOnAir: true },
        };
        expect(store.loadStrips()).toEqual(strips);
        expect(reopen().loadStrips()).toEqual(strips);
      });
    });

    test('keeps a card by number, with the properties a station adds', () => {
      withStore((store, reopen) => {
        const card = {
          number: '+2207000001',
          name: 'Awa',
          location: null,
          notes: 'line\nbreak',
          age: 41,
          isRegular: true,
          topic: null,
        };
        store.saveContact({ ...card, name: 'before' }, 1_000);
        store.saveContact(card, 2_000);
        expect(store.findContact('+2207000001')).toEqual(card);
        expect(reopen().findContact('+2207000001')).toEqual(card);
        expect(store.findContact('+220700000')).toBeNull();
      });
    });
  });
}
