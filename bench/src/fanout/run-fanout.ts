/** `npm run bench -- fanout`: reads its options, measures, prints. Called by main.ts. */
import { type Figure, formatTable, verdictOf } from '../report.ts';
import { readRunOptions, refuseRun } from '../run-options.ts';
import { measureFanout, measureMeters } from './measure-fanout.ts';

const USAGE = `npm run bench -- fanout [options]
  --clients N         consoles that are told of every change (default 500)
  --rounds N          changes, each measured at every console (default 100)
  --meter-clients N   consoles that watch meters (default 50)
  --seconds SECONDS   for so long (default 10)
  --strict            exit code 1 when a figure is over its bound`;

const METERED_CALLS = 24;

export async function runFanout(args: string[]): Promise<number> {
  const read = readRunOptions(args, {
    clients: { default: 500, from: 2, to: 5_000 },
    rounds: { default: 100, from: 2, to: 5_000 },
    'meter-clients': { default: 50, from: 2, to: 5_000 },
    seconds: { default: 10, from: 2, to: 5_000 },
  });
  if (!read.ok) return refuseRun(read.msg, USAGE);
  const { isStrict } = read.options;
  const { clients, rounds, seconds, 'meter-clients': meterClients } = read.options.numbers;

  const told = await measureFanout(clients, rounds);
  const fanout: Figure[] = [
    { name: 'a change reaches a console, p50', value: told.reachMs.p50, unit: 'ms', bound: null },
    { name: 'a change reaches a console, p99', value: told.reachMs.p99, unit: 'ms', bound: 20 },
    { name: 'a change reaches a console, at most', value: told.reachMs.max, unit: 'ms', bound: null },
    { name: 'from the first console to the last, p50', value: told.spreadMs.p50, unit: 'ms', bound: null },
    { name: 'from the first console to the last, p99', value: told.spreadMs.p99, unit: 'ms', bound: null },
    { name: 'server CPU for a change', value: told.serverMs, unit: 'ms', bound: null },
    { name: 'witness: an idle thread is late by, p99', value: told.witnessMs.p99, unit: 'ms', bound: null },
    { name: 'witness: a write to this disk takes, p99', value: told.diskMs.p99, unit: 'ms', bound: null },
    { name: 'changes that did not come', value: told.lostPercent, unit: '%', bound: 0 },
    { name: 'who does not read is cut after', value: told.stalledCutAfterMs, unit: 'ms', bound: 30_000 },
    { name: 'for the others then, p99', value: told.reachWhileStalledMs.p99, unit: 'ms', bound: 20 },
    { name: 'others that lost their connection', value: told.othersClosed, unit: '', bound: 0 },
  ];
  console.log(`\n${clients} consoles\n${formatTable(fanout)}`);
  const metered = await measureMeters(METERED_CALLS, meterClients, seconds);
  const meters: Figure[] = [
    { name: 'server CPU', value: metered.cpuPercent, unit: '% of a core', bound: 15 },
    { name: 'frames at a console', value: metered.framesPerSecond, unit: 'a second', bound: null },
  ];
  console.log(`\nMeters of ${METERED_CALLS} calls to ${meterClients} consoles\n${formatTable(meters)}`);
  const over = [...fanout, ...meters].filter((figure) =>
    ['over bound', 'not measured'].includes(verdictOf(figure)),
  );
  console.log(over.length === 0 ? '\nall within bounds' : `\n${over.length} over bound`);
  return isStrict && over.length > 0 ? 1 : 0;
}
