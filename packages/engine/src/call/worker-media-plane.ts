/**
 * The main thread's end of the media plane: starts the media thread and the recording thread, puts commands on their
 * rings, turns their reports into promises and events. Meters, figures and the clock are read from shared memory.
 */
import { Worker } from 'node:worker_threads';
import { BroadcastDelay } from '../audio/broadcast-delay.ts';
import { ClockBlock } from '../audio/clock-block.ts';
import { DelayBlock } from '../audio/delay-block.ts';
import { MAX_PLAYERS, MeterBlock } from '../audio/meter-block.ts';
import { PcmRing } from '../audio/pcm-ring.ts';
import { PLAYER_RING_SAMPLES } from '../audio/players.ts';
import { promptKey } from '../audio/prompts.ts';
import { JsonRing, SharedRing } from '../audio/shared-ring.ts';
import { findCodec } from '../codecs/registry.ts';
import type { ClockReport, Levels, Meter, Program, Quality } from '../control/contract.ts';
import { makeRealTime } from '../native/real-time.ts';
import type {
  DelayMessage,
  MediaCommand,
  MediaMemory,
  MediaReport,
  MediaThreadData,
  RecordingCommand,
  RecordingReport,
  RecordingThreadData,
  SoundMessage,
} from './media-commands.ts';
import type {
  Carrier,
  MediaEvent,
  MediaPlace,
  MediaPlane,
  MediaPlaneOptions,
  MediaSettings,
  PortId,
  StreamParameters,
} from './media-plane.ts';
import { MediaRecordings } from './media-recordings.ts';
import type { MediaRecordingSource } from './media-recordings.ts';
import { MediaRequests } from './media-requests.ts';
import { Playback } from './playback.ts';
import { QualityBlock } from './quality-block.ts';

const COMMAND_BYTES = 1 << 17;
const REPORT_BYTES = 1 << 17;
/** About seven seconds of six legs and the program. */
const RECORDED_BYTES = 1 << 22;
/** More than two seconds of the program, before and after the delay. */
const PROGRAM_BYTES = 1 << 20;
/** A lost wake-up is made good after so long. */
const POLL_MS = 50;
const STOP_MS = 2000;
/** Prompts that the media thread holds: the one that was asked for longest ago goes first. */
const MAX_PROMPTS = 16;
/** Real-time priority comes when the compiler has done with the audio path: before, it would be starved by it. */
const WARM_MS = 1000;

export function createMediaPlane(options: MediaPlaneOptions): MediaPlane {
  return new WorkerMediaPlane(options);
}

class WorkerMediaPlane implements MediaPlane {
  readonly #options: MediaPlaneOptions;
  readonly #memory: MediaMemory;
  readonly #commands: JsonRing<MediaCommand>;
  readonly #reports: JsonRing<MediaReport>;
  readonly #recordingCommands: JsonRing<RecordingCommand>;
  readonly #recordingReports: JsonRing<RecordingReport>;
  readonly #meterBlock: MeterBlock;
  readonly #clockBlock: ClockBlock;
  readonly #delayBlock: DelayBlock;
  readonly #qualityBlock: QualityBlock;
  readonly #playback: Playback;
  readonly #requests = new MediaRequests();
  readonly #recordings: MediaRecordings;
  readonly #freePorts: PortId[];
  readonly #ready = Promise.withResolvers<void>();
  #threadsReady = 0;
  #priorityTimer: NodeJS.Timeout | undefined;
  #media: Worker | null = null;
  #recorder: Worker | null = null;
  /** Of the music that was asked for last; undefined: none yet. */
  #musicFile: string | null | undefined;
  /** Of the notice that was asked for last, as text. */
  #notice = 'null';
  /** Keys of the prompts that the media thread holds or is about to. */
  readonly #prompts = new Set<string>();
  /** The line of the delay is there. */
  #hasDelay = false;
  #isStopping = false;
  #hasStopped = false;
  #hasCrashed = false;

