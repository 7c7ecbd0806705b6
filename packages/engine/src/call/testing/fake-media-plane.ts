/** Stands in for the media thread in unit tests of call/: notes what was asked, and counts ports out and back. */
import { SharedRing } from '../../audio/shared-ring.ts';
import type { Levels, Meter, Program, Quality } from '../../control/contract.ts';
import type {
  MediaEvent,
  MediaPlace,
  MediaPlane,
  MediaSettings,
  PortId,
  StreamParameters,
} from '../media-plane.ts';

const SILENT: Meter = [-100, -100];

export class FakeMediaPlane implements MediaPlane {
  readonly onEvent: (event: MediaEvent) => void;
  readonly openPorts = new Set<PortId>();
  readonly closed: PortId[] = [];
  readonly streams = new Map<PortId, StreamParameters[]>();
  /** Every place() as it came. */
  readonly moves: { port: PortId; place: MediaPlace }[][] = [];
  readonly places = new Map<PortId, MediaPlace>();
  readonly whispers: { port: PortId; to: PortId | null }[] = [];
  readonly levelsOf = new Map<PortId, Partial<Levels>>();
  readonly recordings: string[] = [];
  readonly programs: Partial<Program>[] = [];
  readonly programAudio = SharedRing.allocate(1 << 14);
  isProgramWanted = false;
  /** What is played, by slot. */
  readonly playing = new Map<number, { path: string; to: PortId | null; levelDb: number; fromMs: number }>();
  delayed: ReturnType<MediaPlane['delay']> = { state: 'bypass', depthMs: 0, targetMs: 0 };
  packetsReceived = 0;
  maxPorts = 100;
  /** While set, open() waits for it. */
  gate: Promise<void> = Promise.resolve();
  #next = 0;

  constructor(onEvent: (event: MediaEvent) => void) {
    this.onEvent = onEvent;
  }

  wantProgram(isWanted: boolean): void {
    this.isProgramWanted = isWanted;
  }
  start(): Promise<void> {
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  settings(_settings: MediaSettings): void {}

  async open(): Promise<{ port: PortId; rtpPort: number; rtcpPort: number }> {
    await this.gate;
    if (this.openPorts.size >= this.maxPorts)
      throw Object.assign(new Error('no ports left'), { code: 'no_ports' });
    const port = this.#next;
    this.#next += 1;
    this.openPorts.add(port);
    return { port, rtpPort: 20_000 + 2 * port, rtcpPort: 20_001 + 2 * port };
  }
  readonly turnedIntoPeers: PortId[] = [];
  turnIntoPeer(port: PortId): void {
    this.#mustBeOpen(port);
    this.turnedIntoPeers.push(port);
  }
  stream(port: PortId, parameters: StreamParameters): void {
    this.#mustBeOpen(port);
    this.streams.set(port, [...(this.streams.get(port) ?? []), parameters]);
  }
  place(places: readonly { port: PortId; place: MediaPlace }[]): Promise<void> {
    for (const { port, place } of places) {
      this.#mustBeOpen(port);
      this.places.set(port, place);
    }
    this.moves.push([...places]);
    return Promise.resolve();
  }
  whisper(port: PortId, to: PortId | null): Promise<void> {
    this.#mustBeOpen(port);
    if (to !== null) this.#mustBeOpen(to);
    this.whispers.push({ port, to });
    return Promise.resolve();
  }
  levels(port: PortId, levels: Partial<Levels>): void {
    this.#mustBeOpen(port);
    this.levelsOf.set(port, { ...this.levelsOf.get(port), ...levels });
  }
  program(program: Partial<Program>): void {
    this.programs.push(program);
  }
  setDelay(targetMs: number): void {
    const { depthMs } = this.delayed;
    const state =
      depthMs < targetMs ? 'building' : depthMs > targetMs ? 'draining' : targetMs > 0 ? 'full' : 'bypass';
    this.delayed = { state, depthMs, targetMs };
  }
  delay(): ReturnType<MediaPlane['delay']> {
    return { ...this.delayed };
  }
  dump(recording: string, dumpMs: number): Promise<number> {
    const dumpedMs = Math.min(dumpMs, this.delayed.depthMs);
    this.delayed = { ...this.delayed, depthMs: this.delayed.depthMs - dumpedMs };
    if (dumpedMs > 0) this.recordings.push(recording);
    return Promise.resolve(dumpedMs);
  }
  record(recording: string): Promise<void> {
    if (recording === 'unwritable') return Promise.reject(new Error('disk full'));
    this.recordings.push(recording);
    return Promise.resolve();
  }
  stopRecording(recording: string): void {
    this.onEvent({ type: 'recording-stopped', recording, durationMs: 1_000, loudMs: 800, error: null });
  }
  play(
    path: string,
    to: PortId | null,
    levelDb: number,
    fromMs: number,
  ): Promise<{ slot: number; durationMs: number }> {
    if (path.includes('missing')) {
      return Promise.reject(Object.assign(new Error('there is no such file'), { code: 'unplayable' }));
    }
    const slot = [0, 1].find((free) => !this.playing.has(free));
    if (slot === undefined) {
      return Promise.reject(Object.assign(new Error('as many as can'), { code: 'no_player' }));
    }
    this.playing.set(slot, { path, to, levelDb, fromMs });
    return Promise.resolve({ slot, durationMs: 5_000 });
  }
  playLevel(slot: number, levelDb: number): void {
    const playing = this.playing.get(slot);
    if (playing !== undefined) playing.levelDb = levelDb;
  }
  stopPlaying(slot: number): void {
    this.playing.delete(slot);
    this.onEvent({ type: 'played', slot, playedMs: 1_000, error: null });
  }
  quality(_port: PortId): Quality {
    return {
      codec: 'PCMA',
      packetsReceived: this.packetsReceived,
      packetsLost: 0,
      packetsLate: 0,
      packetsDuplicate: 0,
      packetsRejected: 0,
      framesConcealed: 0,
      jitterMs: 0,
      bufferMs: 40,
      bufferMaxMs: 40,
      roundTripMs: null,
      remoteLossPercent: null,
      mos: 4.4,
    };
  }
  meters(ports: readonly PortId[], slots: readonly number[] = []): ReturnType<MediaPlane['meters']> {
    return {
      ports: ports.map(() => ({ in: SILENT, out: SILENT })),
      program: SILENT,
      air: SILENT,
      players: slots.map(() => SILENT),
    };
  }
  clock(): ReturnType<MediaPlane['clock']> {
    return { lateP50Ms: 0, lateP99Ms: 0, lateMaxMs: 0, lateCounts: [], ticks: 0, overruns: 0, busyMs: 0 };
  }
  close(port: PortId): Promise<Quality> {
    this.#mustBeOpen(port);
    this.openPorts.delete(port);
    this.closed.push(port);
    return Promise.resolve(this.quality(port));
  }

  /** Using a port that was given back is the bug that these tests are after. */
  #mustBeOpen(port: PortId): void {
    if (!this.openPorts.has(port)) throw new Error(`port ${port} is not open`);
  }
}
