/**
 * The history of calls in SQLite: entries as JSON documents under a position that sorts by time, found by
 * record-index.ts. Written by the live desk (through desk-store.ts), changed by clients (the history port). Tags have
 * a column of their own: saving an entry leaves them alone.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { CallHistory, Expired } from '../desk/ports/call-history.ts';
import type { NumberPlan } from '../desk/ports/number-plan.ts';
import type { CallerPast, CallRecord } from '../desk/ports/store.ts';
import { FAVORITE, hasTag } from '../desk/records/tags.ts';
import type { AudioRemovals } from './audio-removals.ts';
import type { ContactStore } from './contact-store.ts';
import { transaction } from './transaction.ts';
import { createRecordIndex, rowsReader, type RecordTables, type Tended } from './record-index.ts';

export interface CallStore extends CallHistory, Tended {
  /** Inserts or replaces by id; the tags only when it is new. */
  save(record: CallRecord): void;
  /** Entries that have no end yet, or whose recordings still run. */
  open(): CallRecord[];
  /** Entered recordings by id, from the one after `after` on, in the order of ids. */
  recordings(after: string, limit: number): { id: string; callId: string; isMissing: boolean }[];
  /** Ids of entries that have recordings begun at or after `since`, or that are open. */
  withRecentRecordings(since: number): string[];
  /** That a recording's file is not there is entered once. */
  noteMissing(recording: string): void;
  /** When the last call of a person before `before` began, and the last one that was on air. */
  lastOf(person: string, before: number): Pick<CallerPast, 'lastCallAt' | 'lastOnAirAt'>;
  /** Time of the outgoing calls that began at or after `since`, those that are up included. */
  dialledMs(since: number, now: number): number;
}

const CALL_TABLES: RecordTables = { records: 'calls', words: 'call_words' };

export interface CallStoreParts {
  numbers: NumberPlan;
  contacts: Pick<ContactStore, 'noteCall' | 'noteOnAir'>;
  removals: Pick<AudioRemovals, 'note'>;
}

