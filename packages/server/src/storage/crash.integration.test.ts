import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { openStores } from './stores.ts';

const writer = fileURLToPath(new URL('testing/busy-writer.ts', import.meta.url));
const KILLS = 8;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lets it write until so many saves were acknowledged, then kills it; the last acknowledged one. */
async function writeAndKill(path: string, first: number, saves: number): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', writer, path, String(first)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
    if (output.split('\n').length > saves) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const lines = output.split('\n').slice(0, -1);
  return Number(lines.at(-1) ?? first - 1);
}

test('kill -9 in the middle of writing loses nothing that was acknowledged, and doubles nothing', async () => {
  const path = join(folder, 'a.sqlite');
  let next = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    // A different moment each time.
    const last = await writeAndKill(path, next, 3 + kill * 7);
    const opened = openDatabase(path);
    if (!opened.ok) throw new Error(opened.problem);
    const { database } = opened;
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const { desk: store, contacts } = openStores(database, {
      numbers: createNumberPlan(() => null),
      audioFolder: folder,
      onProblem: () => undefined,
    });
    const ids = store.openCalls().map((record) => record.id);
    const expected = Array.from({ length: last + 1 }, (_, index) => `call-${index}`);
    expect(ids.slice(0, expected.length)).toEqual(expected);
    // At most the one that was under way when it was killed.
    expect(ids.length - expected.length).toBeLessThanOrEqual(1);
    const strip = Number(store.loadStrips()['studio-1']?.['count']);
    expect([last, last + 1]).toContain(strip);
    expect(Number(database.prepare('SELECT count(*) AS n FROM recordings').get()?.['n'])).toBe(ids.length);
    // What a person's calls add up to is part of the same commits.
    expect(contacts.find('+220')?.calls).toBe(ids.length);
    next = ids.length;
    database.close();
  }
  expect(next).toBeGreaterThan(KILLS * 3);
});
