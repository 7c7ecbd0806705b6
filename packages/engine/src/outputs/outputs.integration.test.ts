/** The outputs thread with a program of two tones: what strangers hear of it, over the network and through programs. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toneLevelDb } from '../audio/tone-analysis.ts';
import { parseWav } from '../audio/wav-file.ts';
import type { OutputConfig } from '../control/contract.ts';
import { IcecastSource } from './icecast-source.ts';
import type { OutputsReport } from './outputs-messages.ts';
import { OutputsWorker } from './outputs-worker.ts';
import { PipedProgram } from './piped-program.ts';
import type { ThreadOutputConfig } from './start-output.ts';
import { HAS_ICECAST, IcecastServer, SOURCE_PASSWORD, freePort } from './testing/icecast-server.ts';
import { HAS_FFMPEG, Listener } from './testing/listener.ts';
import { AFTER_HZ, BEFORE_HZ, ProgramSource } from './testing/program-source.ts';

const HAS_APLAY = spawnSync('aplay', ['--version']).status === 0;
const PATIENCE = { timeout: 60_000, interval: 20 };

let folder: string;
let program: ProgramSource;
let worker: OutputsWorker;
let reports: OutputsReport[];
let listeners: Listener[];
let deaths: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openline-outputs-'));
  program = new ProgramSource();
  reports = [];
  deaths = [];
  listeners = [];
  worker = new OutputsWorker({
    programAudio: program.programAudio,
    socketPath: join(folder, 'program.sock'),
    onReport: (report) => reports.push(report),
    onDied: (msg) => deaths.push(msg),
  });
});

afterEach(async () => {
  await Promise.all(listeners.map((listener) => listener.stop()));
  await worker.stop();
  program.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const STREAM: ThreadOutputConfig = {
  ref: 'program',
  type: 'stream',
  isDelayed: true,
  name: 'Radio',
  bitrateKbps: 96,
  maxListeners: 2,
};

function icecast(port: number, password = SOURCE_PASSWORD): Extract<OutputConfig, { type: 'icecast' }> {
  return {
    ref: 'ice',
    type: 'icecast',
    isDelayed: false,
    url: `icecast://source:${password}@127.0.0.1:${port}/air.opus`,
    bitrateKbps: 96,
    name: 'Radio Bâobab',
    description: '',
    genre: '',
    isPublic: false,
  };
}

const rtp = (port: number): ThreadOutputConfig => ({
  ref: 'link',
  type: 'rtp',
  isDelayed: true,
  address: '127.0.0.1',
  port,
  encoding: 'L24',
  ptimeMs: 1,
  ttl: 1,
  interfaceAddress: '127.0.0.1',
  name: 'Radio',
});

function get(path: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request({ socketPath: join(folder, 'program.sock'), path }, resolve)
    .on('error', reject)
    .end();
  return promise;
}

function listen(input: readonly string[], source?: IncomingMessage): Listener {
  const listener = new Listener(input, source);
  listeners.push(listener);
  return listener;
}

async function listenToProgram(): Promise<Listener> {
  return listen(['-f', 'ogg', '-i', 'pipe:0'], await get('/program'));
}

/** What an output said last. */
const saysLast = (ref: string): OutputsReport | undefined =>
  reports.findLast((report) => report.type === 'state' && report.ref === ref);

/** What it says when it is in this state. */
async function until(ref: string, state: string): Promise<OutputsReport | undefined> {
  await vi.waitFor(() => expect(saysLast(ref)).toMatchObject({ state }), PATIENCE);
  return saysLast(ref);
}

async function start(...outputs: ThreadOutputConfig[]): Promise<void> {
  worker.configure(outputs);
  await vi.waitFor(() => expect(existsSync(join(folder, 'program.sock'))).toBe(true), PATIENCE);
  await vi.waitFor(() => expect(reports.some(({ type }) => type === 'state')).toBe(true), PATIENCE);
}

describe.skipIf(!HAS_FFMPEG)('the program over HTTP', () => {
  it('is heard by all who come, early or late, each from the beginning of a stream', async () => {
    await start(STREAM);
    const early = await listenToProgram();
    expect(await early.hears(AFTER_HZ)).toBe('heard');
    const late = await listenToProgram();
    expect(await late.hears(AFTER_HZ)).toBe('heard');
    await vi.waitFor(() => expect(reports).toContainEqual({ type: 'listeners', count: 2 }), PATIENCE);
  });

  it('goes silent when the program does, and does not stop', async () => {
    await start({ ...STREAM, isDelayed: false });
    const listener = await listenToProgram();
    expect(await listener.hears(BEFORE_HZ)).toBe('heard');
    program.isOnAir = false;
    expect(await listener.hears(null)).toBe('heard');
    program.isOnAir = true;
    expect(await listener.hears(BEFORE_HZ)).toBe('heard');
  });

  it('is for so many listeners as are allowed', async () => {
    await start({ ...STREAM, maxListeners: 1 });
    const first = await get('/program');
    expect(first.statusCode).toBe(200);
    expect(first.headers['content-type']).toBe('audio/ogg; codecs=opus');
    expect((await get('/program')).statusCode).toBe(503);
    first.destroy();
    await vi.waitFor(async () => {
      const next = await get('/program');
      next.destroy();
      expect(next.statusCode).toBe(200);
    }, PATIENCE);
  });

  it('is nowhere while there is no such output', async () => {
    await start(rtp(9));
    expect((await get('/program')).statusCode).toBe(404);
  });
});

