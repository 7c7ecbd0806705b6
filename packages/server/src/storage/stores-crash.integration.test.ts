import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { openDatabase } from './database.ts';
import { openStores, type Stores } from './stores.ts';
import { contentsOf, doOperation } from './testing/station-operations.ts';

const writer = fileURLToPath(new URL('testing/busy-station.ts', import.meta.url));
const KILLS = Number(process.env['OPENLINE_TEST_KILLS'] ?? 10);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string): { stores: Stores; integrity: unknown; close: () => void } {
  const opened = openDatabase(path);
  if (!opened.ok) throw new Error(opened.problem);
  const { database } = opened;
  const stores = openStores(database, {
    numbers: createNumberPlan(() => null),
    audioFolder: folder,
    onProblem: () => undefined,
  });
  const integrity = database.prepare('PRAGMA integrity_check').get();
  return { stores, integrity, close: () => database.close() };
}

/** Kills it once so many operations were acknowledged, or `lateMs` after that; the last acknowledged one. */
async function workAndKill(path: string, first: number, count: number, lateMs: number): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', writer, path, String(first)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  let isToDie = false;
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
    if (isToDie || output.split('\n').length <= count) return;
    isToDie = true;
    setTimeout(() => child.kill('SIGKILL'), lateMs);
  });
  await once(child, 'close');
  return Number(output.split('\n').slice(0, -1).at(-1) ?? first - 1);
}

test('kill -9 under a load of calls, tags, cards, texts and buckets: what was acknowledged is there, once', async () => {
  const path = join(folder, 'a.sqlite');
  const expected = open(':memory:');
  let done = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const last = await workAndKill(path, done, 5 + kill * 6, kill % 4);
    const found = open(path);
    expect(found.integrity).toEqual({ integrity_check: 'ok' });
    const contents = contentsOf(found.stores);
    for (; done <= last; done += 1) doOperation(expected.stores, done);
    // At most the one that was under way when it was killed.
    const isOneMore = JSON.stringify(contents) !== JSON.stringify(contentsOf(expected.stores));
    if (isOneMore) doOperation(expected.stores, done);
    if (isOneMore) done += 1;
    expect(contents).toEqual(contentsOf(expected.stores));
    found.close();
  }
  expect(done).toBeGreaterThan(KILLS * 5);
  expected.close();
});
