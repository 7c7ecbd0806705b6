/**
 * Entry of the studio thread: the desk's feed from a sound device or RTP, and its return to one. Started, and started again
 * when it dies, by studio/studio-feed.ts; sound goes through shared rings to and from the media thread, which never
 * waits for it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { StudioCondition, StudioConfig, StudioState } from './control/contract.ts';
import type { ReportState } from './outputs/output.ts';
import { startReturn, type StudioReturn } from './studio/start-return.ts';
import { FeedPackets, ReturnFrames } from './studio/feed-packets.ts';
import { startInput } from './studio/start-input.ts';
import type { StudioInput } from './studio/studio-input.ts';
import type { StudioCommand, StudioReport, StudioThreadData } from './studio/studio-messages.ts';
import { PeerPacketReader, PeerPacketWriter } from './webrtc/peer-packets.ts';

/** A lost wake-up is made good after so long. */
const POLL_MS = 20;
/** Keeps the thread alive: waiting for the ring does not. */
const ALIVE_MS = 60_000;
const STARTING: StudioCondition = { state: 'starting', error: null };

const { packets } = workerData as StudioThreadData;
const toMedia = new PeerPacketWriter(packets.fromPeers);
const fromMedia = new PeerPacketReader(packets.toPeers);
const frames = new ReturnFrames();
const state: StudioState = { input: STARTING, return: null };
let config: StudioConfig | null = null;
let input: StudioInput | null = null;
let back: StudioReturn | null = null;
let port: number | null = null;
let isStopping = false;

function configure(next: StudioConfig | null): void {
  const isInputSame = JSON.stringify(next?.input) === JSON.stringify(config?.input);
  const isReturnSame = JSON.stringify(next?.return) === JSON.stringify(config?.return);
  config = next;
  if (!isInputSame) {
    input?.close();
    state.input = STARTING;
    input = next && startInput(next.input, feedOf, reporter('input'));
  }
  if (!isReturnSame) {
    back?.close();
    state.return = next?.return ? STARTING : null;
    back = next?.return ? startReturn(next.return, reporter('return')) : null;
  }
  // Who set it takes both sides for starting: the one that runs on has nothing new to say, and one taken away neither.
  send({ type: 'state', ...state });
}

function feedOf(sampleRate: number): FeedPackets {
  return new FeedPackets(sampleRate, (bytes, length, arrivalMs) => {
    if (port !== null) toMedia.write(port, bytes, length, arrivalMs);
  });
}

/** One that was replaced says nothing any more: it may still be ending. */
function reporter(side: 'input' | 'return'): ReportState {
  const about = config;
  const text = JSON.stringify(about?.[side]);
  return (said, error) => {
    if (JSON.stringify(config?.[side]) !== text) return;
    state[side] = { state: said, error: error ?? null };
    send({ type: 'state', ...state });
  };
}

function apply(command: StudioCommand): void {
  switch (command.type) {
    case 'configure':
      return configure(command.config);
    case 'attach':
      port = command.port;
      return;
    case 'stop':
      isStopping = true;
  }
}

function send(report: StudioReport): void {
  parentPort?.postMessage(report);
}

parentPort?.on('message', apply);
const alive = setInterval(() => {}, ALIVE_MS);
send({ type: 'ready' });
while (!isStopping) {
  fromMedia.drain((from, bytes, length) => {
    const frame = from === port ? frames.read(bytes, length) : null;
    if (frame !== null) back?.frame(frame);
  });
  await fromMedia.waitAsync(POLL_MS);
}

configure(null);
clearInterval(alive);
parentPort?.close();
