import type { ServerFrame } from '@openline/protocol';
import { expect, test } from 'vitest';
import { type Page, RecordList, type RecordSource } from './record-list.ts';

interface Note {
  id: string;
  at: number;
  isOdd: boolean;
}

const note = (at: number): Note => ({ id: `n${at}`, at, isOdd: at % 2 === 1 });
const told = (changes: Record<string, Note | null>) => changes as unknown as ServerFrame;

function listOf(pages: readonly (Page<Note> | string)[], fits: (one: Note) => boolean = () => true) {
  const asked: (string | null)[] = [];
  const source: RecordSource<Note> = {
    fetch: async (cursor) => {
      asked.push(cursor);
      return pages[asked.length - 1] ?? 'no further page';
    },
    changesIn: (frame) => frame as unknown as Record<string, Note | null>,
    idOf: (one) => one.id,
    fits,
    order: (one, other) => other.at - one.at,
  };
  return { list: new RecordList(source), asked };
}

const ids = (list: RecordList<Note>) => list.view.entries.map((one) => one.id);

test('pages follow each other, without what is there already', async () => {
  const { list, asked } = listOf([
    { entries: [note(9), note(8)], cursor: 'c1' },
    { entries: [note(8), note(7)], cursor: null },
  ]);
  await list.read();
  expect(list.view).toMatchObject({ state: 'read', hasMore: true });
  await list.readMore();
  expect(ids(list)).toEqual(['n9', 'n8', 'n7']);
  expect(list.view.hasMore).toBe(false);
  expect(asked).toEqual([null, 'c1']);
});

test('changes are put where they belong, and what is gone is gone', async () => {
  const { list } = listOf([{ entries: [note(9), note(7)], cursor: null }]);
  await list.read();
  list.take(told({ n8: note(8), n9: null, n3: note(3) }));
  expect(ids(list)).toEqual(['n8', 'n7', 'n3']);
});

test('what does not fit the filter stays out, and leaves when it stops fitting', async () => {
  const { list } = listOf([{ entries: [note(9)], cursor: null }], (one) => one.isOdd);
  await list.read();
  list.take(told({ n8: note(8), n9: { ...note(9), isOdd: false } }));
  expect(ids(list)).toEqual([]);
});

test('what is older than the last page read waits for its page', async () => {
  const { list } = listOf([{ entries: [note(9), note(8)], cursor: 'c1' }]);
  await list.read();
  list.take(told({ n2: note(2) }));
  expect(ids(list)).toEqual(['n9', 'n8']);
});

test('a refusal is said, and what was there stays', async () => {
  const { list } = listOf([{ entries: [note(9)], cursor: null }, 'not now']);
  await list.read();
  await list.read();
  expect(list.view).toMatchObject({ state: 'failed', problem: 'not now' });
  expect(ids(list)).toEqual(['n9']);
});

test('an answer to an earlier reading does not overwrite a later one', async () => {
  const answers: ((page: Page<Note>) => void)[] = [];
  const source: RecordSource<Note> = {
    fetch: () => new Promise((resolve) => answers.push(resolve)),
    changesIn: () => null,
    idOf: (one) => one.id,
    fits: () => true,
    order: (one, other) => other.at - one.at,
  };
  const list = new RecordList(source);
  const first = list.read();
  const second = list.read();
  answers[1]?.({ entries: [note(2)], cursor: null });
  answers[0]?.({ entries: [note(1)], cursor: null });
  await Promise.all([first, second]);
  expect(ids(list)).toEqual(['n2']);
});
