/**
 * What the warm audio path leaves to the garbage collector, in a process of its own: `node FLAGS audio-path-bytes.ts SCENE CODEC LEGS`
 * prints bytes a leg and tick, and the packets sent. Run by audio-path.test.ts.
 */
import { AudioPath, type Scene } from './audio-path.ts';

const TICKS = 400;
const DEADLINE_MS = 60_000;
const [scene, codec, legsText] = process.argv.slice(2);
const enoughBytes = Number(process.env['ENOUGH_BYTES']);

const legs = Number(legsText);
const path = new AudioPath(legs, codec ?? '', scene as Scene);

function bytesPerLeg(): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  path.run(TICKS);
  return Math.abs(process.memoryUsage().heapUsed - before) / TICKS / legs;
}

// How long the compiler takes depends on the machine. The median, because the collector may run in one round.
const deadline = performance.now() + DEADLINE_MS;
let bytes = Number.POSITIVE_INFINITY;
while (bytes > enoughBytes && performance.now() < deadline) {
  bytes = [1, 2, 3, 4, 5].map(bytesPerLeg).toSorted((a, b) => a - b)[2] ?? bytes;
}
process.stdout.write(JSON.stringify({ bytes, packetsSent: path.packetsSent }));
