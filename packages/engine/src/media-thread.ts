/**
 * Entry of the media thread: RTP sockets, jitter buffers, codecs, the mixer, the tick; nothing else. Started by
 * call/worker-media-plane.ts with memory that is shared; commands come and reports go through rings in it.
 */
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { FRAME_SAMPLES, FULL_RATE } from './audio/bus.ts';
import { ClockAlarm } from './audio/clock-alarm.ts';
import { ClockBlock } from './audio/clock-block.ts';
import { TickClock } from './audio/clock.ts';
import { MeterBlock } from './audio/meter-block.ts';
import { DelayBlock } from './audio/delay-block.ts';
import { Mixer } from './audio/mixer.ts';
import { Players } from './audio/players.ts';
import { RecorderTap } from './audio/recorder-tap.ts';
import { JsonRing, SharedRing } from './audio/shared-ring.ts';
import type {
  DelayMessage,
  MediaCommand,
  MediaReport,
  MediaThreadData,
  SoundMessage,
} from './call/media-commands.ts';
import type { Carrier } from './call/media-plane.ts';
import { Pipeline } from './call/pipeline.ts';
import { QualityBlock } from './call/quality-block.ts';
import { warmOpus } from './codecs/opus/opus.ts';
import { kernelThreadId } from './native/real-time.ts';
import { ProgramTap } from './outputs/program-tap.ts';
import { openSocketIo } from './rtp/open-socket-io.ts';
import type { SocketPair, SocketReceiver } from './rtp/socket-io.ts';
import { PeerSocketIo } from './webrtc/peer-socket-io.ts';

const { memory, peerPackets, studioPackets, host, rtpPorts, packetIo, maxPorts } =
  workerData as MediaThreadData;
const commands = new JsonRing<MediaCommand>(memory.commands);
const reports = new JsonRing<MediaReport>(memory.reports);
const meters = new MeterBlock(memory.meters, maxPorts);
const players = new Players(memory.players, meters, (slot, playedMs) =>
  reports.send({ type: 'event', event: { type: 'played', slot, playedMs, error: null } }),
);
const mixer = new Mixer(maxPorts, meters, players);
const delayBlock = new DelayBlock(memory.delay);
const taps = new RecorderTap(new SharedRing(memory.recordedAudio));
const programTap = new ProgramTap(new SharedRing(memory.programAudio));
const receiver: SocketReceiver = {
  onRtp: (port, bytes, length, address, remotePort, arrivalMs) =>
    pipeline.onRtp(port, bytes, length, address, remotePort, arrivalMs),
  onRtcp: (port, bytes, length, address, remotePort, arrivalMs) =>
    pipeline.onRtcp(port, bytes, length, address, remotePort, arrivalMs),
};
const sockets = openSocketIo(host, rtpPorts, receiver, packetIo);
const browsers = new PeerSocketIo(sockets.io, peerPackets, maxPorts, receiver);
const studio = new PeerSocketIo(browsers, studioPackets, maxPorts, receiver);
const pipeline = new Pipeline({
  maxPorts,
  io: studio,
  mixer,
  taps,
  quality: new QualityBlock(memory.quality),
  report: (event) => reports.send({ type: 'event', event }),
  nowMs: () => performance.now(),
});
/** Answered when the tick that follows has been mixed. */
const requestsOfTick: number[] = [];
/**
 * Done when the tick that follows has been mixed: whoever is taken off air and dumped in one breath fades in that frame,
 * and it belongs to what is not to be heard.
 */
const dumpsOfTick: (MediaCommand & { type: 'dump' })[] = [];
const clockAlarm = new ClockAlarm();

const clock = new TickClock(new ClockBlock(memory.clock), (skippedTicks) => {
  for (let command = commands.receive(); command !== undefined; command = commands.receive()) apply(command);
  studio.receive();
  pipeline.tick(skippedTicks);
  browsers.flush();
  studio.flush();
  programTap.capture(mixer, skippedTicks);
  for (let asked = dumpsOfTick.shift(); asked !== undefined; asked = dumpsOfTick.shift()) dump(asked);
  tellDelay();
  watchLateness(skippedTicks);
  for (let request = requestsOfTick.pop(); request !== undefined; request = requestsOfTick.pop()) {
    reports.send({ type: 'done', request });
  }
  reports.flush();
});

