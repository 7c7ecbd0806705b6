/** The rows of the table for the events that are ours, beyond those of the original system. */
import { expect } from 'vitest';
import { headsetRows } from './headset-rows.ts';
import { mediaRows } from './media-rows.ts';
import { queueRows } from './queue-rows.ts';
import { uploadPrompt } from '../harness/prompts.ts';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';

const badCards = [
  { '+2203000001': { nme: 'Awa' } },
  { '+2203000001': { name: 5 } },
  { '+2203000001': null },
  { '': { name: 'Awa' } },
  'Awa',
];
const badPeople = [{ '+2209999999': null }, ['+2209999999'], { '+2203000001': true }, '+2203000001', null];

export const ourRows: Readonly<Record<string, Row>> = {
  ...queueRows,
  ...headsetRows,
  ...mediaRows,
  subscribe: {
    succeeds: async (stage) => {
      await stage.accept('subscribe', { meters: true }, { to: 'self', event: 'meters' });
      await stage.accept('subscribe', { meters: false });
    },
    bad: [true, {}, { meters: 'yes' }, null],
    mayNot: 'stranger',
  },

  'questions:addTags': tagging('questions', 'add', (stage) => stage.question()),
  'questions:removeTags': tagging('questions', 'remove', (stage) => stage.question()),
  'calls:addTags': tagging('calls', 'add', (stage) => stage.pastCall()),
  'calls:removeTags': tagging('calls', 'remove', (stage) => stage.pastCall()),

  'buckets:create': {
    succeeds: async (stage) => {
      const id = await stage.bucket('Morning show');
      expect(stage.witness.state().buckets[id]).toMatchObject({ name: 'Morning show' });
    },
    bad: [{ t: { name: ' ' } }, { t: {} }, { t: 'Morning' }, { t: { name: 'x'.repeat(101) } }, [], 'Morning'],
    mayNot: 'screener',
  },
  'buckets:rename': {
    succeeds: async (stage) => {
      const id = await stage.bucket('Morning show');
      const told = {
        to: 'all',
        event: 'buckets:update',
        fits: (data: Names) => data[id]?.name === 'Evening show',
      } as const;
      await stage.accept('buckets:rename', { [id]: 'Evening show' }, told);
    },
    bad: [{ unknown: 'Night' }, { b1: '' }, { b1: null }, ['b1'], 'b1'],
    mayNot: 'screener',
  },
  'buckets:archive': {
    succeeds: async (stage) => {
      const id = await stage.bucket('Last year');
      const told = { to: 'all', event: 'buckets:update' } as const;
      await stage.accept('buckets:archive', { [id]: true }, { ...told, fits: (data) => data[id] === null });
      await stage.accept(
        'buckets:archive',
        { [id]: false },
        { ...told, fits: (data) => data[id]?.name === 'Last year' },
      );
    },
    bad: [{ unknown: true }, { b1: null }, { b1: 'yes' }, ['b1'], true],
    mayNot: 'screener',
  },
  'buckets:greeting': {
    succeeds: async (stage) => {
      const id = await stage.bucket('Election night');
      await uploadPrompt(stage.product, 'tonight', 1_900);
      await stage.witness.frame(
        'the prompt',
        ({ event, data }) => event === 'prompts:update' && data['tonight'],
      );
      for (const greeting of ['tonight', null]) {
        const told = {
          to: 'all',
          event: 'buckets:update',
          fits: (data: Names) => data[id]?.greeting === greeting,
        } as const;
        await stage.accept('buckets:greeting', { [id]: greeting }, told);
      }
    },
    bad: [{ unknown: 'tonight' }, { b1: 'TONIGHT' }, { b1: '' }, { b1: 5 }, ['b1'], 'tonight', null],
    mayNot: 'screener',
  },
  'buckets:fetch': {
    succeeds: async (stage) => {
      const id = await stage.bucket('Put away');
      await stage.accept('buckets:archive', { [id]: true });
      const list = await stage.accept('buckets:fetch', null, { to: 'self', event: 'buckets:list' });
      expect(list.buckets).toContainEqual(
        expect.objectContaining({ id, name: 'Put away', archived: true, messages: 0 }),
      );
    },
    bad: [5, 'all', true],
    mayNot: 'stranger',
  },

  'contacts:save': {
    succeeds: async (stage) => {
      await stage.accept(
        'contacts:save',
        { '+2203000001': { name: 'Awa', tags: ['regular'], blocked: true } },
        {
          to: 'all',
          event: 'contacts:update',
          fits: (data) => data['+2203000001']?.name === 'Awa' && data['+2203000001'].blocked === true,
        },
      );
    },
    bad: badCards,
    mayNot: 'viewer',
  },
  'contacts:delete': {
    succeeds: async (stage) => {
      await stage.accept('contacts:save', { '+2203000002': { name: 'Ousman' } });
      await stage.accept(
        'contacts:delete',
        { '+2203000002': null },
        {
          to: 'all',
          event: 'contacts:update',
          fits: (data) => data['+2203000002'] === null,
        },
      );
    },
    bad: badPeople,
    mayNot: 'screener',
  },
  'contacts:fetch': {
    succeeds: async (stage) => {
      await stage.accept('contacts:save', { '+2203000003': { name: 'Isatou Jallow', tags: ['expert'] } });
      for (const filter of [{ search: 'jallow' }, { ids: ['+2203000003'] }, { tags: ['Expert'] }]) {
        const list = await stage.accept('contacts:fetch', filter, { to: 'self', event: 'contacts:list' });
        expect(list.contacts).toMatchObject([{ contact_id: '+2203000003', name: 'Isatou Jallow' }]);
      }
    },
    bad: [{ limit: 0 }, { tags: 'expert' }, { blocked: 'yes' }, 'all'],
    mayNot: 'viewer',
  },
  'contacts:export': {
    succeeds: async (stage) => {
      const { id, number } = await callOf(stage);
      const exported = await stage.accept('contacts:export', [number], {
        to: 'self',
        event: 'contacts:exported',
      });
      expect(exported[number].person).toMatchObject({ number, calls: 1 });
      expect(exported[number].calls).toMatchObject([{ id, number }]);
    },
    bad: badPeople,
    mayNot: 'screener',
  },
  'contacts:erase': {
    succeeds: async (stage) => {
      const { id, number } = await callOf(stage);
      await stage.accept(
        'contacts:erase',
        { [number]: null },
        {
          to: 'all',
          event: 'calls:update',
          fits: (data) => data[id] === null,
        },
      );
      const list = await stage.accept('calls:fetch', { search: number }, { to: 'self', event: 'calls:list' });
      expect(list.calls).toEqual([]);
      const people = await stage.accept(
        'contacts:fetch',
        { ids: [number] },
        { to: 'self', event: 'contacts:list' },
      );
      expect(people.contacts).toEqual([]);
    },
    bad: badPeople,
    mayNot: 'screener',
  },
};

