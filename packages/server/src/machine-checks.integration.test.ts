import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkMachine, ownAddresses } from './machine-checks.ts';

test('a folder that can be written is well, one that is a file is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'openline-checks-'));
  writeFileSync(join(folder, 'file'), '');
  const [well] = await checkMachine(folder);
  const [ill] = await checkMachine(join(folder, 'file'));
  rmSync(folder, { recursive: true });
  expect([well, ill]).toEqual([
    { name: 'folder', isWell: true, figure: null },
    { name: 'folder', isWell: false, figure: null },
  ]);
});

test('a folder that is not there yet is made, and has the room of its disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'openline-checks-'));
  const [well, disk] = await checkMachine(join(folder, 'data'));
  rmSync(folder, { recursive: true });
  expect(well).toMatchObject({ isWell: true });
  expect(disk?.figure).toBeGreaterThan(0);
});

test('the disk and the timers come with their figures', async () => {
  const checks = await checkMachine(tmpdir());
  expect(checks.map(({ name }) => name)).toEqual(['folder', 'disk', 'clock', 'timers']);
  expect(checks[1]?.figure).toBeGreaterThan(0);
  expect(checks[3]?.figure).toBeGreaterThan(0);
});

test('the machine has an address', () => {
  expect(ownAddresses().length).toBeGreaterThan(0);
});
