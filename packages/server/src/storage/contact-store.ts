/**
 * The address book in SQLite: people by number, with what their calls and texts add up to. A person's position is the
 * time of the last contact, so that the index (record-index.ts) gives the last contact first; it moves with every call
 * and text. Cards are JSON documents.
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { AddressBook, PersonCard, PersonRecord } from '../desk/ports/address-book.ts';
import type { NumberPlan } from '../desk/ports/number-plan.ts';
import { NO_FILTER } from '../desk/ports/record-filter.ts';
import { RecentlyUsed } from '../recently-used.ts';
import { changesElsewhere } from './database.ts';
import { transaction, undoneCount } from './transaction.ts';
import { createRecordIndex, rowsReader, type RecordTables, type Tended } from './record-index.ts';
import { wordsOf, type IndexedRecord, type RecordKey } from './record-terms.ts';

export interface ContactStore extends AddressBook, Tended {
  /** A call from or to that person, once. A name is kept where the card has none. */
  noteCall(id: string, at: number, name: string | null): void;
  noteOnAir(id: string, ms: number): void;
  /** A call that was turned away because the number is blocked. */
  noteBlockedCall(id: string, at: number): void;
}

const CONTACT_TABLES: RecordTables = { records: 'contacts', words: 'contact_words' };

/** In memory: names of people, for lists of texts and calls. */
const MAX_NAMES = 40_000;
/** Ends of a number shorter than this are not looked for. */
const SHORTEST_END = 3;
const MAX_WORDS = 6;
const BLOCKED = 'blocked';
const UNBLOCKED = 'unblocked';
/** Kinds of keys: the whole name, a word of it, digits of the number. */
const [NAME, WORD, DIGITS] = ['n', 'w', 'd'] as const;

const EMPTY_CARD: PersonCard = {
  name: null,
  location: null,
  notes: null,
  properties: {},
  tags: [],
  isBlocked: false,
};

/** What is kept of a person who only called. */
type Sums = Omit<PersonRecord, keyof PersonCard | 'id'>;
const NO_SUMS: Sums = {
  firstAt: null,
  lastAt: null,
  lastCallAt: null,
  calls: 0,
  blockedCalls: 0,
  texts: 0,
  onAirMs: 0,
};

