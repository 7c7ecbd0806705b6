/**
 * `npm run bench`: what the project claims of speed, latency, memory and mix-minus, measured on real processes with
 * real SIP and RTP over loopback. See README.md beside this folder.
 */
import { cpus, release } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineUnderTest } from './engine-under-test.ts';
import { Load } from './load.ts';
import { readOptions, USAGE, type BenchOptions } from './options.ts';
import { measureOwnTone, OWN_TONE_CALLERS } from './own-tone.ts';
import { measureParts } from './parts.ts';
import { MAX_PROBES, Probes } from './probes.ts';
import { cpuShare, readCpuTimes, residentMb } from './process-usage.ts';
import { type Figure, formatTable, verdictOf } from './report.ts';
import { Witness } from './witness.ts';

const MEDIA_TIMEOUT_MS = 20_000;
/** Where the project's claims are made. */
const CLAIMED_LEGS = 250;
const MEMORY_LEGS = 24;
const PACKETS_PER_SECOND = 50;

const read = readOptions(process.argv.slice(2));
if (!read.ok) {
  console.error(`${read.msg}\n\n${USAGE}`);
  process.exit(64);
}
const { options } = read;
const all: Figure[] = [];
const problems: string[] = [];

function show(title: string, figures: Figure[]): void {
  all.push(...figures.map((figure) => ({ ...figure, name: `${title}: ${figure.name}` })));
  console.log(`\n${title}\n${formatTable(figures)}`);
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
}

function partFigures(): Figure[] {
  const parts = measureParts();
  return [
    { name: 'SIP: parse an INVITE with SDP', value: parts.sipParseUs, unit: 'µs', bound: 50 },
    { name: 'RTP: parse a packet', value: parts.rtpParseUs, unit: 'µs', bound: null },
    {
      name: 'RTP: packet to decoder, jitter buffer included',
      value: parts.packetPathUs,
      unit: 'µs',
      bound: null,
    },
  ];
}

async function untilMedia(engine: EngineUnderTest, legs: number): Promise<void> {
  const deadline = performance.now() + MEDIA_TIMEOUT_MS;
  while (engine.legsWithMedia < legs) {
    if (performance.now() > deadline)
      throw new Error(`only ${engine.legsWithMedia} of ${legs} calls have sound`);
    await pause(50);
  }
}

