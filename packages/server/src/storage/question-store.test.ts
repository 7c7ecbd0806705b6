import { describe } from 'vitest';
import { conformsAsQuestionStore } from '../desk/testing/question-store-conformance.ts';
import { openDatabase } from './database.ts';
import { createQuestionStore } from './question-store.ts';

describe('questions in SQLite', () => {
  conformsAsQuestionStore(() => {
    const opened = openDatabase(':memory:');
    if (!opened.ok) throw new Error(opened.problem);
    return createQuestionStore(opened.database);
  });
});
