/**
 * Recorded questions in SQLite. One that is being recorded lies apart until it is complete: nobody is shown it, no
 * filter finds it.
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { NumberPlan } from '../desk/ports/number-plan.ts';
import type { QuestionRecord, QuestionStore } from '../desk/ports/question-store.ts';
import { FAVORITE, hasTag } from '../desk/records/tags.ts';
import type { AudioRemovals } from './audio-removals.ts';
import { createRecordIndex, positionAt, rowsReader, type Tended } from './record-index.ts';
import type { IndexedRecord } from './record-terms.ts';
import { transaction } from './transaction.ts';

export interface QuestionStoreOptions {
  numbers: NumberPlan;
  removals: AudioRemovals;
}

export function createQuestionStore(
  database: DatabaseSync,
  { numbers, removals }: QuestionStoreOptions,
): QuestionStore & Tended {
  const openQuestions = database.prepare('SELECT document FROM open_questions ORDER BY rowid');
  const findOpen = database.prepare('SELECT document FROM open_questions WHERE id = ?');
  const saveOpen = database.prepare(
    'INSERT INTO open_questions (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
  );
  const removeOpen = database.prepare('DELETE FROM open_questions WHERE id = ?');
  const find = database.prepare('SELECT position, document FROM questions WHERE id = ?');
  const insert = database.prepare(
    `INSERT INTO questions (position, id, number, person, bucket_id, is_favorite, document)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare('UPDATE questions SET is_favorite = ?, document = ? WHERE position = ?');
  const remove = database.prepare('DELETE FROM questions WHERE position = ?');
  const rowsAt = rowsReader(database, 'questions', 'document');
  const indexed = ({ tags, bucketId, name, endpoint }: QuestionRecord): IndexedRecord => {
    return { tags, bucketId, texts: [name, endpoint, ...numbers.spellings(endpoint)] };
  };
  const index = createRecordIndex(
    database,
    { records: 'questions', words: 'question_words' },
    (positions) =>
      new Map(rowsAt(positions).map((row) => [Number(row['position']), indexed(questionOf(row))])),
  );
  const ofPerson = database.prepare(
    `SELECT document FROM questions WHERE person = ? AND person <> '' ORDER BY position DESC`,
  );
  const older = database.prepare(
    'SELECT document FROM questions WHERE is_favorite = 0 AND position < ? ORDER BY position LIMIT ?',
  );

  const positionOf = (id: string): number | null => {
    const row = find.get(id);
    return row ? Number(row['position']) : null;
  };

  /** What is removed takes its audio along, after the commit. */
  function together<Result>(work: () => Result): Result {
    const result = transaction(database, work);
    if (!database.isTransaction) removals.carryOut();
    return result;
  }

  function saveRecorded(question: QuestionRecord): void {
    const { id, endpoint, tags, bucketId, timestamp } = question;
    const document = JSON.stringify(question);
    const isFavorite = hasTag(tags, FAVORITE) ? 1 : 0;
    removeOpen.run(id);
    const known = positionOf(id);
    const position = known ?? index.newPosition(timestamp);
    if (known === null) {
      insert.run(position, id, endpoint, numbers.idOf(endpoint), bucketId, isFavorite, document);
    } else update.run(isFavorite, document, position);
    index.write(position, indexed(question));
  }

  return {
    together,
    tend: index.tend,
    save(question) {
      if (question.durationMs === null) saveOpen.run(question.id, JSON.stringify(question));
      else transaction(database, () => saveRecorded(question));
    },
    find(id) {
      const row = find.get(id) ?? findOpen.get(id);
      return row ? questionOf(row) : null;
    },
    remove: (id) =>
      together(() => {
        const position = positionOf(id);
        const isOpen = removeOpen.run(id).changes > 0;
        if (position === null && !isOpen) return false;
        removals.note(id);
        if (position === null) return true;
        remove.run(position);
        index.remove(position);
        return true;
      }),
    fetch(filter) {
      const page = index.page(filter);
      return { questions: rowsAt(page.positions).map(questionOf), cursor: page.cursor };
    },
    open: () => openQuestions.all().map(questionOf),
    ofPerson(contactId) {
      const person = numbers.idOf(contactId);
      const open = openQuestions.all().map(questionOf);
      return [
        ...open.filter(({ endpoint }) => person !== '' && numbers.idOf(endpoint) === person),
        ...(person === '' ? [] : ofPerson.all(person).map(questionOf)),
      ];
    },
    older: (before, limit) => older.all(positionAt(before), limit).map(questionOf),
  };
}

function questionOf(row: Record<string, SQLOutputValue>): QuestionRecord {
  return JSON.parse(String(row['document'])) as QuestionRecord;
}
