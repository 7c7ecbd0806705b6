/** Bindings outlive the process in their file, and a damaged file is no bindings. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { type Binding, createLocation } from './location.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openline-bindings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const binding = (contact: string, expiresAtMs: number): Binding => ({
  username: 'anna',
  contact,
  callId: 'c',
  cseq: 1,
  instance: null,
  userAgent: 'Phone',
  address: '10.0.0.2',
  port: 5060,
  transport: 'udp',
  expiresAtMs,
});

it('bindings are there after a restart, but for those that ran out meanwhile', async () => {
  const file = join(folder, 'bindings.json');
  const first = createLocation(
    file,
    createFakeClock(),
    () => 1000,
    () => {},
  );
  await first.load();
  first.put(binding('sip:anna@10.0.0.2', 100_000));
  first.put(binding('sip:anna@10.0.0.3', 5000));
  await first.flush();
  const second = createLocation(
    file,
    createFakeClock(),
    () => 50_000,
    () => {},
  );
  await second.load();
  expect(second.of('anna').map((each) => each.contact)).toEqual(['sip:anna@10.0.0.2']);
  second.remove(second.of('anna')[0] ?? binding('', 0));
  await second.flush();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([]);
});

it('a file that was cut off, or of another shape, is no bindings', async () => {
  const file = join(folder, 'bindings.json');
  for (const content of ['[{"username":', '{"a":1}', '[1,null,{"username":5}]']) {
    await writeFile(file, content);
    const location = createLocation(
      file,
      createFakeClock(),
      () => 0,
      () => {},
    );
    await location.load();
    expect(location.all()).toEqual([]);
  }
});
