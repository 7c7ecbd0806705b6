/** `npm run bench -- browsers`: reads its options, measures, prints. Called by main.ts. */
import { parseArgs } from 'node:util';
import { type Figure, formatTable, verdictOf } from '../report.ts';
import { measureBrowsers } from './measure-browsers.ts';

const USAGE = `npm run bench -- browsers [options]
  --browsers N        that connect at once (default 10)
  --seconds SECONDS   of calm before, and of sound after (default 10)
  --strict            exit code 1 when a figure is over its bound`;

export async function runBrowsers(args: string[]): Promise<number> {
  let values: { [name: string]: string | boolean | undefined };
  try {
    values = parseArgs({
      args,
      options: {
        browsers: { type: 'string', default: '10' },
        seconds: { type: 'string', default: '10' },
        strict: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    values = { help: true };
    console.error(error instanceof Error ? error.message : String(error));
  }
  const browsers = Number(values['browsers']);
  const seconds = Number(values['seconds']);
  const areWhole = [browsers, seconds].every((n) => Number.isInteger(n) && n >= 2 && n <= 100);
  if (values['help'] === true || !areWhole) {
    console.error(USAGE);
    return 64;
  }
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
  return values['strict'] === true && isOver ? 1 : 0;
}
