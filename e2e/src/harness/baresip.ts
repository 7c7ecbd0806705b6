/**
 * baresip as a real telephone: registers with digest, answers by itself or when told, says a sine, records
 * what it hears into a WAV file. Driven over its ctrl_tcp module (JSON in netstrings).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';
import { freePort } from './free-port.ts';
import { PATIENCE_MS, waitFor } from './wait-for.ts';
import { dyingWithUs } from './with-us.ts';

export interface BaresipOptions {
  username: string;
  password: string;
  sipPort: number;
  toneHz: number;
  transport?: 'udp' | 'tcp' | 'tls';
  /** Encrypts its sound: where it can, or always. */
  srtp?: 'optional' | 'required';
  isAutoAnswer?: boolean;
  /** Texts that it gets are in its log. */
  showsTexts?: boolean;
}

export interface Baresip {
  readonly pid: number;
  readonly events: readonly { type: string; param?: string }[];
  /** 'CALL_INCOMING', 'CALL_ESTABLISHED', 'CALL_CLOSED' …; one that has been counts. */
  event(type: string, timeoutMs?: number): Promise<void>;
  command(command: string, params?: string): void;
  /** What was heard in the first call since it began, 16-bit PCM file; complete after the call. */
  readonly heardFile: string;
  log(): string;
  stop(): Promise<void>;
}

const moduleFolder = ['/usr/lib/baresip/modules', '/usr/local/lib/baresip/modules'].find((path) =>
  existsSync(path),
);

/** Resolves when it is registered at the station. */
export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const folder = temporaryFolder('baresip');
  const controlPort = await freePort();
  mkdirSync(folder, { recursive: true });
  const toneFile = join(folder, 'tone.wav');
  writeFileSync(toneFile, toneWav(options.toneHz));
  writeFileSync(
    join(folder, 'config'),
    [
      'poll_method epoll',
      'sip_listen 127.0.0.1:0',
      'net_interface 127.0.0.1',
      `audio_source aufile,${toneFile}`,
      'audio_srate 8000',
      'audio_channels 1',
      'audio_buffer 20-160',
      `module_path ${moduleFolder ?? ''}`,
      ...(options.showsTexts === true ? ['module stdio.so'] : []),
      'module g711.so',
      ...(options.srtp === undefined ? [] : ['module srtp.so']),
      'module aufile.so',
      // Writes down what is decoded, whether there is a loudspeaker or not.
      'module sndfile.so',
      `snd_path ${folder}`,
      'module_app account.so',
      'module_app menu.so',
      'module_app ctrl_tcp.so',
      `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
      '',
    ].join('\n'),
  );
  const account =
    `<sip:${options.username}@127.0.0.1:${options.sipPort};transport=${options.transport ?? 'udp'}>;auth_pass=${options.password};` +
    (options.srtp === undefined ? '' : `mediaenc=srtp${options.srtp === 'required' ? '-mand' : ''};`) +
    `answermode=${options.isAutoAnswer === false ? 'manual' : 'auto'};regint=60`;
  writeFileSync(join(folder, 'accounts'), '');
  writeFileSync(join(folder, 'contacts'), '');
  const child: ChildProcess = spawn(...dyingWithUs('baresip', ['-f', folder]), {
    stdio: [options.showsTexts === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  let hasEnded = false;
  child.on('exit', () => (hasEnded = true));

  const events: { type: string; param?: string }[] = [];
  const socket = await waitFor(`baresip's control port (${options.username})`, () =>
    tryConnect(controlPort),
  ).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}\n${output}`);
  });
  let buffered = '';
  // A frame's length counts bytes, and texts are not only ASCII.
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  socket.on('data', (chunk: string) => {
    buffered += chunk;
    for (;;) {
      const frame = /^(\d+):/.exec(buffered);
      if (!frame?.[1]) return;
      const start = frame[0].length;
      const length = Number(frame[1]);
      if (buffered.length < start + length + 1) return;
      const message = JSON.parse(
        Buffer.from(buffered.slice(start, start + length), 'latin1').toString('utf8'),
      ) as {
        event?: boolean;
        type?: string;
        param?: string;
      };
      buffered = buffered.slice(start + length + 1);
      if (message.event && message.type)
        events.push({ type: message.type, ...(message.param === undefined ? {} : { param: message.param }) });
    }
  });

  const phone: Baresip = {
    pid: child.pid ?? -1,
    events,
    get heardFile() {
      const heard = readdirSync(folder).find((name) => name.endsWith('-dec.wav'));
      return join(folder, heard ?? 'nothing-was-heard.wav');
    },
    log: () => output,
    async event(type, timeoutMs = PATIENCE_MS) {
      await waitFor(
        `baresip ${options.username}: ${type}\n${output}`,
        () => events.some((each) => each.type === type),
        timeoutMs,
      );
    },
    command(command, params) {
      const text = JSON.stringify(params === undefined ? { command } : { command, params });
      socket.write(`${Buffer.byteLength(text)}:${text},`);
    },
    async stop() {
      socket.destroy();
      if (!hasEnded) child.kill('SIGTERM');
      await waitFor('baresip to end', () => hasEnded).catch(() => child.kill('SIGKILL'));
    },
  };
  // Events are told only to who is connected: so the account is made over that connection, and none can be missed.
  phone.command('uanew', account);
  try {
    await phone.event('REGISTER_OK');
  } catch (error) {
    await phone.stop();
    throw error;
  }
  return phone;
}

/** Two minutes at baresip's telephone rate: its own sine (ausine) comes at 48 kHz only. */
function toneWav(hz: number): Buffer {
  const rate = 8000;
  const samples = rate * 120;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index++) {
    wav.writeInt16LE(Math.round(6000 * Math.sin((2 * Math.PI * hz * index) / rate)), 44 + index * 2);
  }
  return wav;
}

function tryConnect(port: number): Promise<Socket | false> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(false));
  });
}
