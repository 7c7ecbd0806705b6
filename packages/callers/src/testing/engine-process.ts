/** A real engine in a process of its own, on free ports and a data folder that goes with it; for integration tests. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connectControl, controlSocketPath } from '@openline/engine';
import type {
  AnyControlEvent,
  ControlClient,
  ControlCommand,
  ControlCommands,
  ControlEvent,
  ControlEvents,
  EngineConfig,
} from '@openline/engine';

const MAIN = join(dirname(createRequire(import.meta.url).resolve('@openline/engine')), 'main.ts');
const DEADLINE_MS = 30_000;

export const ENGINE_CONFIG: EngineConfig = {
  accounts: [
    { username: 'anna', password: 'secret-of-anna', ref: 'user:anna' },
    { username: 'network', password: 'secret-of-network', ref: 'line:studio' },
  ],
  peers: [{ ref: 'studio', cidrs: ['127.0.0.1/32', '::1/128'] }],
  trunks: [],
  hold: { kind: 'program' },
  rtpTimeoutMs: 1_500,
  dialTimeoutMs: 5_000,
  stationName: 'Radio Test',
};

export class EngineProcess {
  readonly dataFolder: string;
  readonly events: AnyControlEvent[] = [];
  readonly child: ChildProcess;
  /** Its code, once what it said last is here too. */
  readonly exited: Promise<number | null>;
  /** What it said on standard error, line by line. */
  readonly errors: string[] = [];
  readonly host: string;
  sipPort = 0;
  #client: ControlClient | null = null;

  private constructor(dataFolder: string, env: Record<string, string>) {
    this.dataFolder = dataFolder;
    this.host = env['OPENLINE_SIP_HOST'] ?? '127.0.0.1';
    this.child = fork(MAIN, [], {
      env: {
        ...process.env,
        OPENLINE_DATA: dataFolder,
        OPENLINE_SIP_HOST: '127.0.0.1',
        OPENLINE_SIP_PORT: '0',
        OPENLINE_RTP_PORTS: '0-0',
        OPENLINE_LOG: 'warn',
        ...env,
      },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // Not its `close`: that never comes of a child that we have disconnected from ourselves.
    const hasSaidAll = new Promise<void>((resolve) => this.child.stderr?.once('close', () => resolve()));
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code) => void hasSaidAll.then(() => resolve(code)));
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors.push(...text.split('\n').filter((line) => line !== ''));
    });
  }

  /** Starts it without waiting for anything: for engines that are to refuse. */
  static async launch(env: Record<string, string> = {}, dataFolder?: string): Promise<EngineProcess> {
    return new EngineProcess(dataFolder ?? (await mkdtemp(join(tmpdir(), 'openline-engine-'))), env);
  }

  /** Started, connected and configured. */
  static async start(env: Record<string, string> = {}): Promise<EngineProcess> {
    const engine = await EngineProcess.launch(env);
    await new Promise<void>((resolve, reject) => {
      engine.child.once('message', () => resolve());
      void engine.exited.then(() => reject(new Error(engine.errors.join('\n'))));
    });
    await engine.connect();
    await engine.request('engine.configure', { config: ENGINE_CONFIG });
    return engine;
  }

  async connect(): Promise<void> {
    this.#client = await connectControl({
      path: controlSocketPath(this.dataFolder),
      onEvent: (event) => this.events.push(event),
    });
    this.sipPort = (await this.until('hello')).sipPort.udp;
  }

  disconnect(): void {
    this.#client?.close();
  }

  get uri(): string {
    return `sip:studio@${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.sipPort}`;
  }

  /** The reply's data; throws when it is a refusal. */
  async request<C extends ControlCommand>(
    command: C,
    data: ControlCommands[C]['data'],
  ): Promise<ControlCommands[C]['reply']> {
    const result = await this.#client?.request(command, data);
    if (result?.ok !== true) throw new Error(`${command}: ${result?.code} ${result?.msg}`);
    return result.data;
  }

  /** The first event, past or to come, that is meant; rejects when it does not come. */
  async until<E extends ControlEvent>(
    event: E,
    isMeant: (data: ControlEvents[E]) => boolean = () => true,
  ): Promise<ControlEvents[E]> {
    const found = await eventually(
      `${event}`,
      () =>
        this.events.find((one) => one.event === event && isMeant(one.data as ControlEvents[E]))?.data as
          | ControlEvents[E]
          | undefined,
    );
    return found;
  }

  async stop(): Promise<void> {
    this.disconnect();
    this.child.kill('SIGKILL');
    await this.exited;
    await rm(this.dataFolder, { recursive: true, force: true });
  }
}

/** Polls until there is something. */
export async function eventually<T>(what: string, find: () => T | undefined | null | false): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = find();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