describe.skipIf(!HAS_FFMPEG || !HAS_ICECAST)('the program at an Icecast server', () => {
  let server: IcecastServer;

  beforeEach(async () => {
    server = await IcecastServer.start();
  });

  afterEach(() => server.close());

  const mount = (): string[] => ['-i', `http://127.0.0.1:${server.port}/air.opus`];

  it('is heard there, and again after the server was restarted, with no hand on it', async () => {
    await start(icecast(server.port));
    await until('ice', 'running');
    expect(await listen(mount()).hears(BEFORE_HZ)).toBe('heard');
    await server.stop();
    await until('ice', 'failed');
    await server.start();
    await until('ice', 'running');
    expect(await listen(mount()).hears(BEFORE_HZ)).toBe('heard');
  });

  it('says what the server has against it', async () => {
    await start(icecast(server.port, 'wrong'));
    expect(await until('ice', 'failed')).toMatchObject({
      error: 'the server refuses the stream: 401 Authentication Required',
    });
  });
});

describe('an Icecast server that is none', () => {
  let server: Server;
  let sockets: Socket[];

  beforeEach(() => {
    sockets = [];
    server = createServer((socket) => {
      socket.on('error', () => {});
      sockets.push(socket);
    });
  });

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  async function listening(): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('is left when it takes the stream and does not read it', async () => {
    const port = await listening();
    server.on('connection', (socket: Socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        socket.pause();
      });
    });
    const ended = vi.fn<(error: string) => void>();
    const source = new IcecastSource({
      host: '127.0.0.1',
      port,
      isTls: false,
      mount: '/air.opus',
      username: 'source',
      password: 'x',
      headers: {},
      // More than the buffers of both ends hold.
      onAccepted: () => source.write(Buffer.alloc(32 << 20)),
      onEnded: ended,
    });
    await vi.waitFor(
      () => expect(ended.mock.calls).toEqual([['the server takes the stream too slowly']]),
      PATIENCE,
    );
  });

  it('is told by what it says', async () => {
    const port = await listening();
    server.on('connection', (socket: Socket) =>
      socket.once('data', () => socket.end('SSH-2.0-x\r\n'.repeat(2_000))),
    );
    await start(icecast(port));
    expect(await until('ice', 'failed')).toMatchObject({ error: 'the server does not speak HTTP' });
  });

  it('sends its request line by line, whatever the station is called', async () => {
    const port = await listening();
    let asked = '';
    server.on('connection', (socket: Socket) =>
      socket.on('data', (bytes: Buffer) => (asked += bytes.toString())),
    );
    await start({ ...icecast(port), name: 'Radio\r\nEvil: yes', isPublic: true });
    await vi.waitFor(() => expect(asked).toContain('\r\n\r\n'), PATIENCE);
    const lines = asked.split('\r\n');
    expect(lines[0]).toBe('PUT /air.opus HTTP/1.1');
    expect(lines).toContain(
      `Authorization: Basic ${Buffer.from(`source:${SOURCE_PASSWORD}`).toString('base64')}`,
    );
    expect(lines).toContain('Expect: 100-continue');
    expect(lines).toContain('Ice-Name: Radio Evil: yes');
    expect(lines).toContain('Ice-Public: 1');
    expect(lines).not.toContain('Evil: yes');
  });
});

describe.skipIf(!HAS_FFMPEG)('the program as RTP', () => {
  it.each([
    ['L24', 1],
    ['L16', 20],
  ] as const)(
    'is heard by whoever has its description: %s in packets of %d ms',
    async (encoding, ptimeMs) => {
      await start({ ...rtp(await freePort()), encoding, ptimeMs } as ThreadOutputConfig);
      const description = await get('/link.sdp');
      expect(description.headers['content-type']).toBe('application/sdp');
      const sdp = join(folder, 'link.sdp');
      writeFileSync(
        sdp,
        await description
          .setEncoding('utf8')
          .toArray()
          .then((parts) => parts.join('')),
      );
      const listener = listen(['-protocol_whitelist', 'file,udp,rtp', '-i', sdp]);
      expect(await listener.hears(AFTER_HZ)).toBe('heard');
      expect(saysLast('link')).toMatchObject({ state: 'running' });
    },
  );
});