function watchLateness(skippedTicks: number): void {
  if (!clockAlarm.note(skippedTicks)) return;
  const { isRaised } = clockAlarm;
  const msg = isRaised
    ? `the audio clock was ${skippedTicks * 20} ms late`
    : 'the audio clock keeps time again';
  reports.send({ type: 'event', event: { type: 'alarm', code: 'clock_late', isRaised, msg } });
}

function apply(command: MediaCommand): void {
  switch (command.type) {
    case 'open':
      void open(command.request, command.port, command.carrier);
      return;
    case 'into-peer':
      browsers.turnIntoPeer(command.port);
      return;
    case 'stream':
      pipeline.stream(command.port, command.parameters);
      return;
    case 'place':
      pipeline.place(command.places);
      requestsOfTick.push(command.request);
      return;
    case 'whisper':
      mixer.whisper(command.port, command.to);
      requestsOfTick.push(command.request);
      return;
    case 'levels':
      mixer.levels(command.port, command.levels);
      return;
    case 'program':
      mixer.program(command.program);
      return;
    case 'outputs':
      programTap.want(command.areWanted);
      return;
    case 'delay':
      mixer.delay.setTarget(command.targetMs);
      return;
    case 'dump':
      dumpsOfTick.push(command);
      return;
    case 'settings':
      pipeline.settings(command.hold, command.rtpTimeoutMs);
      return;
    case 'close':
      pipeline.close(command.port, () => reports.send({ type: 'done', request: command.request }));
      return;
    case 'record':
      taps.start(command.slot, command.source, command.ivrFrames);
      return;
    case 'record-stop':
      taps.stop(command.slot);
      return;
    case 'play':
      players.start(command.slot, command.to, command.levelDb);
      return;
    case 'play-level':
      players.level(command.slot, command.levelDb);
      return;
    case 'play-stop':
      players.stop(command.slot);
      return;
    case 'stop':
      taps.stopAll();
      pipeline.closeAll(() => {
        clock.stop();
        reports.send({ type: 'done', request: command.request });
      });
  }
}

function dump({ request, dumpMs, slot }: MediaCommand & { type: 'dump' }): void {
  const dumpedMs = (mixer.delay.dump(dumpMs, slot) * 20) / FRAME_SAMPLES[FULL_RATE];
  // Then nothing comes for its file: it is at its end.
  if (dumpedMs === 0) {
    taps.start(slot, { kind: 'program' });
    taps.stop(slot);
  }
  reports.send({ type: 'dumped', request, dumpedMs });
}

function tellDelay(): void {
  delayBlock.write(mixer.delay.depthSamples, mixer.delay.targetSamples);
}

async function openCarrier(carrier: Carrier, port: number): Promise<SocketPair> {
  if (carrier === 'sockets') return await sockets.io.open(port);
  return carrier === 'peer' ? browsers.openPeer(port) : studio.openPeer(port);
}

async function open(request: number, port: number, carrier: Carrier): Promise<void> {
  try {
    const { rtpPort, rtcpPort } = await openCarrier(carrier, port);
    pipeline.open(port);
    reports.send({ type: 'opened', request, rtpPort, rtcpPort });
  } catch (error) {
    const { code = 'failed', message } = error as NodeJS.ErrnoException;
    reports.send({ type: 'refused', request, code, msg: message });
  }
}

// Hold music, prompts and the delay lie in shared memory of their own: they are made when they are asked for.
parentPort?.on('message', (message: SoundMessage | DelayMessage) => {
  if (message.kind === 'delay') mixer.delay.give(message.memory);
  else if (message.kind === 'music') mixer.music(message.sound);
  else if (message.kind === 'notice') mixer.notice(message.sound, message.everyMs);
  else mixer.prompt(message.key, message.sound);
});

// Where the process has a compile cache (NODE_COMPILE_CACHE), the next start needs no TypeScript compiler in this
// thread: 25 MB less.
flushCompileCache();
// Or the first call with Opus would hold the clock up while the library is loaded: a tenth of a second.
warmOpus();
clock.start();
reports.send({ type: 'ready', threadId: kernelThreadId(), packetIo: sockets.kind });
