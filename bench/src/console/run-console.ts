/** `npm run bench -- console`: reads its options, measures, prints. Called by main.ts. */
import { distributionOf } from '../distribution.ts';
import { type Figure, formatTable, verdictOf } from '../report.ts';
import { readRunOptions, refuseRun } from '../run-options.ts';
import { BusyDesk } from './busy-desk.ts';
import { measureFirstPaint, measureWork } from './measure-desk.ts';

const USAGE = `npm run bench -- console [options]
  --strips N          strips, each with a caller (default 24)
  --seconds SECONDS   for so long (default 60)
  --rounds N          loads of the page (default 9)
  --strict            exit code 1 when a figure is over its bound`;

const ON_AIR = 4;

export async function runConsole(args: string[]): Promise<number> {
  const read = readRunOptions(args, {
    strips: { default: 24, from: 1, to: 600 },
    seconds: { default: 60, from: 1, to: 600 },
    rounds: { default: 9, from: 1, to: 600 },
  });
  if (!read.ok) return refuseRun(read.msg, USAGE);
  const { isStrict } = read.options;
  const { strips, seconds, rounds } = read.options.numbers;

  const desk = await BusyDesk.start(strips, ON_AIR);
  try {
    const paint = await measureFirstPaint(desk.product, rounds);
    const first = [
      ...spread('first paint', paint.firstPaintMs),
      ...spread('the desk with its strips', paint.deskMs),
    ];
    first.push({
      name: "page's main thread until then, median",
      value: distributionOf(paint.ranMs).p50,
      unit: 'ms',
      bound: null,
    });
    console.log(`\nThe signed-in desk, loaded for the first time\n${formatTable(first)}`);
    const work = await measureWork(desk.product, seconds);
    const show: Figure[] = [
      { name: 'scripting', value: work.scriptPercent, unit: '% of a core', bound: 10 },
      { name: 'style and layout', value: work.layoutPercent, unit: '% of a core', bound: null },
      { name: 'everything on the main thread', value: work.taskPercent, unit: '% of a core', bound: null },
      { name: 'tasks', value: work.tasks.count, unit: '', bound: null },
      { name: 'tasks that ran over 50 ms', value: work.tasks.long, unit: '', bound: 0 },
      { name: 'longest of them', value: work.tasks.longestMs, unit: 'ms', bound: 50 },
      { name: 'the same by the clock', value: work.tasks.longByClock, unit: '', bound: null },
      { name: 'longest by the clock', value: work.tasks.longestByClockMs, unit: 'ms', bound: null },
      { name: 'heap', value: work.heapMb, unit: 'MB', bound: null },
      { name: 'heap grew by', value: work.heapGrowthMb, unit: 'MB', bound: 1 },
      { name: 'elements more than before', value: work.nodesGrowth, unit: '', bound: 50 },
      { name: 'listeners more than before', value: work.listenersGrowth, unit: '', bound: 50 },
      { name: 'witness lateness, p99', value: work.witnessMs.p99, unit: 'ms', bound: null },
      { name: 'witness lateness, at most', value: work.witnessMs.max, unit: 'ms', bound: null },
    ];
    console.log(`\n${work.strips} strips with a caller each, for ${seconds} s\n${formatTable(show)}`);
    const over = [...first, ...show].filter((figure) =>
      ['over bound', 'not measured'].includes(verdictOf(figure)),
    );
    console.log(over.length === 0 ? '\nall within bounds' : `\n${over.length} over bound`);
    return isStrict && over.length > 0 ? 1 : 0;
  } finally {
    await desk.stop();
  }
}

function spread(name: string, valuesMs: readonly number[]): Figure[] {
  const { p50, max } = distributionOf(valuesMs);
  return [
    { name: `${name}, median`, value: p50, unit: 'ms', bound: 1000 },
    { name: `${name}, undisturbed`, value: Math.min(...valuesMs), unit: 'ms', bound: null },
    { name: `${name}, at most`, value: max, unit: 'ms', bound: null },
  ];
}