  constructor(options: MediaPlaneOptions) {
    this.#options = options;
    const { maxPorts } = options;
    this.#memory = {
      commands: SharedRing.allocate(COMMAND_BYTES),
      reports: SharedRing.allocate(REPORT_BYTES),
      recordingCommands: SharedRing.allocate(COMMAND_BYTES),
      recordingReports: SharedRing.allocate(REPORT_BYTES),
      recordedAudio: SharedRing.allocate(RECORDED_BYTES),
      programAudio: SharedRing.allocate(PROGRAM_BYTES),
      meters: MeterBlock.allocate(maxPorts),
      clock: ClockBlock.allocate(),
      quality: QualityBlock.allocate(maxPorts),
      players: Array.from({ length: MAX_PLAYERS }, () => PcmRing.allocate(PLAYER_RING_SAMPLES)),
      delay: DelayBlock.allocate(),
    };
    this.#commands = new JsonRing(this.#memory.commands);
    this.#reports = new JsonRing(this.#memory.reports);
    this.#recordingCommands = new JsonRing(this.#memory.recordingCommands);
    this.#recordingReports = new JsonRing(this.#memory.recordingReports);
    this.#meterBlock = new MeterBlock(this.#memory.meters, maxPorts);
    this.#clockBlock = new ClockBlock(this.#memory.clock);
    this.#delayBlock = new DelayBlock(this.#memory.delay);
    this.#qualityBlock = new QualityBlock(this.#memory.quality);
    this.#playback = new Playback(this.#memory.players);
    // Taken from the end: port 0 first.
    this.#freePorts = Array.from({ length: maxPorts }, (_, index) => maxPorts - 1 - index);
    this.#recordings = new MediaRecordings({
      slots: maxPorts + 1,
      requests: this.#requests,
      commands: this.#commands,
      recordingCommands: this.#recordingCommands,
      depthMs: () => this.delay().depthMs,
      onStopped: (stopped) => options.onEvent({ type: 'recording-stopped', ...stopped }),
    });
  }

  get programAudio(): SharedArrayBuffer {
    return this.#memory.programAudio;
  }

  wantProgram(isWanted: boolean): void {
    this.#commands.send({ type: 'outputs', areWanted: isWanted });
  }

  async start(): Promise<void> {
    const { host, rtpPorts, maxPorts, audioFolder, promptsFolder, peerPackets, studioPackets } =
      this.#options;
    const { packetIo = 'batched' } = this.#options;
    const memory = this.#memory;
    this.#media = this.#startThread('../media-thread.ts', {
      memory,
      peerPackets,
      studioPackets,
      host,
      rtpPorts,
      packetIo,
      maxPorts,
    } satisfies MediaThreadData);
    this.#recorder = this.#startThread('../recording-thread.ts', {
      memory,
      audioFolder,
      promptsFolder,
    } satisfies RecordingThreadData);
    // The recording thread has time to make and read sounds; what it sends is that.
    this.#recorder.on('message', (message: SoundMessage) => this.#onSound(message));
    void this.#pump(this.#reports, (report) => this.#onReport(report));
    void this.#pump(this.#recordingReports, (report) => this.#onRecordingReport(report));
    await this.#ready.promise;
  }

  /** Also after a crash: what can be saved of the recordings is. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    // Ports first, so that their last frames are on the way when the files are closed.
    if (!this.#hasCrashed) {
      await within(
        STOP_MS,
        this.#requests.ask((request) => this.#commands.send({ type: 'stop', request })),
      );
    }
    await within(
      STOP_MS,
      this.#requests.ask((request) => this.#recordingCommands.send({ type: 'stop', request })),
    );
    this.#hasStopped = true;
    this.#requests.close();
    clearTimeout(this.#priorityTimer);
    await Promise.all([this.#media?.terminate(), this.#recorder?.terminate(), this.#playback.stop()]);
  }

  settings(settings: MediaSettings): void {
    const { hold, holdNotice, rtpTimeoutMs } = settings;
    const notice = JSON.stringify(holdNotice);
    if (notice !== this.#notice) {
      this.#notice = notice;
      const { prompt: file = null, everyMs = 0 } = holdNotice ?? {};
      this.#recordingCommands.send({ type: 'notice', file, everyMs });
    }
    this.#commands.send({ type: 'settings', hold: hold.kind, rtpTimeoutMs });
    if (hold.kind === 'music' && hold.file !== this.#musicFile) {
      this.#musicFile = hold.file;
      this.#recordingCommands.send({ type: 'music', file: hold.file });
    }
  }

  async open(carrier: Carrier = 'sockets'): Promise<{ port: PortId; rtpPort: number; rtcpPort: number }> {
    const port = this.#freePorts.pop();
    if (port === undefined) throw Object.assign(new Error('every port is open'), { code: 'no_ports' });
    try {
      const reply = await this.#requests.ask((request) =>
        this.#commands.send({ type: 'open', request, port, carrier }),
      );
      if (reply.type !== 'opened') throw new Error(`unexpected reply ${reply.type}`);
      return { port, rtpPort: reply.rtpPort, rtcpPort: reply.rtcpPort };
    } catch (error) {
      this.#freePorts.push(port);
      throw error;
    }
  }

  turnIntoPeer(port: PortId): void {
    this.#commands.send({ type: 'into-peer', port });
  }

  stream(port: PortId, parameters: StreamParameters): void {
    // Here, where it fails one call, and not in the thread that carries them all.
    if (findCodec(parameters.codec) === null) throw new RangeError(`no codec ${parameters.codec}`);
    this.#commands.send({ type: 'stream', port, parameters });
  }

  async place(places: readonly { port: PortId; place: MediaPlace }[]): Promise<void> {
    for (const { place } of places) if (place.kind === 'ivr') this.#bringPrompt(place);
    await this.#requests.ask((request) => this.#commands.send({ type: 'place', request, places }));
  }

  async whisper(port: PortId, to: PortId | null): Promise<void> {
    await this.#requests.ask((request) => this.#commands.send({ type: 'whisper', request, port, to }));
  }

  levels(port: PortId, levels: Partial<Levels>): void {
    this.#commands.send({ type: 'levels', port, levels });
  }

  program(program: Partial<Program>): void {
    this.#commands.send({ type: 'program', program });
  }

  setDelay(targetMs: number): void {
    if (targetMs > 0 && !this.#hasDelay) {
      this.#hasDelay = true;
      this.#toMedia({ kind: 'delay', memory: BroadcastDelay.allocate() });
    }
    this.#commands.send({ type: 'delay', targetMs });
  }

  delay(): ReturnType<MediaPlane['delay']> {
    return this.#delayBlock.read();
  }

  dump(recording: string, dumpMs: number): Promise<number> {
    return this.#recordings.dump(recording, dumpMs);
  }

  record(recording: string, source: MediaRecordingSource, ivr?: { maxMs: number }): Promise<void> {
    return this.#recordings.record(recording, source, ivr);
  }

  stopRecording(recording: string): void {
    this.#recordings.stop(recording);
  }

  async play(
    path: string,
    to: PortId | null,
    levelDb: number,
    fromMs: number,
  ): Promise<{ slot: number; durationMs: number }> {
    const opened = await this.#playback.open(path, fromMs);
    this.#commands.send({ type: 'play', slot: opened.slot, to, levelDb });
    return opened;
  }

  playLevel(slot: number, levelDb: number): void {
    this.#commands.send({ type: 'play-level', slot, levelDb });
  }

  stopPlaying(slot: number): void {
    this.#commands.send({ type: 'play-stop', slot });
  }

  quality(port: PortId): Quality {
    return this.#qualityBlock.read(port);
  }

  meters(
    ports: readonly PortId[],
    slots: readonly number[] = [],
  ): { ports: { in: Meter; out: Meter }[]; program: Meter; air: Meter; players: Meter[] } {
    const block = this.#meterBlock;
    const program: Meter = [0, 0];
    const air: Meter = [0, 0];
    block.readProgram(program);
    block.readAir(air);
    const read = ports.map((port) => {
      const meters: { in: Meter; out: Meter } = { in: [0, 0], out: [0, 0] };
      block.readIn(port, meters.in);
      block.readOut(port, meters.out);
      return meters;
    });
    const players = slots.map((slot) => {
      const meter: Meter = [0, 0];
      block.readPlayer(slot, meter);
      return meter;
    });
    return { ports: read, program, air, players };
  }

  clock(): ClockReport {
    return this.#clockBlock.report();
  }

  async close(port: PortId): Promise<Quality> {
    this.#recordings.portCloses(port);
    await this.#requests.ask((request) => this.#commands.send({ type: 'close', request, port }));
    const quality = this.quality(port);
    this.#freePorts.push(port);
    return quality;
  }

  #startThread(file: string, data: MediaThreadData | RecordingThreadData): Worker {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: data, execArgv: [] });
    worker.on('error', (error) => this.#onCrash(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => {
      // Told to stop, a thread ends once it has nothing left to do, maybe before its last report is read here.
      if (!this.#isStopping) this.#onCrash(`ended with code ${code}`);
    });
    return worker;
  }

  /** Either thread: without one of them the house does not do what it shows. */
  #onCrash(msg: string): void {
    if (this.#hasCrashed || this.#hasStopped) return;
    this.#hasCrashed = true;
    const error = new Error(`media thread: ${msg}`);
    this.#requests.fail(error);
    this.#ready.reject(error);
    this.#options.onEvent({ type: 'crashed', msg });
  }

  async #pump<Report>(ring: JsonRing<Report>, onReport: (report: Report) => void): Promise<void> {
    while (!this.#hasStopped) {
      for (let report = ring.receive(); report !== undefined; report = ring.receive()) onReport(report);
      this.#commands.flush();
      this.#recordingCommands.flush();
      await ring.waitAsync(POLL_MS);
    }
  }

  #onReport(report: MediaReport): void {
    if (report.type === 'event') this.#onEvent(report.event);
    else if (report.type === 'ready') this.#onMediaReady(report);
    else this.#requests.settle(report.request, report);
  }

  #onEvent(event: MediaEvent): void {
    if (event.type !== 'played') return this.#options.onEvent(event);
    this.#options.onEvent({ ...event, error: this.#playback.release(event.slot) });
  }

  #onRecordingReport(report: RecordingReport): void {
    switch (report.type) {
      case 'ready':
        this.#onReady();
        return;
      case 'done':
      case 'refused':
        this.#requests.settle(report.request, report);
        return;
      case 'stopped':
        this.#recordings.stopped(report);
        return;
      case 'freed':
        this.#recordings.freed(report.slot);
        return;
      case 'alarm':
        this.#options.onEvent(report);
    }
  }

  /** Asked for when it is to be heard; a port that waits for it is silent meanwhile. */
  #bringPrompt({ step = 'question', prompt = null }: MediaPlace & { kind: 'ivr' }): void {
    const key = promptKey(step, prompt);
    const isThere = this.#prompts.delete(key);
    this.#prompts.add(key);
    if (isThere) return;
    this.#recordingCommands.send({ type: 'prompt', key, step, file: prompt });
    const [oldest] = this.#prompts;
    if (this.#prompts.size > MAX_PROMPTS && oldest !== undefined) {
      this.#prompts.delete(oldest);
      this.#toMedia({ kind: 'prompt', key: oldest, sound: null, isStandIn: false });
    }
  }

  #onSound(message: SoundMessage): void {
    this.#toMedia(message);
    // The file may be there the next time.
    if (message.kind === 'prompt' && message.isStandIn) this.#prompts.delete(message.key);
  }

  #toMedia(message: SoundMessage | DelayMessage): void {
    this.#media?.postMessage(message);
  }

  #onMediaReady({ threadId, packetIo }: MediaReport & { type: 'ready' }): void {
    this.#options.onPacketIo?.(packetIo);
    if (threadId !== null) {
      this.#priorityTimer = setTimeout(() => void makeRealTime(threadId), WARM_MS);
      this.#priorityTimer.unref();
    }
    this.#onReady();
  }

  #onReady(): void {
    this.#threadsReady++;
    if (this.#threadsReady === 2) this.#ready.resolve();
  }
}

/** A thread that does not answer any more must not keep the process from ending. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([work.catch(() => undefined), promise]);
  clearTimeout(timer);
}
