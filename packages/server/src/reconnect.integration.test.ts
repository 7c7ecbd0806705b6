// Consoles that come and go a thousand times, politely and not, leave nothing behind: no handle, no memory, no watcher of
// meters. OPENLINE_RECONNECTS=100000 for a longer run.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Observer } from './testing/observer.ts';
import { StationProcess } from './testing/station-process.ts';
import type { FarEndAnswer } from './testing/far-ends.ts';

const RECONNECTS = Number(process.env['OPENLINE_RECONNECTS'] ?? 1_000);
const WARM_UP = 200;
const AT_ONCE = 10;
/** Of a thousand: a few kilobytes kept of each would show. */
const GROWTH_ALLOWED_MB = 3;
const PER_RECONNECT_MS = 200;
const users = [{ id: 'anna', name: 'Anna', role: 'producer' }];

let station: StationProcess;

beforeEach(async () => {
  station = await StationProcess.create({ users, capacity: 4 });
  await station.start();
});
afterEach(() => station.remove());

async function comeAndGo(turn: number): Promise<void> {
  const client = await Observer.open(station.url('anna'));
  if (turn % 2 === 0) await client.send('subscribe', { meters: true });
  if (turn % 3 === 0) await client.send('channelVolume', { 'studio-1': 1 + (turn % 100) });
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  if (turn % 4 === 0) client.socket.close();
  else client.close();
  await closed;
}

async function reconnect(times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => comeAndGo(turn + index)));
  }
}

/** When the server has noticed the last one's end. */
async function measure(): Promise<FarEndAnswer> {
  await vi.waitUntil(
    async () => (await station.play({ do: 'collect' })).handles['TCPSocketWrap'] === undefined,
    {
      timeout: 30_000,
      interval: 20,
    },
  );
  return station.play({ do: 'collect' });
}

test(
  `${RECONNECTS} consoles that come and go leave nothing behind`,
  async () => {
    await reconnect(WARM_UP);
    const before = await measure();
    await reconnect(RECONNECTS);
    const after = await measure();
    const { Immediate: _now, ...handles } = after.handles;
    const { Immediate: _then, ...handlesBefore } = before.handles;
    expect(handles).toEqual(handlesBefore);
    expect(after.heapMb - before.heapMb).toBeLessThan(GROWTH_ALLOWED_MB);
    expect(station.output).not.toContain('"level":50');
  },
  RECONNECTS * PER_RECONNECT_MS + 60_000,
);
