import { describe } from 'vitest';
import { MemoryQuestionStore } from './memory-question-store.ts';
import { conformsAsQuestionStore } from './question-store-conformance.ts';

describe('questions in memory', () => {
  conformsAsQuestionStore(() => new MemoryQuestionStore());
});
