import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { AudioPath } from './audio-path.ts';

const TICKS = 300;
const DEADLINE_MS = 90_000;
/** What one leg in a tick writes of its figures is some 500 bytes; a number boxed a sample would be ten times that. */
const FEW_BYTES = 2000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it.each([
  ['PCMU', 12],
  ['G722', 8],
  ['L16', 12],
])('the audio path makes no objects once it is warm: legs of %s', { timeout: 120_000 }, (codec, legs) => {
  const path = new AudioPath(legs, codec);
  const bytesPerTick = () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    path.run(TICKS);
    return (process.memoryUsage().heapUsed - before) / TICKS;
  };
  // How long the compiler takes depends on the machine.
  const deadline = performance.now() + DEADLINE_MS;
  let bytes = bytesPerTick();
  while (bytes > FEW_BYTES && performance.now() < deadline) bytes = bytesPerTick();
  expect(bytes).toBeLessThan(FEW_BYTES);
  expect(path.packetsSent).toBeGreaterThanOrEqual(TICKS * legs);
});
