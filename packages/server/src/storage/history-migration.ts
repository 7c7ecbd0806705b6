/**
 * What migration 4 does beyond its SQL: gives the calls and cards that are there their places in the new tables and
 * in the indices of what is listed. Run once, within the migration. All of it is as it was in that version: no store of
 * today writes here, because the tables of today are not there yet.
 */
import type { DatabaseSync } from 'node:sqlite';
import { createNumberPlan } from '../numbers/number-plan.ts';

type NumberPlan = ReturnType<typeof createNumberPlan>;

/** What is looked at of a call as it was written before. */
interface FormerCall {
  id: string;
  type: string;
  openedAt: number;
  endedAt: number | null;
  answeredAt: number | null;
  direction: string | null;
  number: string;
  name: string | null;
  onAirMs: number;
  tags: string[];
  isFavorite?: boolean;
  recordings: { id: string; startedAt: number; durationMs: number | null }[];
}

interface FormerPerson {
  changedAt: number;
  name: string | null;
  location: string | null;
  notes: string | null;
  properties: Record<string, unknown>;
  firstAt: number | null;
  lastAt: number | null;
  calls: number;
  onAirMs: number;
}

export function moveHistory(database: DatabaseSync): void {
  const numbers = createNumberPlan(() => countryOf(database));
  const people = formerPeople(database, numbers);
  moveCalls(database, numbers, people);
  movePeople(database, numbers, people);
  database.exec('DROP TABLE former_recordings; DROP TABLE former_calls; DROP TABLE former_contacts;');
}

function countryOf(database: DatabaseSync): string | null {
  const row = database.prepare("SELECT document ->> '$.station.country' AS country FROM settings").get();
  return typeof row?.['country'] === 'string' ? row['country'] : null;
}

/** A card was one flat document: what is not ours in it are the station's own properties. */
function formerPeople(database: DatabaseSync, numbers: NumberPlan): Map<string, FormerPerson> {
  const people = new Map<string, FormerPerson>();
  const cards = database.prepare(
    'SELECT number, document, changed_at FROM former_contacts ORDER BY changed_at',
  );
  for (const row of cards.iterate()) {
    const document = Object(JSON.parse(String(row['document']))) as Record<string, unknown>;
    const { number: _, name, location, notes, ...properties } = document;
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    const own = Object.entries(properties).filter(([, value]) => value !== null);
    people.set(numbers.idOf(String(row['number'])), {
      ...somebody(Number(row['changed_at'])),
      name: text(name),
      location: text(location),
      notes: text(notes),
      properties: Object.fromEntries(own),
    });
  }
  return people;
}

function somebody(changedAt: number): FormerPerson {
  const card = { name: null, location: null, notes: null, properties: {} };
  return { changedAt, ...card, firstAt: null, lastAt: null, calls: 0, onAirMs: 0 };
}

