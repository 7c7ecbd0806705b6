/**
 * The studio desk without a telephone: real RTP of ffmpeg, and programs that stand in for those of a sound card, at a real
 * engine with a real caller. One engine for all, which is set anew from test to test as in a station.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRtpView, parseRtp, toneLevelDb } from '@openline/engine';
import type { StudioConfig } from '@openline/engine';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import type { PhoneCall } from './phone-call.ts';
import { tone } from './sources.ts';
import { ENGINE_CONFIG, EngineProcess, eventually } from './testing/engine-process.ts';

const HAS_FFMPEG = spawnSync('ffmpeg', ['-version']).status === 0;
const CALLER_HZ = 601;
const STUDIO_HZ = 1709;
const RATE = 48_000;
/** Of ffmpeg's sine; of one that it has spread over two channels. */
const STUDIO_DB = -18;
const STEREO_DB = -21;

let engine: EngineProcess;
let folder: string;
let phone: Phone;
let call: PhoneCall;
let feeds = 0;
const children: ChildProcess[] = [];
const sockets: Socket[] = [];

/** Stands before the platform's own program of the name. */
function standIn(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openline-studio-'));
  engine = await EngineProcess.start({ PATH: `${folder}:${process.env['PATH']}` });
  phone = await createPhone({ host: engine.host });
  call = await phone.call(engine.uri, { from: '+220601', codec: 'L16', source: tone(CALLER_HZ, -20) });
  const { leg } = await engine.until('leg.offered');
  await engine.request('leg.answer', { leg, place: { kind: 'air' } });
  await engine.until('leg.media', (event) => event.leg === leg);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const socket of sockets.splice(0)) socket.close();
  await configure(null);
});

afterAll(async () => {
  await phone.close();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function configure(studio: StudioConfig | null): Promise<void> {
  await engine.request('engine.configure', { config: { ...ENGINE_CONFIG, studio } });
}

/** On air, as the server has it there. */
async function putOnAir(studio: StudioConfig): Promise<string> {
  await configure(studio);
  const leg = `feed-${++feeds}`;
  const target = { kind: 'studio', ref: 'host' } as const;
  const from = { number: null, displayName: null };
  await engine.request('leg.dial', { leg, target, from, place: { kind: 'host' }, levels: {}, tag: {} });
  await engine.until('leg.media', (event) => event.leg === leg);
  return leg;
}

/** What the studio's state became last. */
async function untilState(side: 'input' | 'return', state: string, error?: string): Promise<void> {
  await eventually(`${side} ${state}`, () => {
    const last = engine.events.findLast(({ event }) => event === 'studio.state');
    const said = last?.event === 'studio.state' ? last.data.studio?.[side] : null;
    return said?.state === state && (error === undefined || said.error === error);
  });
}

/** Waits until half a second of the latest sound is as wanted; says what it was otherwise. */
async function hears(latest: () => Float32Array, wanted: { [hz: number]: number }): Promise<string> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const samples = latest();
    const levels = Object.keys(wanted).map((hz) => toneLevelDb(samples, RATE, Number(hz)));
    const isAsWanted = Object.values(wanted).every((db, index) => {
      const level = levels[index]!;
      return db > -60 ? Math.abs(level - db) < 1.5 : level < db;
    });
    if (samples.length >= RATE / 2 && isAsWanted) return 'as wanted';
    if (performance.now() > deadline) return JSON.stringify(levels);
  }
}

const ofCaller = (): Float32Array => call.rtp.hearing.last(500).samples;

/** A tone as a mixing desk on the network sends it. */
function sendTone(port: number, more: readonly string[] = []): ChildProcess {
  const tones = ['-re', '-t', '300', '-f', 'lavfi', '-i', `sine=frequency=${STUDIO_HZ}:sample_rate=${RATE}`];
  const output = ['-ac', '2', '-c:a', 'pcm_s16be', ...more, '-f', 'rtp', `rtp://127.0.0.1:${port}`];
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...tones, ...output], {
    stdio: 'ignore',
  });
  children.push(child);
  return child;
}

/** Hears the return. */
async function receiver(): Promise<{ port: number; latest: () => Float32Array }> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const heard = new Float32Array(RATE / 2);
  const view = createRtpView();
  socket.on('message', (bytes) => {
    if (parseRtp(bytes, bytes.length, view) !== 'ok') return;
    const count = view.payloadLength / 2;
    heard.copyWithin(0, count);
    for (let index = 0; index < count; index++) {
      heard[heard.length - count + index] = bytes.readInt16BE(view.payloadOffset + index * 2) / 0x8000;
    }
  });
  return { port: (socket.address() as AddressInfo).port, latest: () => heard };
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

const rtpInput = (port: number): StudioConfig['input'] => ({
  type: 'rtp',
  address: '127.0.0.1',
  port,
  encoding: 'L16',
  sampleRate: RATE,
  channels: 2,
  interfaceAddress: null,
  source: null,
});

const rtpReturn = (port: number): StudioConfig['return'] => ({
  type: 'rtp',
  address: '127.0.0.1',
  port,
  encoding: 'L16',
  ptimeMs: 5,
  ttl: 1,
  interfaceAddress: null,
});

