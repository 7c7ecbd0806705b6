/** The rows of the table for what is stored: texts, questions, history, buckets, suggestions. */
import { expect } from 'vitest';
import type { Row } from './row.ts';
import { farNumber, type Stage } from './stage.ts';

type Kind = 'messages' | 'questions' | 'calls';
const anId: Readonly<Record<Kind, (stage: Stage) => Promise<string>>> = {
  messages: (stage) => stage.message(),
  questions: (stage) => stage.question(),
  calls: (stage) => stage.pastCall(),
};
const badIds = ['m1', 5, null, { m1: 1 }, ['unknown'], { unknown: null }, [null], ['']];
const badTags = [
  { message_ids: ['unknown'], tags: ['a'] },
  { message_ids: 'm1', tags: ['a'] },
  { message_ids: ['m1'], tags: [''] },
  { message_ids: ['m1'], tags: 'a' },
  { tags: ['a'] },
  ['m1'],
  null,
];
const badFilters = [
  { limit: 0 },
  { limit: 501 },
  { from: 'today' },
  { tags: 'a' },
  { ids: 5 },
  { cursor: 5 },
  'all',
  [],
];
const text = { type: 'sms_out', endpoint: farNumber, content: 'Hello', channel_id: null, reply_to: null };

export const recordRows: Readonly<Record<string, Row>> = {
  addrBookSuggestions: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('on_hold');
      const { number } = stage.witness.channel(channel).contact;
      await stage.accept('channelContactInfo', { [channel]: { name: 'Fatou Bensouda', location: 'Banjul' } });
      for (const part of ['fat', 'bens', number.slice(-5)]) {
        await stage.accept('addrBookSuggestions', part, {
          to: 'self',
          event: 'addrBookSuggestions',
          fits: (people) =>
            people.some(
              (one: { name: string; number: string }) =>
                one.name === 'Fatou Bensouda' && one.number === number,
            ),
        });
      }
    },
    bad: [5, null, ['a'], {}, 'x'.repeat(500)],
    mayNot: 'viewer',
  },
  currentBucketUpdate: {
    succeeds: async (stage) => {
      const bucket = await stage.bucket('Election night');
      await stage.accept('currentBucketUpdate', bucket, {
        to: 'all',
        event: 'currentBucketUpdate',
        fits: (id) => id === bucket,
      });
      const message = await stage.message();
      const list = await stage.accept(
        'messages:fetch',
        { bucket_ids: [bucket] },
        { to: 'self', event: 'messages:list' },
      );
      expect(list.messages.map(({ id }: { id: string }) => id)).toEqual([message]);
    },
    bad: ['unknown', '', null, ['b1'], {}],
    mayNot: 'screener',
  },

  'messages:send': {
    succeeds: async (stage) => {
      const seen = stage.witness.frames.length;
      const sent = await stage.accept(
        'messages:send',
        { mine: text },
        { to: 'self', event: 'messages:sent' },
      );
      const id = String(sent.mine);
      for (const status of ['queued', 'sent']) {
        await stage.witness.frame(
          `the text to be ${status}`,
          ({ event, data }) => event === 'messages:update' && data[id]?.status === status,
          seen,
        );
      }
    },
    bad: [
      { t: { ...text, type: 'sms_in' } },
      { t: { ...text, content: '' } },
      { t: { ...text, endpoint: '' } },
      { t: { ...text, endpoint: 'Awa' } },
      { t: { ...text, channel_id: 'nowhere' } },
      { t: { ...text, reply_to: 'unknown' } },
      { t: 'Hello' },
      [text],
      'Hello',
      null,
    ],
    mayNot: 'viewer',
  },
  'messages:delete': deleting('messages'),
  'messages:favorite': favouring('messages'),
  'messages:unfavorite': unfavouring('messages'),
  'messages:addTags': {
    succeeds: async (stage) => {
      const ids = [await stage.message(), await stage.message()];
      await stage.accept(
        'messages:addTags',
        { message_ids: ids, tags: ['SONG', 'vote'] },
        {
          to: 'all',
          event: 'messages:update',
          fits: (data) => ids.every((id) => data[id] === undefined || data[id]?.tags.includes('SONG')),
        },
      );
      const list = await stage.accept(
        'messages:fetch',
        { tags: ['song', 'VOTE'], ids },
        { to: 'self', event: 'messages:list' },
      );
      expect(list.messages.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted());
    },
    bad: badTags,
    mayNot: 'viewer',
  },
  'message:removeTags': {
    succeeds: async (stage) => {
      const id = await stage.message();
      await stage.accept('messages:addTags', { message_ids: [id], tags: ['SONG', 'vote'] });
      await stage.accept(
        'message:removeTags',
        { message_ids: [id], tags: ['song'] },
        {
          to: 'all',
          event: 'messages:update',
          fits: (data) => data[id]?.tags.length === 1,
        },
      );
      await stage.accept(
        'messages:removeTags',
        { message_ids: [id], tags: ['vote'] },
        {
          to: 'all',
          event: 'messages:update',
          fits: (data) => data[id]?.tags.length === 0,
        },
      );
    },
    bad: badTags,
    mayNot: 'viewer',
  },
  'messages:fetch': fetching('messages', 'Thank you'),

  'questions:delete': {
    ...deleting('questions'),
    succeeds: async (stage) => {
      const id = await stage.question();
      const list = await stage.accept(
        'questions:fetch',
        { ids: [id] },
        { to: 'self', event: 'questions:list' },
      );
      const url = `${stage.product.url}${list.questions[0].audio_url}`;
      const headers = { authorization: `Bearer ${await stage.product.token('Vera', 'vera-password-1')}` };
      expect((await fetch(url, { headers: { ...headers, range: 'bytes=0-99' } })).status).toBe(206);
      await deletion(stage, 'questions', id);
      expect((await fetch(url, { headers })).status).toBe(404);
    },
  },
  'questions:favorite': favouring('questions'),
  'questions:unfavorite': unfavouring('questions'),
  'questions:fetch': fetching('questions', null),

  'calls:delete': deleting('calls'),
  'calls:favorite': favouring('calls'),
  'calls:unfavorite': unfavouring('calls'),
  'calls:fetch': fetching('calls', null),
};

