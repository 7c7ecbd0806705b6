/**
 * The store of texts in SQLite: each text a JSON document under a key that sorts by time, with columns for what is
 * looked for and an entry in the index of what is listed (record-index.ts). Every call is committed when it returns.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { MessageRecord, MessageStore, PartGroup } from '../desk/ports/message-store.ts';
import { FAVORITE, hasTag } from '../desk/records/tags.ts';

import { transaction } from './database.ts';
import { createRecordIndex, rowsReader, positionAt, type Tended } from './record-index.ts';
import type { IndexedRecord } from './record-terms.ts';

/** With what keeps it fast. */
export interface KeptMessages extends MessageStore, Tended {}

export function createMessageStore(database: DatabaseSync): KeptMessages {
  const insert = database.prepare(
    `INSERT INTO messages (position, id, type, timestamp, line_id, endpoint, bucket_id, status, due_at, is_favorite, document)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE messages SET line_id = ?, endpoint = ?, bucket_id = ?, status = ?, due_at = ?, is_favorite = ?, document = ?
     WHERE position = ?`,
  );
  const removeMessage = database.prepare('DELETE FROM messages WHERE position = ?');
  const readById = database.prepare('SELECT position, document FROM messages WHERE id = ?');
  const rowsAt = rowsReader(database, 'messages', 'document');
  const index = createRecordIndex(
    database,
    { records: 'messages', words: 'message_words' },
    (positions) =>
      new Map(rowsAt(positions).map((row) => [Number(row['position']), indexed(messageIn(row))])),
  );
  const readLine = database.prepare(
    `SELECT line_id FROM messages WHERE endpoint = ? AND line_id IS NOT NULL ORDER BY position DESC LIMIT 1`,
  );
  const readOfEndpoint = database.prepare(
    'SELECT document FROM messages WHERE endpoint = ? ORDER BY position LIMIT ?',
  );
  const readSomeOfEndpoint = database.prepare(
    `SELECT position, document FROM messages WHERE endpoint = ? AND position > CAST(? AS INTEGER)
     ORDER BY position LIMIT ?`,
  );
  // By the few that are going out, not by the many of a number.
  const readSendingTo = database.prepare(
    "SELECT 1 FROM messages WHERE status = 'sending' AND +endpoint = ? LIMIT 1",
  );
  const readOlder = database.prepare(
    `SELECT id FROM messages WHERE position < CAST(? AS INTEGER) AND is_favorite = 0 AND due_at IS NULL
     ORDER BY position LIMIT ?`,
  );
  const removeGroupsOf = database.prepare(
    "DELETE FROM part_groups WHERE json_extract(document, '$.sender') = ?",
  );
  const readDue = database.prepare(
    'SELECT document FROM messages WHERE due_at <= ? ORDER BY due_at, position LIMIT ?',
  );
  const readNextDue = database.prepare('SELECT min(due_at) AS at FROM messages WHERE due_at IS NOT NULL');
  const readUnderWay = database.prepare(
    "SELECT document FROM messages WHERE status = 'sending' ORDER BY position",
  );
  const readName = database.prepare('SELECT at FROM message_names WHERE hash = ?');
  const writeName = database.prepare(
    'INSERT INTO message_names (hash, at) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET at = excluded.at',
  );
  const readGroup = database.prepare(
    'SELECT * FROM part_groups WHERE key = ? AND since >= ? ORDER BY since DESC LIMIT 1',
  );
  const readHidden = database.prepare(
    'SELECT * FROM part_groups WHERE message_id IS NULL ORDER BY since, id',
  );
  const writeGroup = database.prepare(
    'INSERT INTO part_groups (id, key, parts, since, message_id, document) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const linkGroup = database.prepare('UPDATE part_groups SET message_id = ? WHERE id = ?');
  const forgetGroups = database.prepare('DELETE FROM part_groups WHERE message_id IS NOT NULL AND since < ?');
  const removeGroup = database.prepare('DELETE FROM part_groups WHERE id = ?');
  const writePart = database.prepare('INSERT INTO message_parts (group_id, part, content) VALUES (?, ?, ?)');
  const readParts = database.prepare(
    'SELECT part, content FROM message_parts WHERE group_id = ? ORDER BY part',
  );

  const together = <Result>(work: () => Result): Result => transaction(database, work);

  const find = (id: string): { position: number; message: MessageRecord } | null => {
    const row = readById.get(id);
    return row ? { position: Number(row['position']), message: messageIn(row) } : null;
  };

  return {
    together,
    tend: index.tend,

    add: (message) =>
      together(() => {
        const position = index.newPosition(message.timestamp);
        const { id, type, timestamp, lineId, endpoint, bucketId, status, dueAt } = message;
        const rest = [status, dueAt, isFavorite(message), JSON.stringify(message)] as const;
        insert.run(position, id, type, timestamp, lineId, endpoint, bucketId, ...rest);
        index.write(position, indexed(message));
      }),

    save: (message) =>
      together(() => {
        const former = find(message.id);
        if (!former) return;
        const { lineId, endpoint, bucketId, status, dueAt } = message;
        const rest = [status, dueAt, isFavorite(message), JSON.stringify(message)] as const;
        update.run(lineId, endpoint, bucketId, ...rest, former.position);
        const isFoundAsBefore = JSON.stringify(indexed(message)) === JSON.stringify(indexed(former.message));
        if (!isFoundAsBefore) index.write(former.position, indexed(message));
      }),

    find: (id) => find(id)?.message ?? null,

    remove: (id) =>
      together(() => {
        const found = find(id);
        if (!found) return false;
        index.remove(found.position);
        removeMessage.run(found.position);
        return true;
      }),

    fetch(query) {
      const { positions, cursor } = index.page(query);
      return { messages: rowsAt(positions).map(messageIn), cursor };
    },

    ofEndpoint: (endpoint, limit = -1) => readOfEndpoint.all(endpoint, limit).map(messageIn),
    *partsOfEndpoint(endpoint, size) {
      for (let after = -1; ; ) {
        const rows = readSomeOfEndpoint.all(endpoint, after, size);
        if (rows.length > 0) yield rows.map(messageIn);
        if (rows.length < size) return;
        after = Number(rows.at(-1)?.['position']);
      }
    },
    isSendingTo: (endpoint) => readSendingTo.get(endpoint) !== undefined,
    olderThan: (before, limit) => readOlder.all(positionAt(before), limit).map((row) => String(row['id'])),
    lastLineOf: (endpoint) => text(readLine.get(endpoint)?.['line_id']),
    due: (at, limit) => readDue.all(at, limit).map(messageIn),
    nextDueAt() {
      const at = readNextDue.get()?.['at'];
      return typeof at === 'number' ? at : null;
    },
    underWay: () =>
      readUnderWay
        .all()
        .map(messageIn)
        .filter((message) => !message.isAccepted),

    isKnown: (names, at) =>
      names.some(({ name, withinMs }) => {
        const seenAt = readName.get(hash(name))?.['at'];
        return typeof seenAt === 'number' && (withinMs === null || at - seenAt <= withinMs);
      }),
    remember: (names, at) =>
      together(() => {
        for (const { name } of names) writeName.run(hash(name), at);
      }),

    findGroup(key, since) {
      const row = readGroup.get(key, since);
      return row ? groupIn(row) : null;
    },
    addGroup: ({ id, key, parts, since, messageId, text: of }) =>
      void writeGroup.run(id, key, parts, since, messageId, JSON.stringify(of)),
    showGroup: (id, messageId) => void linkGroup.run(messageId, id),
    removeGroup: (id) => void removeGroup.run(id),
    // As JSON: a part may end in the middle of a character, and SQLite keeps whole ones only.
    addPart: ({ group, part, content }) => void writePart.run(group, part, JSON.stringify(content)),
    partsOf: (group) =>
      readParts.all(group).map((row) => ({
        group,
        part: Number(row['part']),
        content: JSON.parse(String(row['content'])) as string,
      })),
    removeGroupsOf: (sender) => void removeGroupsOf.run(sender),
    forgetGroups: (before) => void forgetGroups.run(before),
    hiddenGroups: () => readHidden.all().map(groupIn),
  };
}

type Row = Record<string, SQLOutputValue>;

function indexed({ tags, bucketId, content, keywords, endpoint }: MessageRecord): IndexedRecord {
  return { tags, bucketId, texts: [content, keywords, endpoint] };
}

function isFavorite(message: MessageRecord): 0 | 1 {
  return hasTag(message.tags, FAVORITE) ? 1 : 0;
}

/** Half of a SHA-256 is more than enough to tell texts apart, and says nothing of them. */
function hash(name: string): Buffer {
  return createHash('sha256').update(name).digest().subarray(0, 16);
}

/** Rows hold what add and save wrote, so the shape is ours. */
function messageIn(row: Row): MessageRecord {
  return JSON.parse(String(row['document'])) as MessageRecord;
}

function groupIn(row: Row): PartGroup {
  return {
    id: String(row['id']),
    key: String(row['key']),
    parts: Number(row['parts']),
    since: Number(row['since']),
    messageId: text(row['message_id']),
    text: JSON.parse(String(row['document'])) as PartGroup['text'],
  };
}

function text(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
