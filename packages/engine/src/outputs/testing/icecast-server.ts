/** A real Icecast server for tests, on a free port of loopback; as root it becomes `nobody`, else it runs as who we are. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PROGRAMS = ['icecast2', 'icecast'];
const PROGRAM = PROGRAMS.find((name) => spawnSync(name, ['-v']).error === undefined) ?? null;

export const HAS_ICECAST = PROGRAM !== null;
export const SOURCE_PASSWORD = 'source-secret';
const DEADLINE_MS = 60_000;

export class IcecastServer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'openline-icecast-'));
  #child: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
    // A server that gives up being root still has to read it.
    chmodSync(this.#folder, 0o755);
    writeFileSync(join(this.#folder, 'icecast.xml'), configuration(port, this.#folder));
  }

  static async start(): Promise<IcecastServer> {
    const server = new IcecastServer(await freePort());
    await server.start();
    return server;
  }

  /** Again, on the same port. */
  async start(): Promise<void> {
    const child = spawn(PROGRAM ?? '', ['-c', join(this.#folder, 'icecast.xml')], { stdio: 'ignore' });
    this.#child = child;
    const deadline = performance.now() + DEADLINE_MS;
    while (!(await isAnswering(this.port))) {
      if (child.exitCode !== null) throw new Error(`Icecast ended with code ${child.exitCode}`);
      if (performance.now() > deadline) throw new Error('Icecast does not answer');
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
    await promise;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configuration(port: number, folder: string): string {
  const owner = '<changeowner><user>nobody</user><group>nogroup</group></changeowner>';
  return `<icecast>
  <hostname>localhost</hostname>
  <limits><clients>20</clients><sources>4</sources><source-timeout>10</source-timeout></limits>
  <authentication>
    <source-password>${SOURCE_PASSWORD}</source-password>
    <admin-user>admin</admin-user><admin-password>admin-secret</admin-password>
  </authentication>
  <listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths>
    <basedir>${folder}</basedir><logdir>${folder}</logdir>
    <webroot>${folder}</webroot><adminroot>${folder}</adminroot>
  </paths>
  <logging><accesslog>-</accesslog><errorlog>-</errorlog><loglevel>1</loglevel></logging>
  <security><chroot>0</chroot>${process.getuid?.() === 0 ? owner : ''}</security>
</icecast>
`;
}

function isAnswering(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: '127.0.0.1', port }, () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/**
 * Below the ports that the kernel gives to whoever asks for any: nobody else gets it by chance before the peer opens it, or while
 * it is restarted.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const tcp = createServer().once('error', () => resolve(false));
    tcp.listen(port, '127.0.0.1', () => tcp.close(() => resolve(true)));
    if (await promise) return port;
  }
}
