/**
 * Callers on air without outputs and then with many, well behaved and not: what outputs cost the clock of the calls.
 */
import { request, type IncomingMessage } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { OutputConfig } from '@openline/engine';
import type { Distribution } from '../distribution.ts';
import { EngineUnderTest } from '../engine-under-test.ts';
import { Load } from '../load.ts';
import { cpuShare, readCpuTimes } from '../process-usage.ts';
import { Witness } from '../witness.ts';

const BITRATE_KBPS = 96;
const LISTENERS = 20;
const STUCK_LISTENERS = 3;
const HANG_UP_EVERY_MS = 1_000;
const DEADLINE_MS = 30_000;
/** The first seconds belong to compilers and jitter buffers. */
const SETTLE_MS = 8_000;

export interface Cost {
  tickMs: Distribution;
  witnessMs: Distribution;
  busyMs: number;
  overruns: number;
  cpuPercent: number;
}

export interface OutputFigures {
  without: Cost;
  with: Cost;
  /** Of the bytes that were due, in percent. */
  receivedPercent: number;
}

export async function measureOutputs(legs: number, seconds: number): Promise<OutputFigures> {
  const engine = await EngineUnderTest.start();
  const load = await Load.start();
  const witness = new Witness();
  const servers: Server[] = [];
  const streams: IncomingMessage[] = [];
  try {
    await load.call(engine.target, legs);
    await engine.control.request('program.set', { isOnAir: true });
    await pause(SETTLE_MS);
    const without = await cost(engine, witness, seconds);

    const [steady, fickle] = [await icecast(servers, null), await icecast(servers, HANG_UP_EVERY_MS)];
    await engine.sendProgramTo(outputsTo(steady, fickle));
    const heard = { bytes: 0 };
    for (let index = 0; index < LISTENERS; index++) {
      const stream = await listen(engine.programSocket);
      streams.push(stream);
      if (index === 0) stream.on('data', (bytes: Buffer) => (heard.bytes += bytes.length));
      else if (index >= STUCK_LISTENERS) stream.resume();
    }
    await pause(SETTLE_MS);
    const before = heard.bytes;
    const fromMs = performance.now();
    const withOutputs = await cost(engine, witness, seconds);
    const dueBytes = (BITRATE_KBPS / 8) * (performance.now() - fromMs);
    return { without, with: withOutputs, receivedPercent: (100 * (heard.bytes - before)) / dueBytes };
  } finally {
    for (const stream of streams) stream.destroy();
    for (const server of servers) server.close();
    await load.stop();
    await witness.stop();
    await engine.stop();
  }
}

async function cost(engine: EngineUnderTest, witness: Witness, seconds: number): Promise<Cost> {
  engine.forgetClock();
  await witness.latenessMs();
  const cpuBefore = readCpuTimes(engine.pid);
  await pause(seconds * 1_000);
  const cpuPercent = cpuShare(cpuBefore, readCpuTimes(engine.pid))?.processPercent ?? Number.NaN;
  const { latenessMs, busyMs, overruns } = engine.clock();
  return { tickMs: latenessMs, witnessMs: await witness.latenessMs(), busyMs, overruns, cpuPercent };
}

function outputsTo(steadyPort: number, ficklePort: number): OutputConfig[] {
  const isDelayed = true;
  const icecastAt = (ref: string, port: number): OutputConfig => ({
    ref,
    type: 'icecast',
    isDelayed,
    url: `icecast://source:x@127.0.0.1:${port}/air.opus`,
    bitrateKbps: BITRATE_KBPS,
    name: 'bench',
    description: '',
    genre: '',
    isPublic: false,
  });
  const rtpOf = (ref: string, ptimeMs: 1 | 20): OutputConfig => ({
    ref,
    type: 'rtp',
    isDelayed,
    address: '239.69.83.1',
    port: 5_004 + ptimeMs * 2,
    encoding: 'L24',
    ptimeMs,
    ttl: 1,
    interfaceAddress: '127.0.0.1',
    name: 'bench',
  });
  return [
    {
      ref: 'program',
      type: 'stream',
      isDelayed,
      name: 'bench',
      bitrateKbps: BITRATE_KBPS,
      maxListeners: LISTENERS,
    },
    icecastAt('steady', steadyPort),
    icecastAt('fickle', ficklePort),
    icecastAt('absent', 9),
    rtpOf('often', 1),
    rtpOf('seldom', 20),
    { ref: 'device', type: 'device', isDelayed, program: 'ffmpeg', device: 'no-such-device' },
  ];
}

/** Takes every stream, and hangs up again after a while. */
async function icecast(servers: Server[], hangUpMs: number | null): Promise<number> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      socket.resume();
    });
    if (hangUpMs !== null) setTimeout(() => socket.destroy(), hangUpMs);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The outputs may not be there yet. */
async function listen(socketPath: string): Promise<IncomingMessage> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<IncomingMessage | null>();
    request({ socketPath, path: '/program' }, resolve)
      .on('error', () => resolve(null))
      .end();
    const answer = await promise;
    if (answer?.statusCode === 200) return answer;
    answer?.destroy();
    if (performance.now() > deadline) throw new Error('there is no program stream');
    await pause(50);
  }
}
