/**
 * One size of conference: some legs on one bus, for a while, and what it cost. Called by main.ts for every size.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Distribution } from './distribution.ts';
import { EngineUnderTest } from './engine-under-test.ts';
import { Load } from './load.ts';
import type { BenchOptions, BenchSize } from './options.ts';
import { MAX_PROBES, Probes } from './probes.ts';
import { type CpuShare, cpuShare, readCpuTimes, residentMb } from './process-usage.ts';
import type { Figure } from './report.ts';
import { Witness } from './witness.ts';

/** Where the project makes its claims: within one core, every tick in time, nothing lost. */
const CLAIMS: readonly Readonly<BenchSize & { codec: string }>[] = [
  { codec: 'PCMU', legs: 250, packetIo: 'dgram' },
  { codec: 'PCMU', legs: 250, packetIo: 'batched' },
  { codec: 'PCMU', legs: 500, packetIo: 'dgram' },
  { codec: 'PCMU', legs: 1000, packetIo: 'batched' },
  { codec: 'OPUS', legs: 120, packetIo: 'dgram' },
  { codec: 'OPUS', legs: 120, packetIo: 'batched' },
];
export const MEMORY_LEGS = 24;
const MEDIA_TIMEOUT_MS = 20_000;
const PACKETS_PER_SECOND = 50;

export interface Measurement {
  figures: Figure[];
  /** What went wrong, for people. */
  problems: string[];
}

export async function measureLegs(
  { legs, packetIo }: BenchSize,
  options: BenchOptions,
): Promise<Measurement> {
  const { codec } = options;
  const isClaimed = CLAIMS.some(
    (claim) => claim.codec === codec && claim.legs === legs && claim.packetIo === packetIo,
  );
  const engine = options.target === null ? await EngineUnderTest.start(packetIo) : null;
  const load = await Load.start(packetIo);
  const probes = await Probes.start();
  const witness = new Witness();
  try {
    const emptyMb = engine === null ? null : residentMb(engine.pid);
    const probeCount = Math.min(MAX_PROBES, legs);
    const callee = engine?.target ?? options.target ?? '';
    await load.call(callee, legs - probeCount, codec);
    await probes.call(callee, probeCount, options.measureMs + 5000, codec);
    if (engine !== null) await untilMedia(engine, legs);
    await pause(options.settleMs);

    engine?.forgetClock();
    await witness.latenessMs();
    const countsBefore = await load.counts();
    const lostBefore = engine?.packetsLost ?? 0;
    const engineBefore = engine === null ? null : readCpuTimes(engine.pid);
    const loadBefore = readCpuTimes(load.pid);
    const fromMs = performance.now();
    await pause(options.measureMs);
    const toMs = performance.now();
    const engineCpu = engine === null ? null : cpuShare(engineBefore, readCpuTimes(engine.pid));
    const loadCpu = cpuShare(loadBefore, readCpuTimes(load.pid));
    const witnessMs = await witness.latenessMs();
    const counts = await load.counts();
    const heard = probes.figures(fromMs, toMs);

    const isBound = engine !== null && codec === 'PCMU';
    const duePackets = ((legs - probeCount) * PACKETS_PER_SECOND * (toMs - fromMs)) / 1000;
    const received = counts.received - countsBefore.received;
    const problems = [...(engine?.problems ?? [])];
    if (load.packetIo !== packetIo) problems.push('this machine has no packets in batches: by node:dgram');
    if (heard.missed > 0) problems.push(`${heard.missed} chirps were not heard`);
    return {
      figures: [
        ...(engine === null
          ? []
          : [
              ...engineFigures(engine, { legs, codec, isClaimed }, engineCpu, emptyMb),
              figure(
                'packets that the engine misses',
                engine.packetsLost - lostBefore,
                '',
                isClaimed ? 0 : null,
              ),
            ]),
        figure('packets lost before the callers', counts.lost - countsBefore.lost, '', isClaimed ? 0 : null),
        figure('added latency, mean', heard.delayMs.mean, 'ms', isBound ? 40 : null),
        figure('added latency p99', heard.delayMs.p99, 'ms', isBound ? 50 : null),
        ...spread('packets late at callers', heard.arrivalLatenessMs),
        figure(
          'packets that callers miss',
          duePackets === 0 ? 0 : missingPercent(received, duePackets),
          '%',
          0.5,
        ),
        figure('callers CPU', loadCpu?.processPercent ?? Number.NaN, '%'),
        ...spread('witness lateness', witnessMs),
      ],
      problems,
    };
  } finally {
    await probes.stop();
    await load.stop();
    await witness.stop();
    await engine?.stop();
  }
}

async function untilMedia(engine: EngineUnderTest, legs: number): Promise<void> {
  const deadline = performance.now() + MEDIA_TIMEOUT_MS;
  while (engine.legsWithMedia < legs) {
    if (performance.now() > deadline)
      throw new Error(`only ${engine.legsWithMedia} of ${legs} calls have sound`);
    await pause(50);
  }
}

function engineFigures(
  engine: EngineUnderTest,
  { legs, codec, isClaimed }: { legs: number; codec: string; isClaimed: boolean },
  cpu: CpuShare | null,
  emptyMb: number | null,
): Figure[] {
  const { latenessMs, busyMs, overruns } = engine.clock();
  const mb = residentMb(engine.pid) ?? Number.NaN;
  const { jitterMs, depthMs } = engine.buffers();
  return [
    figure(
      'engine CPU, all threads, of one core',
      cpu?.processPercent ?? Number.NaN,
      '%',
      isClaimed ? 100 : null,
    ),
    figure('engine CPU, media thread', cpu?.busiestThreadPercent ?? Number.NaN, '%'),
    figure('time in a tick, mean', busyMs, 'ms'),
    ...spread('tick lateness', latenessMs, isClaimed ? 2 : null),
    figure('ticks skipped', overruns, '', isClaimed ? 0 : null),
    figure('jitter that the engine sees, mean', jitterMs, 'ms'),
    figure('jitter buffer depth, mean', depthMs, 'ms'),
    figure('engine memory, resident', mb, 'MB', legs === MEMORY_LEGS && codec === 'PCMU' ? 120 : null),
    figure('memory per leg', ((mb - (emptyMb ?? Number.NaN)) * 1024) / legs, 'kB'),
  ];
}

function figure(name: string, value: number, unit: string, bound: number | null = null): Figure {
  return { name, value, unit, bound };
}

function spread(name: string, values: Distribution, p99Bound: number | null = null): Figure[] {
  return [
    figure(`${name} p50`, values.p50, 'ms'),
    figure(`${name} p99`, values.p99, 'ms', p99Bound),
    figure(`${name} max`, values.max, 'ms'),
  ];
}

function missingPercent(received: number, due: number): number {
  return Math.max(0, 100 * (1 - received / due));
}
