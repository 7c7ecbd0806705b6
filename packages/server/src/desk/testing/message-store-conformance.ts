/**
 * What every store of texts promises. An implementation's test calls `messageStoreConformance` with a way to make one;
 * `reopen` makes another one on the same data, as after a restart (in memory: the same one).
 */
import { describe, expect, test } from 'vitest';
import type { MessageRecord, MessageStore } from '../ports/message-store.ts';
import { NO_FILTER, type RecordFilter } from '../ports/record-filter.ts';

export interface MessageStoreHarness {
  open: () => { store: MessageStore; reopen: () => MessageStore; close: () => void };
}

export function messageRecord(id: string, change: Partial<MessageRecord> = {}): MessageRecord {
  return {
    id,
    type: 'sms_in',
    timestamp: 1_000,
    sentAt: null,
    lineId: 'studio',
    channelId: 'studio-1',
    endpoint: '+2207000001',
    content: `text ${id}`,
    keywords: '7000001',
    bucketId: 'b1',
    tags: [],
    replyTo: null,
    status: 'received',
    error: null,
    isIncomplete: false,
    parts: 1,
    attempts: 0,
    dueAt: null,
    isAccepted: false,
    ...change,
  };
}

const everything: RecordFilter = { ...NO_FILTER, limit: 50 };

