import type * as fs from 'node:fs';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { RecordingFile } from './recording-file.ts';

vi.mock('node:fs', async (importActual) => ({
  ...(await importActual<typeof fs>()),
  writeSync: () => {
    throw new Error('ENOSPC: no space left on device, write');
  },
}));

test('a recording that cannot begin leaves no empty file behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openline-full-'));
  const begin = () => new RecordingFile(join(folder, 'a.wav'), 1, 'program', new Date(0));
  expect(begin).toThrow('ENOSPC');
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