export function createCallStore(
  database: DatabaseSync,
  { numbers, contacts, removals }: CallStoreParts,
): CallStore {
  const insert = database.prepare(
    `INSERT INTO calls (position, id, opened_at, is_open, number, person, name, direction, talk_ms, on_air_ms,
       is_favorite, tags, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE calls SET is_open = ?, number = ?, person = ?, name = ?, direction = ?, talk_ms = ?, on_air_ms = ?,
       document = ? WHERE position = ?`,
  );
  const updateTags = database.prepare('UPDATE calls SET tags = ?, is_favorite = ? WHERE position = ?');
  const removeCall = database.prepare('DELETE FROM calls WHERE position = ?');
  const addRecording = database.prepare(
    'INSERT INTO recordings (id, call_id, started_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const removeRecording = database.prepare('DELETE FROM recordings WHERE id = ?');
  const readById = database.prepare('SELECT * FROM calls WHERE id = ?');
  const readOpen = database.prepare('SELECT document, tags FROM calls WHERE is_open = 1 ORDER BY position');
  const readPerson = database.prepare(
    `SELECT document, tags FROM calls WHERE person = ? AND person <> '' ORDER BY position DESC LIMIT ?`,
  );
  const readSomeOfPerson = database.prepare(
    `SELECT position, document, tags FROM calls WHERE person = ? AND person <> '' AND position < CAST(? AS INTEGER)
     ORDER BY position DESC LIMIT ?`,
  );
  // By the few that are open, not by the many of a person.
  const readOpenOf = database.prepare(
    `SELECT 1 FROM calls WHERE is_open = 1 AND +person = ? AND +person <> '' LIMIT 1`,
  );
  const lastBefore = (what: string): StatementSync =>
    database.prepare(
      `SELECT opened_at FROM calls WHERE person = ? AND person <> '' AND opened_at < ? ${what}
       ORDER BY position DESC LIMIT 1`,
    );
  const readLast = lastBefore('');
  const readLastOnAir = lastBefore('AND on_air_ms > 0');
  const readDialled = database.prepare(
    `SELECT total(CASE WHEN is_open = 0 THEN talk_ms ELSE
         coalesce(json_extract(document, '$.endedAt'), :now) - json_extract(document, '$.answeredAt') END) AS ms
     FROM calls WHERE direction = 'out' AND opened_at >= :since`,
  );
  const readOld = database.prepare(
    `SELECT document, tags FROM calls WHERE is_favorite = 0 AND is_open = 0 AND opened_at < ?
     ORDER BY opened_at LIMIT ?`,
  );
  const readOldRecordings = database.prepare(
    `SELECT DISTINCT calls.document, calls.tags FROM recordings JOIN calls ON calls.id = recordings.call_id
     WHERE recordings.started_at < ? AND calls.is_favorite = 0 AND calls.is_open = 0 LIMIT ?`,
  );

  const readRecordings = database.prepare('SELECT * FROM recordings WHERE id > ? ORDER BY id LIMIT ?');
  const readRecent = database.prepare(
    `SELECT call_id AS id FROM recordings WHERE started_at >= ? UNION SELECT id FROM calls WHERE is_open = 1`,
  );
  const setMissing = database.prepare('UPDATE recordings SET is_missing = 1 WHERE id = ?');

  const together = <Result>(work: () => Result): Result => transaction(database, work);
  const indexed = (record: CallRecord, tags: readonly string[]) => ({
    tags,
    bucketId: null,
    texts: [record.name, record.point, ...numbers.spellings(record.number)],
  });

  const rowsAt = rowsReader(database, 'calls', 'document, tags');
  const index = createRecordIndex(
    database,
    CALL_TABLES,
    (positions) =>
      new Map(rowsAt(positions).map((row) => [Number(row['position']), indexed(recordIn(row), tagsIn(row))])),
  );

  function add(record: CallRecord, person: string): void {
    const position = index.newPosition(record.openedAt);
    const { id, openedAt, number, name, direction, onAirMs, tags } = record;
    const texts = [JSON.stringify(tags), JSON.stringify(record)] as const;
    const sums = [talkMs(record), onAirMs, isFavorite(tags)] as const;
    insert.run(
      position,
      id,
      openedAt,
      isOpen(record) ? 1 : 0,
      number,
      person,
      name,
      direction,
      ...sums,
      ...texts,
    );
    index.write(position, indexed(record, tags));
    if (record.type === 'call' && person !== '') contacts.noteCall(person, openedAt, record.name);
    if (person !== '' && onAirMs > 0) contacts.noteOnAir(person, onAirMs);
  }

  function replace(record: CallRecord, person: string, former: Record<string, SQLOutputValue>): void {
    const position = Number(former['position']);
    const { number, name, direction, onAirMs } = record;
    const sums = [talkMs(record), onAirMs] as const;
    update.run(
      isOpen(record) ? 1 : 0,
      number,
      person,
      name,
      direction,
      ...sums,
      JSON.stringify(record),
      position,
    );
    const isNameSame = former['name'] === name && former['number'] === number;
    const isFoundAsBefore = isNameSame && recordIn(former).point === record.point;
    if (!isFoundAsBefore) index.write(position, indexed(record, tagsIn(former)));
    const left = new Set(record.recordings.map((recording) => recording.id));
    // One that never began; its file, should there be one, is nobody's from now on.
    for (const { id } of recordIn(former).recordings) if (!left.has(id)) removeRecording.run(id);
    const more = onAirMs - Number(former['on_air_ms']);
    if (person !== '' && more !== 0) contacts.noteOnAir(person, more);
  }

  function removeOne(id: string): void {
    const row = readById.get(id);
    if (!row) return;
    for (const recording of recordIn(row).recordings) removals.note(recording.id);
    const position = Number(row['position']);
    index.remove(position);
    removeCall.run(position);
  }

  return {
    together,
    tend: index.tend,
    save: (record) =>
      together(() => {
        const former = readById.get(record.id);
        const person = numbers.idOf(record.number);
        if (former) replace(record, person, former);
        else add(record, person);
        for (const { id, startedAt } of record.recordings) addRecording.run(id, record.id, startedAt);
      }),
    find(id) {
      const row = readById.get(id);
      return row ? recordIn(row) : null;
    },
    open: () => readOpen.all().map(recordIn),
    page(filter) {
      const { positions, cursor } = index.page(filter);
      return { calls: rowsAt(positions).map(recordIn), cursor };
    },
    ofPerson: (contactId, limit) => readPerson.all(contactId, limit).map(recordIn),
    *partsOfPerson(contactId, size) {
      for (let before = Number.MAX_SAFE_INTEGER; ; ) {
        const rows = readSomeOfPerson.all(contactId, before, size);
        if (rows.length > 0) yield rows.map(recordIn);
        if (rows.length < size) return;
        before = Number(rows.at(-1)?.['position']);
      }
    },
    isOpenOf: (contactId) => readOpenOf.get(contactId) !== undefined,
    saveTags: (id, tags) =>
      together(() => {
        const row = readById.get(id);
        if (!row) return;
        const position = Number(row['position']);
        updateTags.run(JSON.stringify(tags), isFavorite(tags), position);
        index.write(position, indexed(recordIn(row), tags));
      }),
    remove: (id) => together(() => removeOne(id)),
    recordings: (after, limit) =>
      readRecordings.all(after, limit).map((row) => ({
        id: String(row['id']),
        callId: String(row['call_id']),
        isMissing: row['is_missing'] === 1,
      })),
    withRecentRecordings: (since) => readRecent.all(since).map((row) => String(row['id'])),
    noteMissing: (recording) => void setMissing.run(recording),
    lastOf(person, before) {
      const at = (row: Record<string, SQLOutputValue> | undefined): number | null =>
        row ? Number(row['opened_at']) : null;
      return {
        lastCallAt: at(readLast.get(person, before)),
        lastOnAirAt: at(readLastOnAir.get(person, before)),
      };
    },
    dialledMs: (since, now) => Number(readDialled.get({ since, now })?.['ms'] ?? 0),

    expire: ({ calls, recordings }, limit) =>
      together((): Expired => {
        const old = calls === null ? [] : readOld.all(calls, limit).map(recordIn);
        for (const { id } of old) removeOne(id);
        const heard = recordings === null ? [] : readOldRecordings.all(recordings, limit).map(recordIn);
        for (const record of heard) {
          for (const { id } of record.recordings) removals.note(id);
          const former = readById.get(record.id);
          if (former) replace({ ...record, recordings: [] }, numbers.idOf(record.number), former);
        }
        return { removed: old.map(({ id }) => id), changed: heard.map(({ id }) => id) };
      }),
  };
}

function isOpen(record: CallRecord): boolean {
  return record.endedAt === null || record.recordings.some((recording) => recording.durationMs === null);
}

function talkMs({ answeredAt, endedAt }: CallRecord): number {
  return answeredAt === null || endedAt === null ? 0 : Math.max(0, endedAt - answeredAt);
}

function isFavorite(tags: readonly string[]): 0 | 1 {
  return hasTag(tags, FAVORITE) ? 1 : 0;
}

/** Rows hold what was saved here, so the shape is ours. */
function recordIn(row: Record<string, SQLOutputValue>): CallRecord {
  const record = JSON.parse(String(row['document'])) as CallRecord;
  // Entries of former versions have neither.
  record.point ??= null;
  record.screening ??= null;
  record.tags = tagsIn(row);
  return record;
}

function tagsIn(row: Record<string, SQLOutputValue>): string[] {
  return JSON.parse(String(row['tags'])) as string[];
}
