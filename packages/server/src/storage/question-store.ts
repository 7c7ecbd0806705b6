/**
 * Recorded questions in SQLite. One that is being recorded lies apart until it is complete: nobody is shown it, no
 * filter finds it.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { QuestionRecord, QuestionStore } from '../desk/ports/question-store.ts';
import { transaction } from './database.ts';
import { createRecordIndex } from './record-index.ts';

export function createQuestionStore(database: DatabaseSync): QuestionStore {
  const index = createRecordIndex(database, { records: 'questions', words: 'question_words' });
  const openQuestions = database.prepare('SELECT document FROM open_questions ORDER BY rowid');
  const findOpen = database.prepare('SELECT document FROM open_questions WHERE id = ?');
  const saveOpen = database.prepare(
    'INSERT INTO open_questions (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
  );
  const removeOpen = database.prepare('DELETE FROM open_questions WHERE id = ?');
  const find = database.prepare('SELECT position, document FROM questions WHERE id = ?');
  const insert = database.prepare(
    'INSERT INTO questions (position, id, number, document) VALUES (?, ?, ?, ?)',
  );
  const update = database.prepare('UPDATE questions SET number = ?, document = ? WHERE position = ?');
  const remove = database.prepare('DELETE FROM questions WHERE position = ?');
  const read = database.prepare('SELECT document FROM questions WHERE position = ?');

  const positionOf = (id: string): number | null => {
    const row = find.get(id);
    return row ? Number(row['position']) : null;
  };

  function saveRecorded(question: QuestionRecord): void {
    const { id, endpoint, name, tags, bucketId } = question;
    const document = JSON.stringify(question);
    removeOpen.run(id);
    const known = positionOf(id);
    const position = known ?? index.newPosition(question.timestamp);
    if (known === null) insert.run(position, id, endpoint, document);
    else update.run(endpoint, document, position);
    index.write(position, { tags, bucketId, texts: [name, endpoint] });
  }

  return {
    together: (work) => transaction(database, work),
    save(question) {
      if (question.durationMs === null) saveOpen.run(question.id, JSON.stringify(question));
      else transaction(database, () => saveRecorded(question));
    },
    find(id) {
      const row = find.get(id) ?? findOpen.get(id);
      return row ? questionOf(row) : null;
    },
    remove: (id) =>
      transaction(database, () => {
        const position = positionOf(id);
        if (position === null) return removeOpen.run(id).changes > 0;
        remove.run(position);
        index.remove(position);
        return true;
      }),
    fetch(query) {
      const page = index.page(query);
      const rows = page.positions.map((position) => read.get(position));
      return { questions: rows.flatMap((row) => (row ? [questionOf(row)] : [])), cursor: page.cursor };
    },
    open: () => openQuestions.all().map(questionOf),
  };
}

function questionOf(row: Record<string, unknown>): QuestionRecord {
  return JSON.parse(String(row['document'])) as QuestionRecord;
}