export function createContactStore(database: DatabaseSync, numbers: NumberPlan): ContactStore {
  const insert = database.prepare(
    `INSERT INTO contacts (position, id, changed_at, first_at, last_at, last_call_at, calls, blocked_calls, texts,
       on_air_ms, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('DELETE FROM contacts WHERE position = ?');
  const addOnAir = database.prepare('UPDATE contacts SET on_air_ms = max(0, on_air_ms + ?) WHERE id = ?');
  const readById = database.prepare('SELECT * FROM contacts WHERE id = ?');
  const readNames = database.prepare(
    `SELECT id, document ->> '$.name' AS name FROM contacts WHERE id IN (SELECT value FROM json_each(?))`,
  );
  const rowsAt = rowsReader(database, 'contacts', '*');
  const index = createRecordIndex(
    database,
    CONTACT_TABLES,
    (positions) => new Map(rowsAt(positions).map((row) => [Number(row['position']), indexed(personIn(row))])),
  );
  const readKnown = database.prepare('SELECT id FROM contacts WHERE id IN (SELECT value FROM json_each(?))');
  const names = new RecentlyUsed<string, string | null>(MAX_NAMES);
  const isChangedElsewhere = changesElsewhere(database);
  let undone = undoneCount(database);
  const together = <Result>(work: () => Result): Result => transaction(database, work);

  const find = (id: string): { position: number; changedAt: number; person: PersonRecord } | null => {
    const row = readById.get(id);
    if (!row) return null;
    return { position: Number(row['position']), changedAt: Number(row['changed_at']), person: personIn(row) };
  };
  const peopleAt = (positions: readonly number[]): PersonRecord[] => rowsAt(positions).map(personIn);

  /** Replaces a person, at the place of the last contact. */
  function write(person: PersonRecord, changedAt: number): PersonRecord {
    const former = readById.get(person.id);
    if (former) {
      remove.run(Number(former['position']));
      index.remove(Number(former['position']));
    }
    names.delete(person.id);
    const position = index.newPosition(person.lastAt ?? changedAt);
    const { id, firstAt, lastAt, lastCallAt, calls, blockedCalls, texts, onAirMs, ...card } = person;
    const times = [changedAt, firstAt, lastAt, lastCallAt] as const;
    insert.run(position, id, ...times, calls, blockedCalls, texts, onAirMs, JSON.stringify(card));
    index.write(position, indexed(person));
    return person;
  }

  function indexed({ id, name, location, notes, tags, isBlocked }: PersonRecord): IndexedRecord {
    const spellings = numbers.spellings(id);
    const words = wordsOf(name ?? '');
    const [longest = ''] = spellings;
    const ends = /^\d+$/.test(longest) ? endsOf(longest) : [];
    const keys = [
      { kind: NAME, text: words.join('') },
      ...words.map((text) => ({ kind: WORD, text })),
      ...[...spellings, ...ends].map((text) => ({ kind: DIGITS, text })),
    ];
    return {
      tags,
      bucketId: isBlocked ? BLOCKED : UNBLOCKED,
      texts: [name, location, notes, ...spellings],
      keys: keys.filter(({ text }) => text !== ''),
    };
  }

  function readNamesOf(ids: readonly string[]): void {
    if (isChangedElsewhere() || undone !== undoneCount(database)) names.clear();
    undone = undoneCount(database);
    const unread = ids.filter((id) => names.get(id) === undefined);
    if (unread.length === 0) return;
    const rows = readNames.all(JSON.stringify(unread));
    const read = new Map(rows.map((row) => [row['id'], row['name']]));
    for (const id of unread) {
      const name = read.get(id) ?? null;
      names.set(id, name === null ? null : String(name));
    }
  }

  /** Those that are known are as they are kept: to find that out costs less than to read them as numbers. */
  function idsOf(ids: readonly string[]): string[] {
    if (ids.length === 0) return [];
    const known = new Set(readKnown.all(JSON.stringify(ids)).map((row) => String(row['id'])));
    return [...new Set(ids.map((id) => (known.has(id) ? id : numbers.idOf(id))))];
  }

  /** Whoever it is has been in contact. */
  function touch(id: string, at: number, change: (person: PersonRecord) => Partial<PersonRecord>): void {
    if (id === '') return;
    together(() => {
      const known = find(id);
      const person = known?.person ?? { id, ...EMPTY_CARD, ...NO_SUMS };
      const { firstAt, lastAt } = person;
      const times = {
        firstAt: firstAt === null ? at : Math.min(firstAt, at),
        lastAt: lastAt === null ? at : Math.max(lastAt, at),
      };
      write({ ...person, ...times, ...change(person) }, known?.changedAt ?? at);
    });
  }

  return {
    together,
    tend: index.tend,
    idOf: (number) => numbers.idOf(number),
    find: (id) => find(id)?.person ?? null,
    namesOf(ids) {
      readNamesOf([...new Set(ids)]);
      const found = new Map<string, string>();
      for (const id of ids) {
        const name = names.get(id) ?? null;
        if (name !== null) found.set(id, name);
      }
      return found;
    },
    saveCard: (id, card, at) => together(() => write({ ...NO_SUMS, ...find(id)?.person, ...card, id }, at)),
    remove: (id) =>
      together(() => {
        const known = find(id);
        if (!known) return false;
        index.remove(known.position);
        names.delete(id);
        remove.run(known.position);
        return true;
      }),
    page({ isBlocked, ids, ...filter }) {
      const bucketIds = isBlocked === null ? [] : [isBlocked ? BLOCKED : UNBLOCKED];
      const { positions, cursor } = index.page({ ...NO_FILTER, ...filter, ids: idsOf(ids), bucketIds });
      return { people: peopleAt(positions), cursor };
    },
    suggest(text, limit) {
      const found = new Map<string, PersonRecord>();
      for (const keys of waysToFind(text)) {
        const { positions } = index.page({ ...NO_FILTER, keys, limit });
        for (const person of peopleAt(positions)) if (found.size < limit) found.set(person.id, person);
        if (found.size >= limit) break;
      }
      return [...found.values()];
    },
    noteCall: (id, at, name) =>
      touch(id, at, (person) => ({
        name: person.name ?? name,
        calls: person.calls + 1,
        lastCallAt: Math.max(person.lastCallAt ?? at, at),
      })),
    noteText: (number, at) => touch(numbers.idOf(number), at, ({ texts }) => ({ texts: texts + 1 })),
    noteBlockedCall: (id, at) => touch(id, at, ({ blockedCalls }) => ({ blockedCalls: blockedCalls + 1 })),
    noteOnAir: (id, ms) => void addOnAir.run(ms, id),
  };
}

/** The best first: how the name begins, then words of it and digits of the number. */
function waysToFind(text: string): RecordKey[][] {
  const words = wordsOf(text).slice(0, MAX_WORDS);
  if (words.length === 0) return [];
  const isNumber = words.every((word) => /^\d+$/.test(word));
  if (!isNumber) {
    const each = words.map((word) => ({ kind: /^\d+$/.test(word) ? DIGITS : WORD, text: word }));
    return [[{ kind: NAME, text: words.join('') }], each];
  }
  const digits = words.join('');
  const abroad = digits.replace(/^00/, '');
  return [...new Set([digits, abroad])].map((each) => [{ kind: DIGITS, text: each }]);
}

/** Every end of a number, so that any run of its digits is the beginning of one. */
function endsOf(digits: string): string[] {
  const count = Math.max(0, digits.length - SHORTEST_END);
  return Array.from({ length: count }, (_, from) => digits.slice(from + 1));
}

/** Rows hold what was saved here, so the shape is ours. */
function personIn(row: Record<string, SQLOutputValue>): PersonRecord {
  const time = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
  return {
    id: String(row['id']),
    ...(JSON.parse(String(row['document'])) as PersonCard),
    firstAt: time('first_at'),
    lastAt: time('last_at'),
    lastCallAt: time('last_call_at'),
    calls: Number(row['calls']),
    blockedCalls: Number(row['blocked_calls']),
    texts: Number(row['texts']),
    onAirMs: Number(row['on_air_ms']),
  };
}
