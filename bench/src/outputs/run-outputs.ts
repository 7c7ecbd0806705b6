/** `npm run bench -- outputs`: reads its options, measures, prints. Called by main.ts. */
import { type Figure, formatTable, verdictOf } from '../report.ts';
import { readRunOptions, refuseRun } from '../run-options.ts';
import { type Cost, measureOutputs } from './measure-outputs.ts';

const USAGE = `npm run bench -- outputs [options]
  --legs N            on air meanwhile (default 24)
  --seconds SECONDS   without outputs, and with them (default 30)
  --strict            exit code 1 when a figure is over its bound`;

export async function runOutputs(args: string[]): Promise<number> {
  const read = readRunOptions(args, {
    legs: { default: 24, from: 2, to: 500 },
    seconds: { default: 30, from: 2, to: 500 },
  });
  if (!read.ok) return refuseRun(read.msg, USAGE);
  const { isStrict } = read.options;
  const { legs, seconds } = read.options.numbers;
  const measured = await measureOutputs(legs, seconds);
  const figures: Figure[] = [
    ...costFigures('without', measured.without, null),
    ...costFigures('with', measured.with, 2),
    { name: 'a listener got of what was due', value: measured.receivedPercent, unit: '%', bound: null },
  ];
  console.log(`\n${legs} legs, without and with outputs\n${formatTable(figures)}`);
  const isOver = figures.some((figure) => verdictOf(figure) === 'over bound');
  return isStrict && isOver ? 1 : 0;
}

function costFigures(name: string, cost: Cost, p99BoundMs: number | null): Figure[] {
  const { tickMs, witnessMs, busyMs, overruns, cpuPercent } = cost;
  return [
    { name: `tick lateness ${name}, p50`, value: tickMs.p50, unit: 'ms', bound: null },
    { name: `tick lateness ${name}, p99`, value: tickMs.p99, unit: 'ms', bound: p99BoundMs },
    { name: `tick lateness ${name}, at most`, value: tickMs.max, unit: 'ms', bound: null },
    { name: `witness: an idle thread then, p99`, value: witnessMs.p99, unit: 'ms', bound: null },
    { name: `ticks skipped ${name}`, value: overruns, unit: '', bound: p99BoundMs === null ? null : 0 },
    { name: `time in a tick ${name}, mean`, value: busyMs, unit: 'ms', bound: null },
    { name: `engine CPU ${name}, of one core`, value: cpuPercent, unit: '%', bound: null },
  ];
}