describe('the program to a sound device', () => {
  /** Stands before the platform's own program of the name. */
  function standIn(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  }
  const DEVICE = { ref: 'desk', type: 'device', isDelayed: true, program: 'aplay', device: 'hw:1' } as const;

  it('is given to the program of the platform, with the device that is set', async () => {
    standIn('aplay', `echo "$@" > ${folder}/arguments; exec cat > ${folder}/sound`);
    await start(DEVICE);
    await until('desk', 'running');
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).toBe(
      '-q -t raw -f S16_LE -r 48000 -c 1 -D hw:1 -\n',
    );
    await vi.waitFor(() => {
      const bytes = readFileSync(join(folder, 'sound'));
      const samples = Float32Array.from({ length: Math.floor(bytes.length / 2) }, (_, at) =>
        bytes.readInt16LE(at * 2),
      );
      const latest = samples.slice(-24_000).map((value) => value / 32_768);
      expect(latest).toHaveLength(24_000);
      expect(toneLevelDb(latest, 48_000, AFTER_HZ)).toBeCloseTo(-12, 0);
    }, PATIENCE);
  });

  it.skipIf(!HAS_APLAY)(
    'is played by aplay, where there is one, here to a device that is a file',
    async () => {
      const file = join(folder, 'played.raw');
      const device = `pcm.tofile { type file slave.pcm "null" file "${file}" format "raw" }`;
      writeFileSync(join(folder, '.asoundrc'), `${device}\n`);
      vi.stubEnv('HOME', folder);
      await start({ ...DEVICE, device: 'tofile' });
      await vi.waitFor(() => {
        const bytes = readFileSync(file).subarray(-48_000);
        const samples = Float32Array.from(
          { length: bytes.length / 2 },
          (_, at) => bytes.readInt16LE(at * 2) / 32_768,
        );
        expect(samples).toHaveLength(24_000);
        expect(toneLevelDb(samples, 48_000, AFTER_HZ)).toBeCloseTo(-12, 0);
      }, PATIENCE);
    },
  );

  it('says why the program ended, and starts it again', async () => {
    standIn('aplay', `echo x >> ${folder}/starts; echo "cannot open hw:1" >&2; exit 1`);
    await start(DEVICE);
    expect(await until('desk', 'failed')).toMatchObject({ error: 'aplay ended (1): cannot open hw:1' });
    await vi.waitFor(
      () => expect(readFileSync(join(folder, 'starts'), 'utf8')).toMatch(/^(x\n){3}/),
      PATIENCE,
    );
  });

  it('says that the program is not there', async () => {
    vi.stubEnv('PATH', folder);
    await start(DEVICE);
    expect(await until('desk', 'failed')).toMatchObject({ error: 'aplay is not installed' });
  });

  it.skipIf(!HAS_FFMPEG)('makes a sound file of ffmpeg’s when its device is one', async () => {
    const file = join(folder, 'air.wav');
    const ffmpeg = new PipedProgram({
      command: 'ffmpeg',
      args: ['-loglevel', 'error', '-f', 's16le', '-ar', '48000', '-ac', '1', '-i', 'pipe:0', file],
      report: () => {},
    });
    const second = Buffer.alloc(96_000);
    for (let at = 0; at < 48_000; at++)
      second.writeInt16LE(8_000 * Math.sin((2 * Math.PI * 500 * at) / 48_000), at * 2);
    ffmpeg.write(second);
    ffmpeg.close();
    await vi.waitFor(() => {
      const wav = parseWav(readFileSync(file));
      if (!wav.ok) throw new Error(wav.code);
      expect(readFileSync(file).length).toBeGreaterThan(96_000);
    }, PATIENCE);
  });
});

describe('the outputs thread', () => {
  it('is started again when it dies, and goes on with what is set', async () => {
    // Not the place for a socket, and not to be removed.
    mkdirSync(join(folder, 'program.sock'));
    worker.configure([STREAM]);
    await vi.waitFor(() => expect(deaths.length).toBeGreaterThan(0), PATIENCE);
    rmdirSync(join(folder, 'program.sock'));
    await vi.waitFor(async () => {
      const listener = await get('/program');
      listener.destroy();
      expect(listener.statusCode).toBe(200);
    }, PATIENCE);
  });

  it('leaves alone what stays as it is when something else is configured', async () => {
    await start(STREAM);
    const listener = await get('/program');
    let hasEnded = false;
    listener.on('close', () => (hasEnded = true)).resume();
    worker.configure([{ ...STREAM }, rtp(await freePort())]);
    await until('link', 'running');
    expect(hasEnded).toBe(false);
    worker.configure([]);
    await vi.waitFor(() => expect(hasEnded).toBe(true), PATIENCE);
  });
});
