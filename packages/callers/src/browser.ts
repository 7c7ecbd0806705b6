/**
 * A simulated browser with a headset: real ICE and DTLS-SRTP, our RTP. Whoever makes it carries its offers to the engine
 * and the answers back, as a page would. For tests and the benchmark.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BrowserFormat, BrowserReport, BrowserRequest } from './browser-process.ts';
import { RtpEnd } from './rtp-end.ts';
import type { Source } from './sources.ts';

export interface BrowserOptions {
  source: Source;
  /** Address that it is reached at; 127.0.0.1 unless told. */
  host?: string;
  /** What it offers, in order; the ones of Chromium unless told. */
  formats?: BrowserFormat[];
  /** Milliseconds of sound to remember. */
  keepMs?: number;
}

/** As Chromium offers them, less what nobody takes. */
const CHROMIUM_FORMATS: BrowserFormat[] = [
  { payloadType: 111, map: 'opus/48000/2' },
  { payloadType: 9, map: 'G722/8000' },
  { payloadType: 0, map: 'PCMU/8000' },
  { payloadType: 8, map: 'PCMA/8000' },
  { payloadType: 13, map: 'CN/8000' },
  { payloadType: 110, map: 'telephone-event/48000' },
  { payloadType: 126, map: 'telephone-event/8000' },
];

export class Browser {
  /** What it says and hears. */
  readonly sound: RtpEnd;
  /** How often a connection was opened. */
  openings = 0;
  readonly #child: ChildProcess;
  readonly #rtpPort: number;
  readonly #host: string;
  readonly #formats: BrowserFormat[];
  readonly #pending = new Map<number, (report: BrowserReport) => void>();
  #nextId = 1;

  static async open(options: BrowserOptions): Promise<Browser> {
    const child = fork(fileURLToPath(new URL('browser-process.ts', import.meta.url)), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [ready] = (await once(child, 'message')) as [BrowserReport];
    if (ready.type !== 'ready') throw new Error('the browser did not start');
    const sound = await RtpEnd.open({ source: options.source, keepMs: options.keepMs ?? 120_000 });
    return new Browser(child, ready.rtpPort, sound, options);
  }

  private constructor(child: ChildProcess, rtpPort: number, sound: RtpEnd, options: BrowserOptions) {
    this.#child = child;
    this.#rtpPort = rtpPort;
    this.#host = options.host ?? '127.0.0.1';
    this.#formats = options.formats ?? CHROMIUM_FORMATS;
    this.sound = sound;
    child.on('message', (report: BrowserReport) => {
      if (report.type === 'open') this.openings++;
      else if (report.type !== 'ready') this.#pending.get(report.id)?.(report);
    });
  }

  /** A new connection's; the former one goes on until the new one is open. */
  offer(): Promise<string> {
    return this.#request((id) => ({ id, type: 'offer', formats: this.#formats, host: this.#host }));
  }

  /** Takes the answer, and talks and listens in the codec that it names. */
  async take(answer: string): Promise<void> {
    await this.#request((id) => ({ id, type: 'answer', sdp: answer }));
    const payloadType = Number(/^m=audio \d+ \S+ (\d+)/m.exec(answer)?.[1]);
    const map = this.#formats.find((format) => format.payloadType === payloadType)?.map;
    if (map === undefined) throw new Error(`no codec of ours in ${answer}`);
    this.sound.connect({
      codec: map.split('/')[0] ?? '',
      payloadType,
      remoteAddress: '127.0.0.1',
      remotePort: this.#rtpPort,
    });
  }

  async addCandidate(candidate: string, mid: string): Promise<void> {
    await this.#request((id) => ({ id, type: 'candidate', candidate, mid }));
  }

  /** As a page that is loaded again: it can offer once more. */
  async leave(): Promise<void> {
    await this.#request((id) => ({ id, type: 'leave' }));
  }

  /** Its network is gone: nothing comes, nothing is answered. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.sound.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #request(request: (id: number) => BrowserRequest): Promise<string> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<BrowserReport>();
    this.#pending.set(id, resolve);
    this.#child.send(request(id));
    const report = await promise;
    this.#pending.delete(id);
    if (report.type === 'failed') throw new Error(report.msg);
    return report.type === 'done' ? report.sdp : '';
  }
}
