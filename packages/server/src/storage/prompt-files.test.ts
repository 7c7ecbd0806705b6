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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { createGreetings } from './greetings.ts';
import { openPromptFiles } from './prompt-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-prompts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** 48 kHz 16-bit mono, each sample the same. */
function wav(durationMs: number, sample: number): Uint8Array {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(96_000, 28);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(durationMs * 96, 40);
  return Buffer.concat([head, Buffer.alloc(durationMs * 96, sample)]);
}

describe('prompts', () => {
  test('are found by id, also after a restart; a file is named by what is in it and never changes', () => {
    const prompts = openPromptFiles(folder);
    const welcome = prompts.put('welcome', wav(500, 1));
    expect(welcome).toMatchObject({ id: 'welcome', durationMs: 500, bytes: 48_044 });
    const first = prompts.fileOf('welcome') ?? '';
    expect(first).toMatch(/^welcome-[0-9a-f]{12}$/);
    prompts.put('bye-bye', wav(200, 1));
    const again = openPromptFiles(folder);
    expect(again.list()).toEqual(prompts.list());
    expect(again.list().map(({ id }) => id)).toEqual(['bye-bye', 'welcome']);
    prompts.put('welcome', wav(500, 2));
    const second = prompts.fileOf('welcome') ?? '';
    expect(second).not.toBe(first);
    expect([existsSync(join(folder, `${first}.wav`)), existsSync(join(folder, `${second}.wav`))]).toEqual([
      false,
      true,
    ]);
    expect(readFileSync(join(folder, `${second}.wav`))).toEqual(Buffer.from(wav(500, 2)));
  });

  test('are the newer one after an upload that was cut off, and nothing else is left', () => {
    const prompts = openPromptFiles(folder);
    prompts.put('welcome', wav(500, 1));
    const first = `${prompts.fileOf('welcome')}.wav`;
    utimesSync(join(folder, first), new Date(0), new Date(0));
    writeFileSync(join(folder, 'welcome-000000000000.wav'), wav(300, 1));
    writeFileSync(join(folder, 'other-111111111111.wav.part'), 'half');
    writeFileSync(join(folder, 'note.txt'), 'not ours');
    expect(openPromptFiles(folder).list()).toMatchObject([{ id: 'welcome', durationMs: 300 }]);
    expect(readdirSync(folder).toSorted()).toEqual(['note.txt', 'welcome-000000000000.wav']);
  });

  test('are gone when they are removed', () => {
    const prompts = openPromptFiles(folder);
    prompts.put('welcome', wav(500, 1));
    expect([prompts.remove('welcome'), prompts.remove('welcome')]).toEqual([true, false]);
    expect(readdirSync(folder)).toEqual([]);
    expect(prompts.fileOf('welcome')).toBeNull();
  });

  test('have ids that are no paths', () => {
    expect(() => openPromptFiles(folder).put('../x', wav(200, 1))).toThrow('id');
  });
});

test('greetings are kept by bucket', () => {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  const greetings = createGreetings(opened.database);
  greetings.set('morning', 'welcome');
  greetings.set('evening', 'welcome');
  greetings.set('evening', 'tonight');
  greetings.set('night', null);
  expect(greetings.all()).toEqual({ morning: 'welcome', evening: 'tonight' });
  greetings.set('morning', null);
  expect(createGreetings(opened.database).all()).toEqual({ evening: 'tonight' });
});