export function messageStoreConformance(name: string, harness: MessageStoreHarness): void {
  describe(`a store of texts: ${name}`, () => {
    const withStore = (work: (store: MessageStore, reopen: () => MessageStore) => void) => () => {
      const { store, reopen, close } = harness.open();
      try {
        work(store, reopen);
      } finally {
        close();
      }
    };
    const found = (store: MessageStore, query: Partial<RecordFilter>): string[] =>
      store.fetch({ ...everything, ...query }).messages.map(({ id }) => id);

    test(
      'keeps every field of a text over a restart',
      withStore((store, reopen) => {
        const message = messageRecord('m1', {
          type: 'sms_out',
          sentAt: 999,
          content: 'It\'s "quoted" — 🎉\nsecond line',
          tags: ['SONG', 'favorite'],
          replyTo: 'm0',
          status: 'sending',
          error: 'busy',
          isIncomplete: true,
          parts: 3,
          attempts: 2,
          dueAt: 5_000,
          isAccepted: true,
        });
        store.add(message);
        expect(reopen().find('m1')).toEqual(message);
      }),
    );

    test(
      'lists the newest first, page by page, also those of one moment',
      withStore((store) => {
        for (let n = 1; n <= 5; n += 1) store.add(messageRecord(`m${n}`, { timestamp: 1_000 + n }));
        for (let n = 6; n <= 9; n += 1) store.add(messageRecord(`m${n}`, { timestamp: 2_000 }));
        const pages: string[][] = [];
        let cursor: string | null = null;
        do {
          const page: ReturnType<MessageStore['fetch']> = store.fetch({ ...everything, limit: 4, cursor });
          pages.push(page.messages.map(({ id }) => id));
          cursor = page.cursor;
        } while (cursor !== null);
        expect(pages).toEqual([['m9', 'm8', 'm7', 'm6'], ['m5', 'm4', 'm3', 'm2'], ['m1']]);
      }),
    );

    test(
      'finds by all of the tags, any of the buckets, time with both ends, ids and words together',
      withStore((store) => {
        store.add(messageRecord('a', { timestamp: 10, tags: ['Vote', 'SONG'], content: 'Café Ñandú at 9' }));
        store.add(
          messageRecord('b', { timestamp: 20, tags: ['vote'], bucketId: 'b2', content: 'hello world' }),
        );
        store.add(messageRecord('c', { timestamp: 30, bucketId: null, content: 'HELLO again 🎉' }));
        store.add(messageRecord('d', { timestamp: 40, endpoint: '+2207999999', keywords: '7999999 Awa' }));
        expect(found(store, { tags: ['VOTE'] })).toEqual(['b', 'a']);
        expect(found(store, { tags: ['vote', 'song'] })).toEqual(['a']);
        expect(found(store, { bucketIds: ['b1', 'b2'] })).toEqual(['d', 'b', 'a']);
        expect(found(store, { bucketIds: ['b2'], tags: ['song'] })).toEqual([]);
        expect(found(store, { from: 20, to: 30 })).toEqual(['c', 'b']);
        expect(found(store, { ids: ['d', 'a', 'nobody'] })).toEqual(['d', 'a']);
        expect(found(store, { ids: ['d', 'b'], search: 'hello' })).toEqual(['b']);
        expect(found(store, { search: 'hel' })).toEqual(['c', 'b']);
        expect(found(store, { search: 'cafe nandu' })).toEqual(['a']);
        expect(found(store, { search: 'hello" OR wor*' })).toEqual([]);
        expect(found(store, { search: 'hello', bucketIds: ['b2'] })).toEqual(['b']);
        expect(found(store, { search: '+2207999' })).toEqual(['d']);
        expect(found(store, { search: '7999999' })).toEqual(['d']);
        expect(found(store, { search: 'awa' })).toEqual(['d']);
        expect(found(store, { search: 'vote' })).toEqual([]);
      }),
    );

    test(
      'follows a change: new tags find it, former ones no longer, what is gone is not found',
      withStore((store, reopen) => {
        const message = messageRecord('m1', { tags: ['old'] });
        store.add(message);
        store.save({ ...message, tags: ['new'], content: 'whole now', status: 'failed', error: 'no credit' });
        const again = reopen();
        expect(found(again, { tags: ['old'] })).toEqual([]);
        expect(found(again, { tags: ['NEW'], search: 'whole' })).toEqual(['m1']);
        expect(again.find('m1')?.error).toBe('no credit');
        expect(again.remove('m1')).toBe(true);
        expect(again.remove('m1')).toBe(false);
        expect(found(again, { tags: ['new'] })).toEqual([]);
        expect(found(again, {})).toEqual([]);
      }),
    );

    test(
      'a cursor that is none of ours starts from the newest',
      withStore((store) => {
        store.add(messageRecord('m1'));
        expect(found(store, { cursor: 'x' })).toEqual(['m1']);
      }),
    );

    test(
      'knows what is to be sent, and when',
      withStore((store) => {
        const out = (id: string, dueAt: number | null, change: Partial<MessageRecord> = {}): void =>
          store.add(messageRecord(id, { type: 'sms_out', status: 'queued', dueAt, ...change }));
        expect(store.nextDueAt()).toBeNull();
        out('late', 300);
        out('soon', 100);
        out('then', 200);
        out('done', null, { status: 'sent' });
        out('on its way', null, { status: 'sending' });
        out('with the gateway', null, { status: 'sending', isAccepted: true });
        expect(store.nextDueAt()).toBe(100);
        expect(store.due(250, 10).map(({ id }) => id)).toEqual(['soon', 'then']);
        expect(store.due(250, 1).map(({ id }) => id)).toEqual(['soon']);
        expect(store.underWay().map(({ id }) => id)).toEqual(['on its way']);
      }),
    );

    test(
      'knows what is old: not favourites, nor what waits to be sent',
      withStore((store) => {
        store.add(messageRecord('a', { timestamp: 10 }));
        store.add(messageRecord('b', { timestamp: 20, tags: ['Favorite'] }));
        store.add(messageRecord('c', { timestamp: 30, status: 'queued', dueAt: 1 }));
        store.add(messageRecord('d', { timestamp: 40, endpoint: '+2201' }));
        store.add(messageRecord('e', { timestamp: 50 }));
        expect(store.olderThan(50, 10)).toEqual(['a', 'd']);
        expect(store.olderThan(50, 1)).toEqual(['a']);
        expect(store.ofEndpoint('+2207000001').map(({ id }) => id)).toEqual(['a', 'b', 'c', 'e']);
        const parts = [...store.partsOfEndpoint('+2207000001', 3)];
        expect(parts.map((some) => some.map(({ id }) => id))).toEqual([['a', 'b', 'c'], ['e']]);
        expect([...store.partsOfEndpoint('+44', 3)]).toEqual([]);
        expect(store.isSendingTo('+2207000001')).toBe(false);
        store.add(messageRecord('f', { timestamp: 60, status: 'sending' }));
        expect(store.isSendingTo('+2207000001')).toBe(true);
        expect(store.isSendingTo('+2201')).toBe(false);
      }),
    );

    test(
      'knows the line of the last text with a number',
      withStore((store) => {
        store.add(messageRecord('m1', { timestamp: 1, lineId: 'one' }));
        store.add(messageRecord('m2', { timestamp: 2, lineId: 'two' }));
        store.add(messageRecord('m3', { timestamp: 3, lineId: null }));
        expect(store.lastLineOf('+2207000001')).toBe('two');
        expect(store.lastLineOf('+2200000000')).toBeNull();
      }),
    );

    test(
      'knows a text again by each of its names, a weak one for a while only',
      withStore((store, reopen) => {
        store.remember(
          [
            { name: 'id', withinMs: null },
            { name: 'call', withinMs: 100 },
          ],
          1_000,
        );
        const again = reopen();
        expect(again.isKnown([{ name: 'id', withinMs: null }], 9_000_000)).toBe(true);
        expect(again.isKnown([{ name: 'call', withinMs: 100 }], 1_100)).toBe(true);
        expect(again.isKnown([{ name: 'call', withinMs: 100 }], 1_101)).toBe(false);
        expect(again.isKnown([{ name: 'other', withinMs: null }], 1_000)).toBe(false);
      }),
    );

    test(
      'keeps the parts of a longer text until it is whole',
      withStore((store, reopen) => {
        const text = { owner: { kind: 'line', lineId: 'studio' }, sender: '+2207', sentAt: 7 } as const;
        store.addGroup({ id: 'g1', key: 'k', parts: 3, since: 100, messageId: null, text });
        store.addPart({ group: 'g1', part: 3, content: '\u{df89} c' });
        store.addPart({ group: 'g1', part: 1, content: 'a \u{d83c}' });
        const again = reopen();
        expect(again.findGroup('k', 101)).toBeNull();
        expect(again.findGroup('other', 0)).toBeNull();
        expect(again.findGroup('k', 100)?.id).toBe('g1');
        expect(again.partsOf('g1').map(({ part, content }) => [part, content])).toEqual([
          [1, 'a \u{d83c}'],
          [3, '\u{df89} c'],
        ]);
        again.forgetGroups(1_000);
        expect(again.hiddenGroups().map(({ id }) => id)).toEqual(['g1']);
        expect(again.hiddenGroups()[0]?.text).toEqual(text);
        again.showGroup('g1', 'm1');
        expect(again.hiddenGroups()).toEqual([]);
        expect(again.findGroup('k', 0)?.messageId).toBe('m1');
        again.forgetGroups(100);
        expect(again.findGroup('k', 0)?.id).toBe('g1');
        again.forgetGroups(101);
        expect(again.findGroup('k', 0)).toBeNull();
        expect(again.partsOf('g1')).toEqual([]);
        again.addGroup({ id: 'g2', key: 'k', parts: 2, since: 1, messageId: null, text });
        again.removeGroupsOf('+2209');
        expect(again.hiddenGroups()).toHaveLength(1);
        again.removeGroupsOf('+2207');
        expect(again.hiddenGroups()).toEqual([]);
      }),
    );
  });
}
