/**
 * What every store promises the desk. An implementation's test calls `storeConformance` with a way to make a store;
 * `reopen` makes another one on the same data, as after a restart (in memory: the same one).
 */
import { describe, expect, test } from 'vitest';
import type { CallRecord, Store } from '../ports/store.ts';

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
    point: null,
    screening: null,
    seenAt: openedAt,
    cause: null,
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [],
    quality: null,
    tags: [],
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
        expect(store.isBlocked('+2209')).toBe(false);
        expect(store.dialledMs(0, 1_000)).toBe(0);
      });
    });

    test('replaces a record that is saved again, and does not double it', () => {
      withStore((store) => {
        store.saveCall(record('a', 1_000));
        store.saveCall(record('a', 1_000, { cause: 'busy', endedAt: 2_000 }));
        expect(store.findCall('a')).toMatchObject({ cause: 'busy', endedAt: 2_000 });
        expect(store.openCalls()).toEqual([]);
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

    test('keeps the tags that an entry was first saved with', () => {
      withStore((store) => {
        store.saveCall(record('a', 1_000, { tags: ['first'] }));
        store.saveCall(record('a', 1_000, { tags: [], cause: 'busy' }));
        expect(store.findCall('a')).toMatchObject({ tags: ['first'], cause: 'busy' });
      });
    });

    test('adds up the outgoing calls of a time, those that are up included', () => {
      withStore((store, reopen) => {
        const out = { direction: 'out', answeredAt: 10_000 } as const;
        const running = {
          id: 'r8',
          kind: 'channel',
          startedAt: 11_000,
          durationMs: null,
          error: null,
        } as const;
        store.saveCall(record('before', 900, { ...out, endedAt: 90_000 }));
        store.saveCall(record('ended', 1_000, { ...out, endedAt: 15_000 }));
        store.saveCall(record('kept open', 1_050, { ...out, endedAt: 12_000, recordings: [running] }));
        store.saveCall(record('up', 1_100, out));
        store.saveCall(record('ringing', 1_150, { direction: 'out' }));
        store.saveCall(record('unanswered', 1_200, { direction: 'out', endedAt: 99_000 }));
        store.saveCall(record('incoming', 1_300, { answeredAt: 10_000, endedAt: 99_000 }));
        expect(store.dialledMs(1_000, 17_000)).toBe(5_000 + 2_000 + 7_000);
        expect(store.dialledMs(5_000, 17_000)).toBe(0);
        expect(reopen().dialledMs(1_000, 17_000)).toBe(14_000);
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

    test('knows of a number when it was last there, before a time, and when it was last on air', () => {
      withStore((store, reopen) => {
        const at = (openedAt: number, id: string, change: Partial<CallRecord> = {}): void =>
          store.saveCall(record(id, openedAt, { ...full, tags: [], recordings: [], onAirMs: 0, ...change }));
        at(1_000, 'a', { onAirMs: 5 });
        at(2_000, 'b');
        at(3_000, 'c', { number: '+2207000002', onAirMs: 5 });
        at(4_000, 'd', { onAirMs: 5 });
        at(5_000, 'e', { number: '', onAirMs: 5 });
        for (const each of [store, reopen()]) {
          const known = { calls: 3, isBlocked: false };
          const past = (before: number) => each.pastOf('+2207000001', before);
          expect(past(1_000)).toEqual({ ...known, lastCallAt: null, lastOnAirAt: null });
          expect(past(4_000)).toEqual({ ...known, lastCallAt: 2_000, lastOnAirAt: 1_000 });
          expect(past(9_000)).toEqual({ ...known, lastCallAt: 4_000, lastOnAirAt: 4_000 });
          const nobody = { calls: 0, isBlocked: false, lastCallAt: null, lastOnAirAt: null };
          expect(each.pastOf('', 9_000)).toEqual(nobody);
          expect(each.pastOf('+2207000003', 9_000)).toEqual(nobody);
        }
      });
    });

    test('keeps a card by number, with the properties a station adds', () => {
      withStore((store, reopen) => {
        const card = {
          number: '+2207000001',
          name: 'Awa',
          location: null,
          notes: 'line\nbreak',
          point: null,
          age: 41,
          isRegular: true,
        };
        store.saveContact({ ...card, name: 'before' }, 1_000);
        store.saveContact({ ...card, point: 'the rain' }, 2_000);
        expect(store.findContact('+2207000001')).toEqual(card);
        expect(reopen().findContact('+2207000001')).toEqual(card);
        expect(store.findContact('+220700000')).toBeNull();
      });
    });
  });
}
