/** `npm run bench -- browsers`: reads its options, measures, prints. Called by main.ts. */
import { type Figure, formatTable, verdictOf } from '../report.ts';
import { readRunOptions, refuseRun } from '../run-options.ts';
import { measureBrowsers } from './measure-browsers.ts';

const USAGE = `npm run bench -- browsers [options]
  --browsers N        that connect at once (default 10)
  --seconds SECONDS   of calm before, and of sound after (default 10)
  --strict            exit code 1 when a figure is over its bound`;

export async function runBrowsers(args: string[]): Promise<number> {
  const read = readRunOptions(args, {
    browsers: { default: 10, from: 2, to: 100 },
    seconds: { default: 10, from: 2, to: 100 },
  });
  if (!read.ok) return refuseRun(read.msg, USAGE);
  const { isStrict } = read.options;
  const { browsers, seconds } = read.options.numbers;
  const measured = await measureBrowsers(browsers, seconds);
  const figures: Figure[] = [
    { name: 'offer to answer, p50', value: measured.answerMs.p50, unit: 'ms', bound: null },
    { name: 'offer to answer, at most', value: measured.answerMs.max, unit: 'ms', bound: null },
    { name: 'offer to open path, p50', value: measured.openMs.p50, unit: 'ms', bound: null },
    { name: 'offer to open path, at most', value: measured.openMs.max, unit: 'ms', bound: null },
    { name: 'tick lateness before, p99', value: measured.calmTickMs.p99, unit: 'ms', bound: null },
    {
      name: 'tick lateness while they connect, p99',
      value: measured.busyTickMs.p99,
      unit: 'ms',
      bound: null,
    },
    {
      name: 'tick lateness while they connect, at most',
      value: measured.busyTickMs.max,
      unit: 'ms',
      bound: 20,
    },
    { name: 'witness: an idle thread then, at most', value: measured.witnessMs.max, unit: 'ms', bound: null },
    { name: 'ticks left out', value: measured.overruns, unit: '', bound: 0 },
    { name: 'from one browser to the other, mean', value: measured.delayMs.mean, unit: 'ms', bound: 150 },
    { name: 'from one browser to the other, p99', value: measured.delayMs.p99, unit: 'ms', bound: 150 },
    { name: 'of that, from tick to browser, p99', value: measured.arrivalMs.p99, unit: 'ms', bound: null },
    { name: 'engine CPU for their sound', value: measured.cpuPercent, unit: '% of a core', bound: null },
  ];
  console.log(`\n${browsers} browsers\n${formatTable(figures)}`);
  const isOver = figures.some((figure) => verdictOf(figure) === 'over bound');
  return isStrict && isOver ? 1 : 0;
}
