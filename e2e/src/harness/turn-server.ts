/** coturn on loopback: the TURN server of a test, for one user. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitFor } from './wait-for.ts';
import { dyingWithUs } from './with-us.ts';

export interface TurnServer {
  /** As the settings have it. */
  readonly server: { url: string; username: string; password: string };
  stop(): Promise<void>;
}

/** STUN's Binding request (RFC 8489): what anybody may ask. */
const BINDING = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

export async function startTurnServer(): Promise<TurnServer> {
  const folder = temporaryFolder('turn');
  const port = await freePort();
  const [username, password] = ['station', 'turn-secret'];
  const child = spawn(
    ...dyingWithUs('turnserver', [
      // No settings of the machine's own.
      '-c',
      '/dev/null',
      `--pidfile=${join(folder, 'pid')}`,
      `--userdb=${join(folder, 'users')}`,
      '--listening-ip=127.0.0.1',
      '--relay-ip=127.0.0.1',
      `--listening-port=${port}`,
      '--allow-loopback-peers',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--lt-cred-mech',
      '--realm=openline.test',
      `--user=${username}:${password}`,
      '--log-file=stdout',
      '--simple-log',
    ]),
    { stdio: 'ignore', cwd: folder },
  );
  await waitFor('the TURN server', () => {
    if (child.exitCode !== null) throw new Error(`turnserver ended with code ${child.exitCode}`);
    return answers(port);
  });
  return {
    server: { url: `turn:127.0.0.1:${port}`, username, password },
    stop: () => end(child),
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, 200, false);
      socket.once('error', () => resolve(false));
      socket.once('message', () => {
        clearTimeout(timer);
        resolve(true);
      });
      socket.send(BINDING, port, '127.0.0.1');
    });
  } finally {
    socket.close();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
