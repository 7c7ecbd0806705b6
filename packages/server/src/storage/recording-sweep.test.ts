import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallRecord, CallRecording } from '../desk/ports/store.ts';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { question } from '../desk/testing/question-store-conformance.ts';
import { openDatabase } from './database.ts';
import { sweepRecordings, type SweepOptions } from './recording-sweep.ts';
import { openStores, type Stores } from './stores.ts';

const NOW = 2_000_000_000_000;
let folder: string;
let stores: Stores;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-sweep-'));
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  stores = openStores(opened.database, {
    numbers: createNumberPlan(() => null),
    audioFolder: folder,
    onProblem: (problem) => {
      throw problem;
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** 8 kHz 16-bit mono, with a chunk before the samples as recordings have, and sizes of zero as a crash leaves them. */
function writeWav(id: string, durationMs: number, quietMs = 60_000): string {
  const head = Buffer.alloc(12 + 10 + 24 + 8);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVE', 8, 'latin1');
  head.write('bext', 12, 'latin1');
  head.writeUInt32LE(1, 16);
  head.write('fmt ', 22, 'latin1');
  head.writeUInt32LE(16, 26);
  head.writeUInt32LE(8_000, 34);
  head.writeUInt32LE(16_000, 38);
  head.write('data', 46, 'latin1');
  const path = join(folder, `${id}.wav`);
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(durationMs * 16)]));
  utimesSync(path, new Date(), new Date(NOW - quietMs));
  return path;
}

function save(recording: Partial<CallRecording>, record: Partial<CallRecord> = {}): void {
  stores.calls.save({
    id: 'call',
    type: 'call',
    openedAt: NOW - 100_000,
    channelId: 'studio-1',
    lineId: 'studio',
    direction: 'in',
    number: '+1',
    name: null,
    answeredAt: NOW - 90_000,
    endedAt: NOW - 60_000,
    point: null,
    screening: null,
    seenAt: NOW - 60_000,
    cause: 'normal',
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [
      { id: 'r', kind: 'channel', startedAt: NOW - 90_000, durationMs: 500, error: null, ...recording },
    ],
    quality: null,
    tags: [],
    ...record,
  });
}

/** Entries of which clients are told. */
const changed: string[] = [];
beforeEach(() => void changed.splice(0));
const sweep = (options: Partial<SweepOptions> = {}) =>
  sweepRecordings({
    ...stores,
    audioFolder: folder,
    now: NOW,
    onChanged: (id) => changed.push(id),
    isKnownElsewhere: (id) => stores.questions.find(id) !== null,
    ...options,
  });
const recordingOf = (id: string) => stores.calls.find(id)?.recordings[0];

test('a recording cut by a crash gets the length of its file, and its header is set right', async () => {
  const path = writeWav('r', 3_210);
  save({ durationMs: null });
  expect(await sweep()).toEqual({ adopted: [], missing: [], measured: ['r'] });
  expect(recordingOf('call')).toMatchObject({ durationMs: 3_210, error: null });
  expect(readFileSync(path).readUInt32LE(50)).toBe(3_210 * 16);
  expect(changed).toEqual(['call']);
  expect(await sweep()).toEqual({ adopted: [], missing: [], measured: [] });
});

test('a recording that began in the moment of a crash is as long as its file, however short that is', async () => {
  writeWav('r', 40);
  save({ durationMs: 0 });
  expect((await sweep()).measured).toEqual(['r']);
  expect(recordingOf('call')).toMatchObject({ durationMs: 40, error: null });
  expect((await sweep()).measured).toEqual([]);
});

test('a recording whose length is known to a frame or two is left as it is', async () => {
  writeWav('r', 1_040);
  save({ durationMs: 1_000 });
  expect((await sweep()).measured).toEqual([]);
});

test('a file into which nothing was written goes, with an entry and without', async () => {
  for (const id of ['r', 'lost']) {
    writeFileSync(join(folder, `${id}.wav`), '');
    utimesSync(join(folder, `${id}.wav`), new Date(), new Date(NOW - 60_000));
  }
  save({ durationMs: 0 });
  expect(await sweep()).toEqual({ adopted: [], missing: ['r'], measured: [] });
  expect(recordingOf('call')).toMatchObject({ durationMs: 0, error: 'missing' });
  expect(readdirSync(folder)).toEqual([]);
  expect((await sweep()).missing).toEqual([]);
});