type Names = Record<string, { name: string; greeting: string | null } | null>;

async function callOf(stage: Stage): Promise<{ id: string; number: string }> {
  const id = await stage.pastCall();
  const list = await stage.accept('calls:fetch', { ids: [id] }, { to: 'self', event: 'calls:list' });
  return { id, number: list.calls[0].number };
}

function tagging(
  kind: 'questions' | 'calls',
  verb: 'add' | 'remove',
  anId: (stage: Stage) => Promise<string>,
): Row {
  return {
    succeeds: async (stage) => {
      const id = await anId(stage);
      const told = { to: 'all', event: `${kind}:update` } as const;
      await stage.accept(
        `${kind}:addTags`,
        { ids: [id], tags: ['Health', 'later'] },
        {
          ...told,
          fits: (data) => data[id]?.tags.includes('Health') && data[id].tags.includes('later'),
        },
      );
      if (verb === 'add') return;
      await stage.accept(
        `${kind}:removeTags`,
        { ids: [id], tags: ['HEALTH'] },
        {
          ...told,
          fits: (data) => data[id]?.tags.length === 1,
        },
      );
    },
    bad: [
      { ids: ['unknown'], tags: ['a'] },
      { ids: 'q1', tags: ['a'] },
      { ids: ['q1'], tags: [''] },
      { tags: ['a'] },
      ['q1'],
      null,
    ],
    mayNot: 'viewer',
  };
}
