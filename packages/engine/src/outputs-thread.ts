/**
 * Entry of the outputs thread: takes the program from the ring of the tick and brings it to whoever is to have it. Started,
 * and started again when it dies, by outputs/outputs-worker.ts. It may be slow and it may fail: the show does not wait.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { SharedRing } from './audio/shared-ring.ts';
import { OpusFeed } from './outputs/opus-feed.ts';
import { openProgramSocket } from './outputs/program-socket.ts';
import { ProgramStream } from './outputs/program-stream.ts';
import { ProgramReader } from './outputs/program-reader.ts';
import type { OutputsCommand, OutputsReport, OutputsThreadData } from './outputs/outputs-messages.ts';
import { describeRtp, originOf } from './outputs/rtp-description.ts';
import { RunningOutputs } from './outputs/running-outputs.ts';
import { startOutput } from './outputs/start-output.ts';

/** A lost wake-up is made good after so long. */
const POLL_MS = 20;
const COUNT_EVERY_MS = 2_000;

const { programAudio, socketPath } = workerData as OutputsThreadData;
const ring = new SharedRing(programAudio);
const running = new RunningOutputs({
  start: startOutput,
  createFeed: (bitrateKbps) => new OpusFeed(bitrateKbps),
  report: (ref, state, error) => send({ type: 'state', ref, state, error: error ?? null }),
});
const sessionId = Math.floor(Date.now() / 1_000);
let listeners = 0;
let isStopping = false;

const reader = new ProgramReader(ring, (before, after) => running.frame(before, after));

function programStream(): ProgramStream | null {
  for (const output of running.outputs()) if (output instanceof ProgramStream) return output;
  return null;
}

function sdpOf(ref: string): string | null {
  const config = running.configOf(ref);
  return config?.type === 'rtp' ? describeRtp(config, originOf(config), sessionId) : null;
}

function send(report: OutputsReport): void {
  parentPort?.postMessage(report);
}

const server = openProgramSocket({
  path: socketPath,
  onListener: (response) => {
    const stream = programStream();
    stream?.listen(response);
    return stream !== null;
  },
  sdpOf,
  onProblem: (error) => send({ type: 'problem', msg: error.message }),
});

const counting = setInterval(() => {
  const now = programStream()?.listenerCount ?? 0;
  if (now !== listeners) send({ type: 'listeners', count: now });
  listeners = now;
}, COUNT_EVERY_MS);

parentPort?.on('message', (command: OutputsCommand) => {
  if (command.type === 'configure') return running.configure(command.outputs);
  isStopping = true;
});

send({ type: 'ready' });
while (!isStopping) {
  reader.takeAll();
  await ring.waitAsync(POLL_MS);
}

// The interval has kept this thread alive until here: waiting for the ring does not.
running.configure([]);
clearInterval(counting);
server.close();
server.closeAllConnections();
parentPort?.close();