const DEVICE = {
  input: { type: 'device', program: 'aplay', device: 'hw:1', channels: 1 },
  return: { type: 'device', program: 'aplay', device: 'hw:1' },
} as const;

describe.skipIf(!HAS_FFMPEG)('a studio desk by RTP', () => {
  it('is on air, and hears everybody but itself', async () => {
    const port = await freePort();
    const back = await receiver();
    sendTone(port);
    await putOnAir({ input: rtpInput(port), return: rtpReturn(back.port) });
    await untilState('input', 'running');
    await untilState('return', 'running');
    expect(await hears(ofCaller, { [STUDIO_HZ]: STEREO_DB, [CALLER_HZ]: -70 })).toBe('as wanted');
    expect(await hears(back.latest, { [CALLER_HZ]: -20, [STUDIO_HZ]: -70 })).toBe('as wanted');
  });

  it('is silent while nothing comes, says so, and is heard again when something does', async () => {
    const port = await freePort();
    const former = sendTone(port);
    const leg = await putOnAir({ input: rtpInput(port), return: null });
    expect(await hears(ofCaller, { [STUDIO_HZ]: STEREO_DB })).toBe('as wanted');
    former.kill('SIGKILL');
    await untilState('input', 'failed', `nothing comes to 127.0.0.1 ${port}`);
    expect(await hears(ofCaller, { [STUDIO_HZ]: -70 })).toBe('as wanted');
    sendTone(port);
    await untilState('input', 'running');
    expect(await hears(ofCaller, { [STUDIO_HZ]: STEREO_DB })).toBe('as wanted');
    expect(engine.events.some(({ event, data }) => event === 'leg.ended' && data.leg === leg)).toBe(false);
  });
});

describe.skipIf(!HAS_FFMPEG)('a studio desk by a sound device', () => {
  const capture = `echo "$@" > $(dirname $0)/captured; echo $$ > $(dirname $0)/pid
exec ffmpeg -loglevel error -re -t 300 -f lavfi -i sine=frequency=${STUDIO_HZ}:sample_rate=${RATE} -f s16le -flush_packets 1 pipe:1`;

  /** The newest half second that the sound card was given. */
  function played(): Float32Array {
    const file = join(folder, 'played');
    const bytes = existsSync(file) ? readFileSync(file).subarray(-RATE) : Buffer.alloc(0);
    const count = Math.floor(bytes.length / 2);
    return Float32Array.from({ length: count }, (_, at) => bytes.readInt16LE(at * 2) / 0x8000);
  }

  it('is on air by the capture program of the platform, and hears everybody but itself', async () => {
    standIn('arecord', capture);
    standIn('aplay', `exec cat > ${join(folder, 'played')}`);
    await putOnAir(DEVICE);
    await untilState('input', 'running');
    expect(readFileSync(join(folder, 'captured'), 'utf8')).toBe(
      '--period-time=10000 --buffer-time=60000 -q -t raw -f S16_LE -r 48000 -c 1 -D hw:1\n',
    );
    expect(await hears(ofCaller, { [STUDIO_HZ]: STUDIO_DB, [CALLER_HZ]: -70 })).toBe('as wanted');
    expect(await hears(played, { [CALLER_HZ]: -20, [STUDIO_HZ]: -70 })).toBe('as wanted');
  });

  it('takes the place of RTP in the call that there is', async () => {
    standIn('arecord', capture);
    const leg = await putOnAir({ input: rtpInput(await freePort()), return: null });
    await configure({ ...DEVICE, return: null });
    expect(await hears(ofCaller, { [STUDIO_HZ]: STUDIO_DB })).toBe('as wanted');
    expect(engine.events.some(({ event, data }) => event === 'leg.ended' && data.leg === leg)).toBe(false);
  });

  it('is silent while the program is gone, and comes back with it', async () => {
    standIn('arecord', capture);
    standIn('aplay', 'exec cat > /dev/null');
    await putOnAir(DEVICE);
    expect(await hears(ofCaller, { [STUDIO_HZ]: STUDIO_DB })).toBe('as wanted');
    standIn('arecord', 'echo "no such device" >&2; exit 1');
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
    await untilState('input', 'failed', 'arecord ended (1): no such device');
    expect(await hears(ofCaller, { [STUDIO_HZ]: -70 })).toBe('as wanted');
    standIn('arecord', capture);
    await untilState('input', 'running');
    expect(await hears(ofCaller, { [STUDIO_HZ]: STUDIO_DB })).toBe('as wanted');
  });
});

describe('a studio desk that is not set', () => {
  it('cannot be reached, and one that is taken out of the settings is gone', async () => {
    const dial = {
      leg: 'nowhere',
      target: { kind: 'studio', ref: 'host' },
      from: { number: null, displayName: null },
      place: { kind: 'host' },
      levels: {},
      tag: {},
    } as const;
    await expect(engine.request('leg.dial', dial)).rejects.toThrow('no studio feed is set');
    standIn('arecord', 'exec sleep 600');
    const leg = await putOnAir({ ...DEVICE, return: null });
    await configure(null);
    expect(await engine.until('leg.ended', (event) => event.leg === leg)).toMatchObject({ cause: 'normal' });
  });
});