async function deletion(stage: Stage, kind: Kind, id: string): Promise<void> {
  await stage.accept(
    `${kind}:delete`,
    { [id]: null },
    { to: 'all', event: `${kind}:update`, fits: (data) => data[id] === null },
  );
  const list = await stage.accept(`${kind}:fetch`, { ids: [id] }, { to: 'self', event: `${kind}:list` });
  expect(list[kind]).toEqual([]);
}

function deleting(kind: Kind): Row {
  return {
    succeeds: async (stage) => deletion(stage, kind, await anId[kind](stage)),
    bad: badIds,
    mayNot: 'screener',
  };
}

function favouring(kind: Kind): Row {
  return {
    succeeds: async (stage) => {
      const id = await anId[kind](stage);
      await stage.accept(`${kind}:favorite`, [id], {
        to: 'all',
        event: `${kind}:update`,
        fits: (data) => data[id]?.favorite === true && data[id].tags.includes('favorite'),
      });
    },
    bad: badIds,
    mayNot: 'viewer',
  };
}

function unfavouring(kind: Kind): Row {
  return {
    succeeds: async (stage) => {
      const id = await anId[kind](stage);
      await stage.accept(`${kind}:favorite`, [id]);
      await stage.accept(`${kind}:unfavorite`, [id], {
        to: 'all',
        event: `${kind}:update`,
        fits: (data) => data[id]?.favorite === false && data[id].tags.length === 0,
      });
    },
    bad: badIds,
    mayNot: 'viewer',
  };
}

/** By id, tag, time and search; no filter is all, newest first, page by page. */
function fetching(kind: Kind, search: string | null): Row {
  return {
    succeeds: async (stage) => {
      const id = await anId[kind](stage);
      await stage.accept(`${kind}:favorite`, [id]);
      const fetched = async (filter: unknown) => {
        const list = await stage.accept(`${kind}:fetch`, filter, { to: 'self', event: `${kind}:list` });
        return list as Record<Kind, { id: string; timestamp: number }[]> & { cursor: string | null };
      };
      const [entry] = (await fetched({ ids: [id] }))[kind];
      const at = entry?.timestamp ?? 0;
      const filters = [
        { tags: ['favorite'], from: at, to: at, ids: [id] },
        { tags: [], from: null, to: null, ids: [id, 'another'] },
        ...(search === null ? [] : [{ search, ids: [id] }]),
      ];
      for (const filter of filters) expect((await fetched(filter))[kind]).toHaveLength(1);
      for (const filter of [
        { from: at + 1, ids: [id] },
        { to: at - 1, ids: [id] },
        { tags: ['favorite', 'none'] },
      ]) {
        expect((await fetched(filter))[kind]).toEqual([]);
      }
      const all = (await fetched(null))[kind];
      expect((await fetched({ tags: [], ids: [] }))[kind]).toEqual(all);
      expect(all.map(({ timestamp }) => timestamp)).toEqual(
        all.map(({ timestamp }) => timestamp).toSorted((a, b) => b - a),
      );
      const first = await fetched({ limit: 1 });
      expect(first[kind].map((each) => each.id)).toEqual([all[0]?.id]);
      if (all.length > 1)
        expect((await fetched({ limit: 1, cursor: first.cursor }))[kind][0]?.id).toBe(all[1]?.id);
    },
    bad: kind === 'messages' ? [...badFilters, { bucket_ids: 'b1' }] : badFilters,
    mayNot: 'stranger',
  };
}
