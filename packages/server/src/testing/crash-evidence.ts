/**
 * What is there after a crash, as any client may ask for it: of every thing in the ledger, and whether what is counted, what
 * is listed and what lies in the audio folder agree.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type {
  BucketEntry,
  Call,
  ClientEvent,
  Message,
  Person,
  PersonDocument,
  Question,
} from '@openline/protocol';
import type { Card } from './crash-load.ts';
import { newText, personOf, sumsOf, tagsIn, thingOf, type Sums } from './crash-people.ts';
import type { Observer } from './observer.ts';

const READ_AT_ONCE = 400;
const EXPORTED_AT_ONCE = 100;
const PAGE = 500;

interface Lists {
  calls: Call;
  questions: Question;
  messages: Message;
}

export async function readThings(client: Observer, things: readonly string[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  readState(client, found);
  await readBuckets(client, found);
  await readPeople(client, [...named(things, 'person '), ...named(things, 'sums of ')], found);
  for (const call of await byIds(client, 'calls', named(things, 'call '))) {
    found.set(thingOf('call', call.id), tagsIn(call));
  }
  for (const question of await byIds(client, 'questions', named(things, 'question '))) {
    found.set(thingOf('question', question.id), tagsIn(question));
  }
  for (const message of await all(client, 'messages')) {
    found.set(thingOf('message', message.id), tagsIn(message));
    count(found, newText(message.content));
  }
  return found;
}

/** What counts, lists and files say differently, in words. */
export async function disagreements(client: Observer, audioFolder: string): Promise<string[]> {
  const messages = await all(client, 'messages');
  const questions = await all(client, 'questions');
  const calls = await all(client, 'calls');
  const broken: string[] = [];
  for (const { id, messages: texts, questions: asked } of await buckets(client)) {
    const listed = [messages, questions].map(
      (records) => records.filter((each) => each.bucket_id === id).length,
    );
    const [counted, has] = [[texts, asked].join(' and '), listed.join(' and ')];
    if (counted !== has) broken.push(`bucket ${id} counts ${counted}, has ${has}`);
  }
  for (const { id, status } of messages) {
    if (status === 'queued' || status === 'sending') broken.push(`text ${id} is still ${status}`);
  }
  const recorded = calls.flatMap(({ recordings }) => recordings).filter((each) => each.duration_ms > 0);
  const entered = new Set([...questions, ...recorded].map(({ audio_url: url }) => url.split('/').at(-1)));
  const files = new Set(readdirSync(audioFolder));
  for (const name of files) if (!entered.has(name)) broken.push(lostFile(name, audioFolder, calls));
  for (const name of entered) if (!files.has(name ?? '')) broken.push(`${name} is not there`);
  return broken;
}

/** With what there is to know of it: a crash is never seen twice. */
function lostFile(name: string, audioFolder: string, calls: readonly Call[]): string {
  const bytes = statSync(join(audioFolder, name), { throwIfNoEntry: false })?.size ?? 'no';
  const call = calls.find(({ recordings }) => recordings.some(({ audio_url: url }) => url.endsWith(name)));
  const where = call ? `is entered as empty in call ${call.id}` : 'belongs to nothing';
  return `${name} of ${bytes} bytes ${where}`;
}

function named(things: readonly string[], beginning: string): string[] {
  return things.filter((thing) => thing.startsWith(beginning)).map((thing) => thing.slice(beginning.length));
}

function count(found: Map<string, unknown>, thing: string): void {
  found.set(thing, Number(found.get(thing) ?? 0) + 1);
}

function readState({ state }: Observer, found: Map<string, unknown>): void {
  found.set('current bucket', state?.current_bucket);
  found.set('master level', state?.mixer.master.level);
  for (const [id, { level, autoanswer }] of Object.entries(state?.mixer.channels ?? {})) {
    found.set(`level ${id}`, level);
    found.set(`autoanswer ${id}`, autoanswer);
  }
}

async function readBuckets(client: Observer, found: Map<string, unknown>): Promise<void> {
  for (const { id, name, archived: isArchived } of await buckets(client)) {
    count(found, `new bucket ${name.split(' ')[0] ?? ''}`);
    found.set(`bucket ${id}`, { name, isArchived });
  }
}

/** By the document about everything that is kept of a person. */
async function readPeople(
  client: Observer,
  numbers: readonly string[],
  found: Map<string, unknown>,
): Promise<void> {
  for (const some of bundles([...new Set(numbers)], EXPORTED_AT_ONCE)) {
    const documents = await answer<Record<string, PersonDocument>>(client, 'contacts:export', some);
    for (const [number, { person, calls }] of Object.entries(documents ?? {})) {
      const sums: Sums = { calls: person.calls, texts: person.texts, entries: calls.length };
      found.set(personOf(number), cardIn(person));
      found.set(sumsOf(number), sums);
    }
  }
}

/** null: nothing is written on it. */
function cardIn({ name, location, notes, properties, tags, blocked }: Person): Card | null {
  const isEmpty = name === null && location === null && notes === null && tags.length === 0 && !blocked;
  if (isEmpty && Object.keys(properties).length === 0) return null;
  return { name, location, notes, properties, tags, blocked };
}

async function buckets(client: Observer): Promise<BucketEntry[]> {
  const list = await answer<{ buckets: BucketEntry[] }>(client, 'buckets:fetch', {});
  return list?.buckets ?? [];
}

async function byIds<Name extends keyof Lists>(
  client: Observer,
  name: Name,
  ids: readonly string[],
): Promise<Lists[Name][]> {
  const records: Lists[Name][] = [];
  for (const some of bundles(ids, READ_AT_ONCE)) records.push(...(await all(client, name, some)));
  return records;
}

/** Page by page; no `ids`: every one. */
async function all<Name extends keyof Lists>(
  client: Observer,
  name: Name,
  ids: readonly string[] = [],
): Promise<Lists[Name][]> {
  type Page = { cursor: string | null } & Record<Name, Lists[Name][]>;
  const records: Lists[Name][] = [];
  let cursor: string | null = null;
  do {
    const page: Page | undefined = await answer<Page>(client, `${name}:fetch`, { ids, limit: PAGE, cursor });
    records.push(...(page?.[name] ?? []));
    cursor = page?.cursor ?? null;
  } while (cursor !== null);
  return records;
}

/** What came to this client alone; undefined: nothing but refusals. */
async function answer<Data>(client: Observer, event: ClientEvent, data: unknown): Promise<Data | undefined> {
  const { own } = await client.send(event, data);
  return own.find((frame) => frame.event !== 'event_error')?.data as Data | undefined;
}

function bundles<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