function moveCalls(database: DatabaseSync, numbers: NumberPlan, people: Map<string, FormerPerson>): void {
  const insert = database.prepare(
    `INSERT INTO calls (position, id, opened_at, is_open, number, person, name, direction, talk_ms, on_air_ms,
       is_favorite, tags, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const index = database.prepare('INSERT INTO call_words (rowid, text) VALUES (?, ?)');
  const addRecording = database.prepare(
    'INSERT INTO recordings (id, call_id, started_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const place = createPlaces();
  for (const row of database.prepare('SELECT document FROM former_calls ORDER BY opened_at, id').iterate()) {
    const { isFavorite, ...call } = JSON.parse(String(row['document'])) as FormerCall;
    const { id, openedAt, endedAt, answeredAt, number, name, onAirMs, recordings } = call;
    const tags = isFavorite ? [...call.tags, 'favorite'] : call.tags;
    const isOpen = endedAt === null || recordings.some(({ durationMs }) => durationMs === null);
    const talkMs = answeredAt === null || endedAt === null ? 0 : Math.max(0, endedAt - answeredAt);
    const person = numbers.idOf(number);
    const who = [number, person, name, call.direction ?? null] as const;
    const sums = [talkMs, onAirMs, isFavorite ? 1 : 0] as const;
    const texts = [JSON.stringify(tags), JSON.stringify({ ...call, tags })] as const;
    const position = place(openedAt);
    insert.run(position, id, openedAt, isOpen ? 1 : 0, ...who, ...sums, ...texts);
    const words = [name ?? '', ...numbers.spellings(number)].flatMap(wordsOf);
    index.run(position, [...words, ...tags.map((tag) => labelOf('t', tag.trim().toLowerCase()))].join(' '));
    for (const recording of recordings) addRecording.run(recording.id, id, recording.startedAt);
    if (person !== '') noteCall(people, person, call);
  }
}

function noteCall(
  people: Map<string, FormerPerson>,
  id: string,
  { type, openedAt, name, onAirMs }: FormerCall,
): void {
  const known = people.get(id);
  if (type !== 'call') {
    if (known) known.onAirMs += onAirMs;
    return;
  }
  const person = known ?? somebody(openedAt);
  person.name ??= name;
  person.calls += 1;
  person.onAirMs += onAirMs;
  person.firstAt = Math.min(person.firstAt ?? openedAt, openedAt);
  person.lastAt = Math.max(person.lastAt ?? openedAt, openedAt);
  people.set(id, person);
}

function movePeople(database: DatabaseSync, numbers: NumberPlan, people: Map<string, FormerPerson>): void {
  const insert = database.prepare(
    `INSERT INTO contacts (position, id, changed_at, first_at, last_at, last_call_at, calls, blocked_calls, texts,
       on_air_ms, document) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)`,
  );
  const index = database.prepare('INSERT INTO contact_words (rowid, text) VALUES (?, ?)');
  const place = createPlaces();
  const byTime = [...people].sort(([, one], [, other]) => timeOf(one) - timeOf(other));
  for (const [id, person] of byTime) {
    const { changedAt, firstAt, lastAt, calls, onAirMs, name, location, notes, properties } = person;
    const card = { name, location, notes, properties, tags: [], isBlocked: false };
    const position = place(timeOf(person));
    insert.run(position, id, changedAt, firstAt, lastAt, lastAt, calls, onAirMs, JSON.stringify(card));
    const spellings = numbers.spellings(id);
    const words = [name, location, notes, ...spellings].flatMap((text) => wordsOf(text ?? ''));
    index.run(position, [...words, labelOf('b', 'unblocked'), ...keysOf(name ?? '', spellings)].join(' '));
  }
}

function timeOf({ lastAt, changedAt }: FormerPerson): number {
  return lastAt ?? changedAt;
}

/** The whole name, its words, the digits of the number and every end of them. */
function keysOf(name: string, spellings: readonly string[]): string[] {
  const words = wordsOf(name);
  const [longest = ''] = spellings;
  const ends = Array.from({ length: Math.max(0, longest.length - 3) }, (_, from) => longest.slice(from + 1));
  const digits = [...spellings, ...(/^\d+$/.test(longest) ? ends : [])];
  const key = (kind: string, text: string): string => `\uE001${kind}${wordsOf(text).join('').slice(0, 60)}`;
  return [
    ...(words.length === 0 ? [] : [key('n', words.join(''))]),
    ...words.map((word) => key('w', word)),
    ...digits.filter((text) => text !== '').map((text) => key('d', text)),
  ];
}

function wordsOf(text: string): string[] {
  return (text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) => word.slice(0, 60));
}

function labelOf(kind: string, text: string): string {
  return `\uE000${kind}${Buffer.from(text, 'utf8').toString('hex')}`;
}

/** Times ascend; records of one moment lie one after the other. */
function createPlaces(): (time: number) => number {
  let last = -1;
  return (time) => (last = Math.max(last + 1, Math.max(0, Math.floor(time)) * 1_000));
}
