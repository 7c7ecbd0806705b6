/**
 * An idle thread that sleeps as the engine's clock does (a timer until 2 ms before, then Atomics.wait) and does nothing
 * else. How late it is, is how late this machine makes anybody. Worker of witness.ts.
 */
import { parentPort } from 'node:worker_threads';

const TICK_MS = 20;
const EARLY_MS = 2;
const never = new Int32Array(new SharedArrayBuffer(4));
let latenessMs: number[] = [];
let dueMs = performance.now() + TICK_MS;

function sleep(): void {
  setTimeout(wake, Math.max(0, Math.floor(dueMs - EARLY_MS - performance.now())));
}

function wake(): void {
  const remainingMs = dueMs - performance.now();
  if (remainingMs > 0) Atomics.wait(never, 0, 0, remainingMs);
  const lateMs = Math.max(0, performance.now() - dueMs);
  latenessMs.push(lateMs);
  dueMs += (Math.floor(lateMs / TICK_MS) + 1) * TICK_MS;
  sleep();
}

parentPort?.on('message', () => {
  parentPort?.postMessage(latenessMs);
  latenessMs = [];
});
sleep();
