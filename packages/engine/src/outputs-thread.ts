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
import { startOutput, type ThreadOutputConfig } from './outputs/start-output.ts';

/** A lost wake-up is made good after so long. */
const POLL_MS = 20;
const COUNT_EVERY_MS = 2_000;

interface Running {
  config: ThreadOutputConfig;
  /** The configuration as text: an output that stays as it is runs on. */
  text: string;
  output: ReturnType<typeof startOutput>;
}

const { programAudio, socketPath } = workerData as OutputsThreadData;
const ring = new SharedRing(programAudio);
const running = new Map<string, Running>();
const feeds = new Map<string, { isDelayed: boolean; feed: OpusFeed }>();
const sessionId = Math.floor(Date.now() / 1_000);
let listeners = 0;
let isStopping = false;

function configure(outputs: readonly ThreadOutputConfig[]): void {
  const wanted = new Map(outputs.map((config) => [config.ref, { config, text: JSON.stringify(config) }]));
  for (const [ref, { text, output }] of running) {
    if (wanted.get(ref)?.text === text) continue;
    output.close();
    running.delete(ref);
  }
  for (const [ref, { config, text }] of wanted) {
    if (running.has(ref)) continue;
    const output = startOutput(
      config,
      (bitrateKbps) => feedOf(config.isDelayed, bitrateKbps),
      (state, error) => send({ type: 'state', ref, state, error: error ?? null }),
    );
    running.set(ref, { config, text, output });
  }
}

function feedOf(isDelayed: boolean, bitrateKbps: number): OpusFeed {
  const key = `${isDelayed} ${bitrateKbps}`;
  const known = feeds.get(key);
  if (known !== undefined) return known.feed;
  const feed = new OpusFeed(bitrateKbps);
  feeds.set(key, { isDelayed, feed });
  return feed;
}

const reader = new ProgramReader(ring, (before, after) => {
  for (const { isDelayed, feed } of feeds.values()) feed.frame(isDelayed ? after : before);
  for (const { config, output } of running.values()) {
    if ('frame' in output) output.frame(config.isDelayed ? after : before);
  }
});

function programStream(): ProgramStream | null {
  for (const { output } of running.values()) if (output instanceof ProgramStream) return output;
  return null;
}

function sdpOf(ref: string): string | null {
  const config = running.get(ref)?.config;
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
  if (command.type === 'configure') return configure(command.outputs);
  isStopping = true;
});

send({ type: 'ready' });
while (!isStopping) {
  reader.takeAll();
  await ring.waitAsync(POLL_MS);
}

// The interval has kept this thread alive until here: waiting for the ring does not.
configure([]);
for (const { feed } of feeds.values()) feed.close();
clearInterval(counting);
server.close();
server.closeAllConnections();
parentPort?.close();
