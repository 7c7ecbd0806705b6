/**
 * A real engine process with a data folder and ports of its own. It is told over the control channel to answer everybody who
 * calls, on air; its clock reports are gathered meanwhile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type AnyControlEvent,
  type ClockReport,
  connectControl,
  type ControlClient,
  controlSocketPath,
  type LegId,
  type OutputConfig,
  type PacketIoKind,
  programSocketPath,
  type Quality,
} from '@openline/engine';
import { distributionOfCounts, type Distribution } from './distribution.ts';

const ENGINE_MAIN = fileURLToPath(new URL('../../packages/engine/src/main.ts', import.meta.url));
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/openline', import.meta.url));
const START_TIMEOUT_MS = 20_000;

export interface ClockFigures {
  latenessMs: Distribution;
  busyMs: number;
  overruns: number;
}

export class EngineUnderTest {
  readonly pid: number;
  sipPort = 0;
  /** Browsers whose path was opened. */
  readonly connected = new Set<LegId>();
  /** Calls on air whose sound was heard. */
  legsWithMedia = 0;
  readonly #process: ChildProcess;
  readonly #folder: string;
  #control: ControlClient | null = null;
  #clockReports: ClockReport[] = [];
  #qualities = new Map<LegId, Quality>();
  readonly #problems: string[] = [];

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    this.pid = process.pid ?? 0;
  }

  static async start(packetIo: PacketIoKind = 'batched'): Promise<EngineUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'openline-bench-'));
    // As the launcher starts it.
    const child = spawn(process.execPath, ['--max-semi-space-size=2', ENGINE_MAIN], {
      env: {
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...process.env,
        OPENLINE_DATA: folder,
        OPENLINE_SIP_HOST: '127.0.0.1',
        OPENLINE_SIP_PORT: '0',
        OPENLINE_RTP_PORTS: '0-0',
        OPENLINE_PACKET_IO: packetIo,
        OPENLINE_LOG: 'warn',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const engine = new EngineUnderTest(child, folder);
    await engine.#connect();
    return engine;
  }

  get target(): string {
    return `sip:studio@127.0.0.1:${this.sipPort}`;
  }

  get control(): ControlClient {
    if (this.#control === null) throw new Error('the engine is not connected');
    return this.#control;
  }

  /** What went wrong, for people: a run with problems proves nothing. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Means over the legs, as the engine reported them last. */
  buffers(): { jitterMs: number; depthMs: number } {
    const all = [...this.#qualities.values()];
    const mean = (of: (quality: Quality) => number) =>
      all.reduce((sum, each) => sum + of(each), 0) / all.length;
    return { jitterMs: mean((each) => each.jitterMs), depthMs: mean((each) => each.bufferMs) };
  }

  /** Packets that the engine missed, of all its legs. */
  get packetsLost(): number {
    return [...this.#qualities.values()].reduce((sum, each) => sum + each.packetsLost, 0);
  }

  /** Begins a measurement of the clock. */
  forgetClock(): void {
    this.#clockReports = [];
  }

  clock(): ClockFigures {
    const counts = new Map<number, number>();
    let busyMs = 0;
    let ticks = 0;
    for (const report of this.#clockReports) {
      for (const [upToMs, count] of report.lateCounts) counts.set(upToMs, (counts.get(upToMs) ?? 0) + count);
      busyMs += report.busyMs * report.ticks;
      ticks += report.ticks;
    }
    const latenessMs = distributionOfCounts(counts);
    // The counts are in steps; the latest tick is known exactly.
    latenessMs.max = Math.max(...this.#clockReports.map((report) => report.lateMaxMs));
    latenessMs.p99 = Math.min(latenessMs.p99, latenessMs.max);
    const overruns = this.#clockReports.reduce((sum, report) => sum + report.overruns, 0);
    return { latenessMs, busyMs: busyMs / ticks, overruns };
  }

  async stop(): Promise<void> {
    this.#control?.close();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGTERM');
      const ended = once(this.#process, 'exit');
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #connect(): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (this.#control === null) {
      if (this.#process.exitCode !== null)
        throw new Error(`the engine ended with code ${this.#process.exitCode}`);
      if (performance.now() > deadline) throw new Error('the engine does not answer on its control socket');
      this.#control = await connectControl({
        path: controlSocketPath(this.#folder),
        onEvent: (event) => this.#follow(event),
      }).catch(() => null);
      if (this.#control === null) await pause(50);
    }
    await this.sendProgramTo([]);
    await this.control.request('subscribe', { meters: true });
  }

  /** Where the program goes from now on. */
  async sendProgramTo(outputs: OutputConfig[]): Promise<void> {
    const configured = await this.control.request('engine.configure', {
      config: {
        accounts: [],
        peers: [{ ref: 'bench', cidrs: ['127.0.0.0/8'] }],
        trunks: [],
        hold: { kind: 'program' },
        rtpTimeoutMs: 30_000,
        dialTimeoutMs: 30_000,
        stationName: 'bench',
        outputs,
      },
    });
    if (!configured.ok) throw new Error(`the engine refuses its configuration: ${configured.msg}`);
  }

  /** Where it serves listeners of the live program. */
  get programSocket(): string {
    return programSocketPath(this.#folder);
  }

  #follow(event: AnyControlEvent): void {
    switch (event.event) {
      case 'hello':
        this.sipPort = event.data.sipPort.udp;
        return;
      case 'leg.offered':
        void this.#answer(event.data.leg);
        return;
      case 'leg.media':
        this.legsWithMedia++;
        return;
      case 'leg.ice':
        if (event.data.state === 'connected') this.connected.add(event.data.leg);
        return;
      case 'leg.quality':
        this.#qualities.set(event.data.leg, event.data.quality);
        return;
      case 'leg.ended':
        this.#qualities.delete(event.data.leg);
        if (event.data.cause !== 'normal') this.#problems.push(`a call ended: ${event.data.cause}`);
        return;
      case 'clock':
        this.#clockReports.push(event.data);
        return;
      default:
    }
  }

  async #answer(leg: LegId): Promise<void> {
    const result = await this.#control?.request('leg.answer', { leg, place: { kind: 'air' } });
    if (result?.ok === false) this.#problems.push(`a call was not answered: ${result.code}`);
  }
}
