import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { AudioPath } from './audio-path.ts';

const TICKS = 400;
const DEADLINE_MS = 60_000;
/** The smallest object is 16 bytes: less than one a packet. What there is, is of reports every five seconds and of measuring it. */
const FEW_BYTES_A_LEG = 10;

setFlagsFromString('--expose-gc');
// A tenth of the usual: else what is called once a tick is compiled only after minutes, and boxes numbers until then.
setFlagsFromString('--invocation-count-for-turbofan=300');
setFlagsFromString('--invocation-count-for-maglev=100');
const collect = runInNewContext('gc') as () => void;

it.each([
  ['air', 'PCMU', 12],
  ['air', 'G722', 12],
  ['air', 'L16', 12],
  ['air', 'OPUS', 8],
  ['listeners', 'PCMU', 12],
  // More legs: of what is there once (the delay, its outputs) a number or two may stay boxed, as the compiler happens to go.
  ['desk', 'PCMU', 40],
] as const)(
  'the audio path makes no objects once it is warm: %s, legs of %s',
  { timeout: 90_000 },
  (scene, codec, legs) => {
    const path = new AudioPath(legs, codec, scene);
    const bytesPerLeg = () => {
      collect();
      const before = process.memoryUsage().heapUsed;
      path.run(TICKS);
      return (process.memoryUsage().heapUsed - before) / TICKS / legs;
    };
    // How long the compiler takes depends on the machine. The median, because the collector may run in one round.
    const deadline = performance.now() + DEADLINE_MS;
    let usual = Number.POSITIVE_INFINITY;
    while (usual > FEW_BYTES_A_LEG && performance.now() < deadline) {
      usual = [1, 2, 3, 4, 5].map(() => Math.abs(bytesPerLeg())).toSorted((a, b) => a - b)[2]!;
    }
    expect(usual).toBeLessThan(FEW_BYTES_A_LEG);
    expect(path.packetsSent).toBeGreaterThan(TICKS);
  },
);
