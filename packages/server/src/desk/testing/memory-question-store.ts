/** Questions in memory, for tests of the desk and of who handles them. */
import type { QuestionPage, QuestionRecord, QuestionStore } from '../ports/question-store.ts';
import type { RecordFilter } from '../ports/record-filter.ts';
import { FAVORITE, hasTag } from '../records/tags.ts';

export class MemoryQuestionStore implements QuestionStore {
  /** Whose audio is to go. */
  readonly removed: string[] = [];
  #questions = new Map<string, QuestionRecord>();

  together<Result>(work: () => Result): Result {
    const before = new Map(this.#questions);
    try {
      return work();
    } catch (error) {
      this.#questions = before;
      throw error;
    }
  }
  save(question: QuestionRecord): void {
    this.#questions.set(question.id, structuredClone(question));
  }
  find(id: string): QuestionRecord | null {
    return structuredClone(this.#questions.get(id) ?? null);
  }
  remove(id: string): boolean {
    if (this.#questions.has(id)) this.removed.push(id);
    return this.#questions.delete(id);
  }
  open(): QuestionRecord[] {
    return this.#all().filter(({ durationMs }) => durationMs === null);
  }
  fetch(query: RecordFilter): QuestionPage {
    const { limit, cursor } = query;
    const found = this.#all()
      .filter((question) => question.durationMs !== null && isWanted(question, query))
      .toSorted((a, b) => b.timestamp - a.timestamp || (a.id < b.id ? 1 : -1));
    const after = cursor === null ? -1 : found.findIndex(({ id }) => id === cursor);
    const questions = found.slice(after + 1, after + 1 + limit);
    const isLast = after + 1 + limit >= found.length;
    return { questions, cursor: isLast ? null : (questions.at(-1)?.id ?? null) };
  }

  ofPerson(contactId: string): QuestionRecord[] {
    const theirs = this.#all().filter(({ endpoint }) => endpoint !== '' && endpoint === contactId);
    return theirs.toSorted((a, b) => b.timestamp - a.timestamp);
  }
  older(before: number, limit: number): QuestionRecord[] {
    return this.#all()
      .filter(
        ({ durationMs, timestamp, tags }) =>
          durationMs !== null && timestamp < before && !hasTag(tags, FAVORITE),
      )
      .toSorted((a, b) => a.timestamp - b.timestamp)
      .slice(0, limit);
  }

  #all(): QuestionRecord[] {
    return structuredClone([...this.#questions.values()]);
  }
}

function isWanted(question: QuestionRecord, query: RecordFilter): boolean {
  const { tags, bucketIds, ids, from, to, search } = query;
  const { timestamp, bucketId, id, name, endpoint } = question;
  const words = `${name ?? ''} ${endpoint}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return (
    tags.every((tag) => hasTag(question.tags, tag)) &&
    (bucketIds.length === 0 || (bucketId !== null && bucketIds.includes(bucketId))) &&
    (ids.length === 0 || ids.includes(id)) &&
    (from === null || timestamp >= from) &&
    (to === null || timestamp <= to) &&
    (search === null || isFound(words, search))
  );
}

function isFound(words: readonly string[], search: string): boolean {
  const wanted = search.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return wanted.every((begin) => words.some((word) => word.startsWith(begin)));
}
