/**
 * `npm run bench -- storage`: a station of a million texts, a hundred thousand people and two hundred thousand calls is
 * generated (or found where `--data` says), and asked everything that clients ask.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable, verdictOf, type Figure } from '../report.ts';
import { generateStation, type StationSize } from './generate-station.ts';
import { measureStart, measureStorage, type Group } from './measure-storage.ts';

const USAGE = `npm run bench -- storage [options]
  --messages N --contacts N --calls N --questions N   how many (default 1000000, 100000, 200000, 20000)
  --data FOLDER   keep the generated database there, and use it again
  --only WORDS    only the groups whose titles begin so
  --strict        exit code 1 when a figure is over its bound
  --json          print the figures as JSON too`;

export async function runStorage(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.error(USAGE);
    return 64;
  }
  const folder = options.data ?? mkdtempSync(join(tmpdir(), 'openline-bench-'));
  mkdirSync(folder, { recursive: true });
  const { messages, contacts, calls, questions } = options.size;
  const path = join(folder, `station-${messages}-${contacts}-${calls}-${questions}.sqlite`);
  try {
    if (!existsSync(path)) generateStation(path, options.size, (line) => console.log(line));
    const results: Group[] = [];
    const show = (group: Group): void => {
      results.push(group);
      console.log(`\n${group.title}\n${formatTable(group.figures)}`);
    };
    show({ title: 'start', figures: [measureStart(path)] });
    for await (const group of measureStorage(path, options.size, options.only)) show(group);
    return report(
      results.flatMap(({ figures }) => figures),
      results,
      options,
    );
  } finally {
    if (options.data === null) rmSync(folder, { recursive: true, force: true });
  }
}

interface Options {
  size: StationSize;
  /** null: a folder of its own, removed afterwards. */
  data: string | null;
  /** The beginning of a title; empty: all. */
  only: string;
  isStrict: boolean;
  isJson: boolean;
}

function report(figures: readonly Figure[], results: unknown, { isStrict, isJson }: Options): number {
  const over = figures.filter((figure) => verdictOf(figure) === 'over bound');
  if (isJson) console.log(JSON.stringify(results));
  console.log(over.length === 0 ? '\nall within bounds' : `\n${over.length} over bound`);
  return isStrict && over.length > 0 ? 1 : 0;
}

function readOptions(args: string[]): Options | null {
  try {
    const { values } = parseArgs({
      args,
      options: {
        messages: { type: 'string', default: '1000000' },
        contacts: { type: 'string', default: '100000' },
        calls: { type: 'string', default: '200000' },
        questions: { type: 'string', default: '20000' },
        data: { type: 'string' },
        only: { type: 'string', default: '' },
        strict: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const size = {
      messages: Number(values.messages),
      contacts: Number(values.contacts),
      calls: Number(values.calls),
      questions: Number(values.questions),
    };
    if (Object.values(size).some((count) => !Number.isInteger(count) || count < 1)) return null;
    return {
      size,
      data: values.data ?? null,
      only: values.only,
      isStrict: values.strict,
      isJson: values.json,
    };
  } catch {
    return null;
  }
}