async function measureLegs(legs: number, { target, settleMs, measureMs }: BenchOptions): Promise<Figure[]> {
  const engine = target === null ? await EngineUnderTest.start() : null;
  const load = await Load.start();
  const probes = await Probes.start();
  const witness = new Witness();
  try {
    const emptyMb = engine === null ? null : residentMb(engine.pid);
    const callee = engine?.target ?? target ?? '';
    const probeCount = Math.min(MAX_PROBES, legs);
    await load.call(callee, legs - probeCount);
    await probes.call(callee, probeCount, measureMs + 5000);
    if (engine !== null) await untilMedia(engine, legs);
    await pause(settleMs);

    engine?.forgetClock();
    await witness.latenessMs();
    const countsBefore = await load.counts();
    const engineBefore = engine === null ? null : readCpuTimes(engine.pid);
    const loadBefore = readCpuTimes(load.pid);
    const fromMs = performance.now();
    await pause(measureMs);
    const toMs = performance.now();
    const engineCpu = engine === null ? null : cpuShare(engineBefore, readCpuTimes(engine.pid));
    const loadCpu = cpuShare(loadBefore, readCpuTimes(load.pid));
    const witnessMs = await witness.latenessMs();
    const counts = await load.counts();
    const heard = probes.figures(fromMs, toMs);
    if (heard.missed > 0) problems.push(`${legs} legs: ${heard.missed} chirps were not heard`);
    problems.push(...(engine?.problems ?? []).map((problem) => `${legs} legs: ${problem}`));

    const isClaim = legs === CLAIMED_LEGS && engine !== null;
    const isOurs = engine !== null;
    const due = ((legs - probeCount) * PACKETS_PER_SECOND * (toMs - fromMs)) / 1000;
    const figures: Figure[] = [];
    if (engine !== null) {
      const clock = engine.clock();
      const mb = residentMb(engine.pid) ?? Number.NaN;
      figures.push(
        {
          name: 'engine CPU, all threads, of one core',
          value: engineCpu?.processPercent ?? Number.NaN,
          unit: '%',
          bound: isClaim ? 100 : null,
        },
        {
          name: 'engine CPU, media thread',
          value: engineCpu?.busiestThreadPercent ?? Number.NaN,
          unit: '%',
          bound: null,
        },
        { name: 'time in a tick, mean', value: clock.busyMs, unit: 'ms', bound: null },
        { name: 'tick lateness p50', value: clock.latenessMs.p50, unit: 'ms', bound: null },
        { name: 'tick lateness p99', value: clock.latenessMs.p99, unit: 'ms', bound: isClaim ? 2 : null },
        { name: 'tick lateness max', value: clock.latenessMs.max, unit: 'ms', bound: null },
        { name: 'ticks skipped', value: clock.overruns, unit: '', bound: null },
        { name: 'engine memory, resident', value: mb, unit: 'MB', bound: legs === MEMORY_LEGS ? 120 : null },
        {
          name: 'memory per leg',
          value: ((mb - (emptyMb ?? Number.NaN)) * 1024) / legs,
          unit: 'kB',
          bound: null,
        },
      );
    }
    figures.push(
      { name: 'added latency, mean', value: heard.delayMs.mean, unit: 'ms', bound: isOurs ? 40 : null },
      { name: 'added latency p99', value: heard.delayMs.p99, unit: 'ms', bound: isOurs ? 50 : null },
      { name: 'packets late at callers p50', value: heard.arrivalLatenessMs.p50, unit: 'ms', bound: null },
      { name: 'packets late at callers p99', value: heard.arrivalLatenessMs.p99, unit: 'ms', bound: null },
      {
        name: 'packets that callers miss',
        value: due === 0 ? 0 : Math.max(0, 100 * (1 - (counts.received - countsBefore.received) / due)),
        unit: '%',
        bound: 0.5,
      },
      { name: 'callers CPU', value: loadCpu?.processPercent ?? Number.NaN, unit: '%', bound: null },
      { name: 'witness lateness p50', value: witnessMs.p50, unit: 'ms', bound: null },
      { name: 'witness lateness p99', value: witnessMs.p99, unit: 'ms', bound: null },
      { name: 'witness lateness max', value: witnessMs.max, unit: 'ms', bound: null },
    );
    return figures;
  } finally {
    await probes.stop();
    await load.stop();
    await witness.stop();
    await engine?.stop();
  }
}

async function ownToneFigures({ target, settleMs }: BenchOptions): Promise<Figure[]> {
  const engine = target === null ? await EngineUnderTest.start() : null;
  try {
    const own = await measureOwnTone(engine?.target ?? target ?? '', settleMs);
    return [
      { name: 'own tone against the others', value: own.ownBelowOthersDb, unit: 'dB', bound: -60 },
      { name: 'spread of the others', value: own.othersSpreadDb, unit: 'dB', bound: null },
    ];
  } finally {
    await engine?.stop();
  }
}

console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}`.trimEnd());
console.log(machine());
// Fills the compile cache, as the first start of an installation does.
if (options.target === null) await (await EngineUnderTest.start()).stop();
if (options.target === null) show('Parts', partFigures());
else console.log(`calling ${options.target}`);
const legCounts = options.target === null ? [...new Set([...options.legs, MEMORY_LEGS])] : options.legs;
for (const legs of legCounts.sort((a, b) => a - b))
  show(`${legs} legs on one bus`, await measureLegs(legs, options));
show(`${OWN_TONE_CALLERS} callers, a tone each`, await ownToneFigures(options));

if (options.isJson) console.log(JSON.stringify({ machine: machine(), figures: all }));
for (const problem of problems) console.log(`problem: ${problem}`);
const over = all.filter((figure) => verdictOf(figure) === 'over bound');
console.log(over.length === 0 ? '\nall within bounds' : `\n${over.length} over bound`);
process.exit(options.isStrict && (over.length > 0 || problems.length > 0) ? 1 : 0);
