/**
 * A thread that only sleeps, as the media thread's clock does: how late this machine itself is at this moment. On a shared
 * machine a late tick means something only beside it.
 */
import { Worker } from 'node:worker_threads';

const source = `
const { parentPort, workerData } = require('node:worker_threads');
const shared = new Int32Array(workerData);
const latenesses = [];
let due = performance.now();
while (Atomics.load(shared, 0) === 0) {
  due += 20;
  const left = due - performance.now();
  if (left > 0) Atomics.wait(shared, 1, 0, left);
  latenesses.push(performance.now() - due);
}
latenesses.sort((a, b) => a - b);
parentPort.postMessage({ maxMs: latenesses.at(-1), p99Ms: latenesses[Math.floor(latenesses.length * 0.99)] });
`;

export function witnessLateness(): { stop(): Promise<{ maxMs: number; p99Ms: number }> } {
  const shared = new SharedArrayBuffer(8);
  const worker = new Worker(source, { eval: true, workerData: shared });
  const result = new Promise<{ maxMs: number; p99Ms: number }>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    stop() {
      Atomics.store(new Int32Array(shared), 0, 1);
      return result;
    },
  };
}
