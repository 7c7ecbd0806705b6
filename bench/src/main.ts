/**
 * `npm run bench`: what the project claims of speed, latency, memory and mix-minus, measured on real processes with
 * real SIP and RTP over loopback. See README.md beside this folder.
 */
import { fork } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measureAudioPath } from './audio-path.ts';
import { fileURLToPath } from 'node:url';
import { codecFigures } from './codec-parts.ts';
import { srtpFigures } from './srtp-parts.ts';
import { runBrowsers } from './browsers/run-browsers.ts';
import { runConsole } from './console/run-console.ts';
import { runHeadset } from './headset/run-headset.ts';
import { runFanout } from './fanout/run-fanout.ts';
import { EngineUnderTest } from './engine-under-test.ts';
import { measureLegs, MEMORY_LEGS } from './measure-legs.ts';
import { readOptions, USAGE, type BenchOptions, type BenchSize } from './options.ts';
import { measureOwnTone, OWN_TONE_CALLERS } from './own-tone.ts';
import { runOutputs } from './outputs/run-outputs.ts';
import { measureParts } from './parts.ts';
import { type Figure, formatTable, verdictOf } from './report.ts';
import { runStorage } from './storage/run-storage.ts';

/** As the launcher starts a server: what the storage is measured with. */
const SERVER_NURSERY = '--max-semi-space-size=4';

const PATH_LEGS = 24;
const AUDIO_PATHS = [
  { codec: 'PCMU', scene: 'air', does: 'on air, levelled' },
  { codec: 'G722', scene: 'air', does: 'on air, levelled' },
  { codec: 'OPUS', scene: 'air', does: 'on air, levelled' },
  { codec: 'OPUS', scene: 'listeners', does: 'one on air, the others hear it' },
  { codec: 'PCMU', scene: 'desk', does: 'SRTP, whispers, recordings, delay building' },
] as const;
/** In three rounds a minute. */
const PATH_ROUNDS = 3;
const PATH_TICKS = 1000;
/** A number that has become an object is 16 bytes: less than one a leg. */
const PATH_BYTES = 10 * PATH_LEGS;

