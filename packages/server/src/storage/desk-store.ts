/**
 * The desk's store port in SQLite: call records and cards as JSON documents, with columns for what is searched. Every
 * save is a committed transaction when it returns (synchronous=FULL).
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { contactSchema, type Contact } from '@openline/protocol';
import type { CallPage, CallRecord, Store, StoredStrip } from '../desk/ports/store.ts';
import { transaction } from './database.ts';

export function createDeskStore(database: DatabaseSync): Store {
  // SQLite's own lower() knows the letters of ASCII only.
  database.function('fold', { deterministic: true }, (text) => String(text).toLowerCase());
  const readStrips = database.prepare('SELECT key, document FROM strips');
  const writeStrip = database.prepare(
    'INSERT INTO strips (key, document) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET document = excluded.document',
  );
  const writeCall = database.prepare(
    `INSERT INTO calls (id, opened_at, is_open, number, document) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET opened_at = excluded.opened_at, is_open = excluded.is_open,
       number = excluded.number, document = excluded.document`,
  );
  const writeRecording = database.prepare(
    'INSERT INTO recordings (id, call_id) VALUES (?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const readCall = database.prepare('SELECT document FROM calls WHERE id = ?');
  const readOpen = database.prepare('SELECT document FROM calls WHERE is_open = 1 ORDER BY opened_at, id');
  const readPage = database.prepare(
    `SELECT document, opened_at, id FROM calls
     WHERE (opened_at, id) < (:openedAt, :id) AND opened_at BETWEEN :from AND :to
       AND (:ids = '[]' OR id IN (SELECT value FROM json_each(:ids)))
       AND NOT EXISTS (
         SELECT 1 FROM json_each(:tags) AS wanted
         WHERE wanted.value NOT IN (SELECT value FROM json_each(document, '$.tags'))
           AND NOT (wanted.value = 'favorite' AND json_extract(document, '$.isFavorite')))
       AND NOT EXISTS (
         SELECT 1 FROM json_each(:words) AS word
         WHERE instr(fold(coalesce(json_extract(document, '$.name'), '') || ' ' || number), word.value) = 0)
     ORDER BY opened_at DESC, id DESC LIMIT :limit`,
  );
  const readDialled = database.prepare(
    `SELECT sum(coalesce(json_extract(document, '$.endedAt'), :now) - json_extract(document, '$.answeredAt')) AS ms
     FROM calls WHERE opened_at >= :since AND json_extract(document, '$.direction') = 'out'`,
  );
  const readContact = database.prepare('SELECT document FROM contacts WHERE number = ?');
  const writeContact = database.prepare(
    `INSERT INTO contacts (number, name, document, changed_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (number) DO UPDATE SET name = excluded.name, document = excluded.document,
       changed_at = excluded.changed_at`,
  );

  return {
    loadStrips() {
      const rows = readStrips.all().map((row) => [String(row['key']), document<StoredStrip>(row)] as const);
      return Object.fromEntries(rows);
    },
    saveStrip: (key, strip) => void writeStrip.run(key, JSON.stringify(strip)),

    saveCall(record) {
      transaction(database, () => {
        writeCall.run(
          record.id,
          record.openedAt,
          isOpen(record) ? 1 : 0,
          record.number,
          JSON.stringify(record),
        );
        for (const recording of record.recordings) writeRecording.run(recording.id, record.id);
      });
    },
    findCall(id) {
      const row = readCall.get(id);
      return row ? document<CallRecord>(row) : null;
    },
    openCalls: () => readOpen.all().map((row) => document<CallRecord>(row)),
    listCalls({ limit, cursor, tags, ids, from, to, search }): CallPage {
      const rows = readPage.all({
        ...readCursor(cursor ?? null),
        from: from ?? 0,
        to: to ?? Number.MAX_SAFE_INTEGER,
        ids: JSON.stringify(ids ?? []),
        tags: JSON.stringify(tags ?? []),
        words: JSON.stringify((search ?? '').toLowerCase().split(/\s+/).filter(Boolean)),
        // One more than asked for tells whether there is a next page.
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        calls: shown.map((row) => document<CallRecord>(row)),
        cursor: rows.length > limit && last ? `${String(last['opened_at'])}.${String(last['id'])}` : null,
      };
    },

    dialledMs: (since, now) => Number(readDialled.get({ since, now })?.['ms'] ?? 0),

    findContact(number) {
      const row = readContact.get(number);
      return row ? contactSchema.parse(JSON.parse(String(row['document']))) : null;
    },
    saveContact: (contact: Contact, at) =>
      void writeContact.run(contact.number, contact.name, JSON.stringify(contact), at),
  };
}

function isOpen(record: CallRecord): boolean {
  return record.endedAt === null || record.recordings.some((recording) => recording.durationMs === null);
}

/** A cursor is the last row of the page before: `{openedAt}.{id}`. */
function readCursor(cursor: string | null): { openedAt: number; id: string } {
  const [, openedAt, id] = /^(\d{1,15})\.([A-Za-z0-9_-]{1,64})$/.exec(cursor ?? '') ?? [];
  // Above every id there can be: the newest come first.
  if (openedAt === undefined || id === undefined) return { openedAt: Number.MAX_SAFE_INTEGER, id: '' };
  return { openedAt: Number(openedAt), id };
}

/** Rows hold what saveCall and saveStrip wrote, so the shape is ours. */
function document<Shape>(row: Record<string, SQLOutputValue>): Shape {
  return JSON.parse(String(row['document'])) as Shape;
}