test('a file into which nothing has been written yet is left alone', async () => {
  writeFileSync(join(folder, 'new.wav'), '');
  utimesSync(join(folder, 'new.wav'), new Date(), new Date(NOW - 1_000));
  await sweep();
  expect(readdirSync(folder)).toEqual(['new.wav']);
});

test('the file of a recording that was taken out of its entry again gets an entry of its own', async () => {
  save({});
  writeWav('r', 1_000);
  save({}, { recordings: [] });
  expect((await sweep()).adopted).toEqual(['r']);
});

test('a recording that is still being written is left alone', async () => {
  writeWav('r', 3_000, 1_000);
  writeWav('new', 3_000, 1_000);
  save({ durationMs: null }, { endedAt: null });
  expect(await sweep()).toEqual({ adopted: [], missing: [], measured: [] });
  expect(recordingOf('call')?.durationMs).toBeNull();
});

test('an entry without its file says so', async () => {
  save({});
  expect((await sweep()).missing).toEqual(['r']);
  expect(recordingOf('call')).toMatchObject({ durationMs: 0, error: 'missing' });
  expect((await sweep()).missing).toEqual([]);
  expect(changed).toEqual(['call']);
});

test('a file without an entry gets one', async () => {
  writeWav('lost', 2_000);
  expect((await sweep()).adopted).toEqual(['lost']);
  expect(stores.calls.find('found-lost')).toMatchObject({
    openedAt: NOW - 62_000,
    endedAt: NOW - 60_000,
    recordings: [{ id: 'lost', durationMs: 2_000 }],
  });
  expect((await sweep()).adopted).toEqual([]);
  expect(changed).toEqual(['found-lost']);
});

test('a file that is no WAV is told once and not touched', async () => {
  const path = join(folder, 'r.wav');
  writeFileSync(path, 'not audio');
  utimesSync(path, new Date(), new Date(NOW - 60_000));
  save({ durationMs: null });
  expect((await sweep()).measured).toEqual(['r']);
  expect(recordingOf('call')).toMatchObject({ durationMs: 0, error: 'unreadable' });
  expect((await sweep()).measured).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe('not audio');
});

test('a folder that is not there yet is made', async () => {
  rmSync(folder, { recursive: true });
  await sweep();
  expect(existsSync(folder)).toBe(true);
});

test('what was deleted does not come back: a file that outlived its entry goes', async () => {
  writeWav('r', 1_000);
  save({});
  // As if the power went between the commit and the deletion of the file.
  stores.calls.remove('call');
  expect(existsSync(join(folder, 'r.wav'))).toBe(true);
  expect(await sweep()).toEqual({ adopted: [], missing: [], measured: [] });
  expect(existsSync(join(folder, 'r.wav'))).toBe(false);
  expect(stores.removals.pending().size).toBe(0);
});

test('the audio of a question is no lost recording', async () => {
  writeWav('q1', 2_000);
  stores.questions.save({ ...question, durationMs: null });
  expect((await sweep()).adopted).toEqual([]);
});

test('a recording that begins and ends while the folder is looked through is not missing', async () => {
  save({});
  const recordings: Stores['calls']['recordings'] = (after, limit) => {
    writeWav('r', 500, 1_000);
    return stores.calls.recordings(after, limit);
  };
  const found = await sweep({ calls: { ...stores.calls, recordings } });
  expect(found).toEqual({ adopted: [], missing: [], measured: [] });
  expect(recordingOf('call')).toMatchObject({ durationMs: 500, error: null });
});

test('a file that is deleted while the folder is looked through is passed over, and the next one is not', async () => {
  const gone = writeWav('a', 1_000);
  writeWav('b', 1_000);
  const isKnownElsewhere = () => {
    rmSync(gone, { force: true });
    return false;
  };
  const found = await sweep({ isKnownElsewhere });
  expect(found.adopted).toEqual(['b']);
});

test('what is about to be deleted while the folder is looked through is not taken up again', async () => {
  writeWav('a', 1_000);
  const isKnownElsewhere = () => {
    stores.removals.note('b');
    return false;
  };
  writeWav('b', 1_000);
  const found = await sweep({ isKnownElsewhere });
  expect(found.adopted).toEqual(['a']);
});