function machine(): string {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${processor}, ${cpus().length} cores, ${type()} ${release()}, Node ${process.version}`;
}

/** The same in a process with that option; its exit code. */
function againWith(option: string): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
    execArgv: [...process.execArgv, option],
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

function partFigures(): Figure[] {
  const parts = measureParts();
  return [
    { name: 'SIP: parse an INVITE with SDP', value: parts.sipParseUs, unit: 'µs', bound: 50 },
    { name: 'RTP: parse a packet', value: parts.rtpParseUs, unit: 'µs', bound: null },
    {
      name: 'RTP: packet to decoder, with jitter buffer',
      value: parts.packetPathUs,
      unit: 'µs',
      bound: null,
    },
    ...parts.resamplers.map(({ from, to, us }) => {
      return {
        name: `resampler: 20 ms, ${from / 1000} to ${to / 1000} kHz`,
        value: us,
        unit: 'µs',
        bound: null,
      };
    }),
    ...AUDIO_PATHS.flatMap(({ codec, scene, does }) => {
      const path = measureAudioPath(PATH_LEGS, codec, PATH_ROUNDS, PATH_TICKS, collectGarbage(), scene);
      const title = `audio path, ${PATH_LEGS} legs of ${codec}: ${does}`;
      return [
        { name: `${title}: a tick`, value: path.tickUs, unit: 'µs', bound: null },
        {
          name: `${title}: left to the collector a tick`,
          value: path.bytesPerTick,
          unit: 'bytes',
          bound: PATH_BYTES,
        },
        { name: `${title}: held after a minute`, value: path.heldBytes / 1024, unit: 'kB', bound: 100 },
      ];
    }),
    { name: 'broadcast delay, a tick: bypass', value: parts.delayBypassUs, unit: 'µs', bound: null },
    { name: 'broadcast delay, a tick: full', value: parts.delayFullUs, unit: 'µs', bound: null },
    { name: 'broadcast delay, a tick: building', value: parts.delayBuildingUs, unit: 'µs', bound: 200 },
    { name: 'broadcast delay, a tick: draining', value: parts.delayDrainingUs, unit: 'µs', bound: 200 },
  ];
}

function collectGarbage(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
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

async function run(options: BenchOptions): Promise<number> {
  const all: Figure[] = [];
  const problems: string[] = [];
  const show = (title: string, figures: readonly Figure[]) => {
    all.push(...figures.map((figure) => ({ ...figure, name: `${title}: ${figure.name}` })));
    console.log(`\n${title}\n${formatTable(figures)}`);
  };

  const isWhole = options.codec === 'PCMU';
  if (options.target === null) {
    // Fills the compile cache, as the first start of an installation does.
    await (await EngineUnderTest.start()).stop();
    if (isWhole) {
      show('Parts', partFigures());
      show('Codecs', [...codecFigures(), ...srtpFigures()]);
    }
  }
  const isMemoryDue =
    options.target === null && isWhole && !options.sizes.some(({ legs }) => legs === MEMORY_LEGS);
  const memorySize: BenchSize = { legs: MEMORY_LEGS, packetIo: 'batched' };
  const sizes = isMemoryDue ? [...options.sizes, memorySize] : options.sizes;
  for (const size of sizes.toSorted((a, b) => a.legs - b.legs)) {
    const { legs, packetIo } = size;
    const measured = await measureLegs(size, options);
    show(
      `${legs} legs of ${options.codec} on one bus, packets ${packetIo === 'dgram' ? 'by node:dgram' : 'in batches'}`,
      measured.figures,
    );
    problems.push(...measured.problems.map((problem) => `${legs} legs: ${problem}`));
  }
  if (isWhole) show(`${OWN_TONE_CALLERS} callers, a tone each`, await ownToneFigures(options));

  const over = all.filter((figure) => verdictOf(figure) === 'over bound');
  if (options.isJson) console.log(JSON.stringify({ machine: machine(), figures: all, problems }));
  for (const problem of problems) console.log(`problem: ${problem}`);
  console.log(over.length === 0 ? '\nall within bounds' : `\n${over.length} over bound`);
  return options.isStrict && (over.length > 0 || problems.length > 0) ? 1 : 0;
}

if (process.argv[2] === 'codecs') {
  console.log(
    `npm run bench -- codecs\n${machine()}\n\n${formatTable([...codecFigures(), ...srtpFigures()])}`,
  );
  process.exit(0);
}
if (process.argv[2] === 'parts') {
  console.log(`npm run bench -- parts\n${machine()}\n\n${formatTable(partFigures())}`);
  process.exit(0);
}
if (process.argv[2] === 'fanout') {
  console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}\n${machine()}`);
  process.exit(await runFanout(process.argv.slice(3)));
}
if (process.argv[2] === 'browsers') {
  console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}\n${machine()}`);
  process.exit(await runBrowsers(process.argv.slice(3)));
}
if (process.argv[2] === 'headset') {
  console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}\n${machine()}`);
  process.exit(await runHeadset(process.argv.slice(3)));
}
if (process.argv[2] === 'outputs') {
  console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}\n${machine()}`);
  process.exit(await runOutputs(process.argv.slice(3)));
}
if (process.argv[2] === 'console') {
  console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}\n${machine()}`);
  process.exit(await runConsole(process.argv.slice(3)));
}
if (process.argv[2] === 'storage') {
  if (!process.execArgv.includes(SERVER_NURSERY)) process.exit(await againWith(SERVER_NURSERY));
  console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}\n${machine()}`);
  process.exit(await runStorage(process.argv.slice(3)));
}
const read = readOptions(process.argv.slice(2));
if (!read.ok) {
  console.error(`${read.msg}\n\n${USAGE}`);
  process.exit(64);
}
console.log(`npm run bench -- ${process.argv.slice(2).join(' ')}`.replace(/ -- $/, ''));
console.log(machine());
if (read.options.target !== null) console.log(`calling ${read.options.target}`);
process.exit(await run(read.options));
