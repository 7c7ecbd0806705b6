/**
 * The command line of one measurement (`npm run bench -- fanout …`): whole numbers and switches. A mistake is a sentence
 * above the usage, not an exception. Called by the run-*.ts of each.
 */
import { parseArgs } from 'node:util';

interface WholeNumber {
  default: number;
  from: number;
  to: number;
}

interface RunOptions<Name extends string> {
  numbers: Record<Name, number>;
  /** Those of `switches` that were given. */
  on: ReadonlySet<string>;
  /** Exit code 1 when a figure is over its bound. */
  isStrict: boolean;
}

type RunOptionsResult<Name extends string> =
  | { ok: true; options: RunOptions<Name> }
  | { ok: false; msg: string };

/** `msg` is empty where only the usage was asked for. */
export function readRunOptions<Name extends string>(
  args: string[],
  numbers: Record<Name, WholeNumber>,
  switches: readonly string[] = [],
): RunOptionsResult<Name> {
  const names = Object.keys(numbers) as Name[];
  let values: { [name: string]: unknown };
  try {
    values = parseArgs({
      args,
      options: Object.fromEntries([
        ...names.map((name) => [name, { type: 'string' as const }]),
        ...[...switches, 'strict', 'help'].map((name) => [name, { type: 'boolean' as const }]),
      ]),
    }).values;
  } catch (error) {
    return { ok: false, msg: error instanceof Error ? error.message : String(error) };
  }
  if (values['help'] === true) return { ok: false, msg: '' };
  const read: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const { default: usual, from, to } = numbers[name];
    const value = Number(values[name] ?? usual);
    if (!Number.isInteger(value) || value < from || value > to) {
      return { ok: false, msg: `--${name}: allowed are whole numbers from ${from} to ${to}` };
    }
    read[name] = value;
  }
  const on = new Set(switches.filter((name) => values[name] === true));
  const options = { numbers: read as Record<Name, number>, on, isStrict: values['strict'] === true };
  return { ok: true, options };
}

/** What a command line that cannot be run is answered with; the exit code. */
export function refuseRun(msg: string, usage: string): number {
  if (msg !== '') console.error(`${msg}\n`);
  console.error(usage);
  return 64;
}
