/** The store of texts in memory. Copies in and out, as a database would. */
import type {
  MessagePage,
  MessageRecord,
  MessageStore,
  PartGroup,
  StoredPart,
  TextName,
} from '../ports/message-store.ts';
import type { RecordFilter } from '../ports/record-filter.ts';
import { FAVORITE, hasTag } from '../records/tags.ts';

export class MemoryMessageStore implements MessageStore {
  #messages: MessageRecord[] = [];
  readonly #names = new Map<string, number>();
  readonly #groups = new Map<string, PartGroup>();
  #parts: StoredPart[] = [];
  /** The next so many writes fail, as on a full disk. */
  failures = 0;

  together<Result>(work: () => Result): Result {
    return work();
  }

  add(message: MessageRecord): void {
    this.#failWhereTold();
    this.#messages.push(structuredClone(message));
  }
  save(message: MessageRecord): void {
    this.#failWhereTold();
    this.#messages = this.#messages.map((each) => (each.id === message.id ? structuredClone(message) : each));
  }
  find(id: string): MessageRecord | null {
    return structuredClone(this.#messages.find((each) => each.id === id) ?? null);
  }
  remove(id: string): boolean {
    const count = this.#messages.length;
    this.#messages = this.#messages.filter((each) => each.id !== id);
    return this.#messages.length < count;
  }

  fetch(query: RecordFilter): MessagePage {
    const fits = this.#newestFirst().filter((message) => isWanted(message, query));
    const start = fits.findIndex(({ id }) => id === query.cursor) + 1;
    const messages = fits.slice(start, start + query.limit);
    const hasMore = start + query.limit < fits.length;
    return { messages: structuredClone(messages), cursor: hasMore ? (messages.at(-1)?.id ?? null) : null };
  }
  ofEndpoint(endpoint: string, limit?: number): MessageRecord[] {
    const theirs = this.#newestFirst().filter((each) => each.endpoint === endpoint);
    return structuredClone(theirs.toReversed().slice(0, limit));
  }
  *partsOfEndpoint(endpoint: string, size: number): Generator<MessageRecord[]> {
    const theirs = this.ofEndpoint(endpoint);
    for (let at = 0; at < theirs.length; at += size) yield theirs.slice(at, at + size);
  }
  isSendingTo(endpoint: string): boolean {
    return this.#messages.some((each) => each.endpoint === endpoint && each.status === 'sending');
  }
  olderThan(before: number, limit: number): string[] {
    const old = this.#newestFirst()
      .toReversed()
      .filter(
        ({ timestamp, tags, dueAt }) => timestamp < before && dueAt === null && !hasTag(tags, FAVORITE),
      );
    return old.slice(0, limit).map(({ id }) => id);
  }
  lastLineOf(endpoint: string): string | null {
    const found = this.#newestFirst().find((each) => each.endpoint === endpoint && each.lineId !== null);
    return found?.lineId ?? null;
  }

  due(at: number, limit: number): MessageRecord[] {
    const due = this.#waiting().filter(({ dueAt }) => dueAt !== null && dueAt <= at);
    return structuredClone(due.slice(0, limit));
  }
  nextDueAt(): number | null {
    return this.#waiting()[0]?.dueAt ?? null;
  }
  underWay(): MessageRecord[] {
    const found = this.#messages.filter(({ status, isAccepted }) => status === 'sending' && !isAccepted);
    return structuredClone(found);
  }

  isKnown(names: readonly TextName[], at: number): boolean {
    return names.some(({ name, withinMs }) => {
      const seenAt = this.#names.get(name);
      return seenAt !== undefined && (withinMs === null || at - seenAt <= withinMs);
    });
  }
  remember(names: readonly TextName[], at: number): void {
    for (const { name } of names) this.#names.set(name, at);
  }

  findGroup(key: string, since: number): PartGroup | null {
    const found = [...this.#groups.values()].filter((group) => group.key === key && group.since >= since);
    return structuredClone(found.toSorted((a, b) => b.since - a.since)[0] ?? null);
  }
  addGroup(group: PartGroup): void {
    this.#groups.set(group.id, structuredClone(group));
  }
  showGroup(id: string, messageId: string): void {
    const group = this.#groups.get(id);
    if (group) group.messageId = messageId;
  }
  removeGroup(id: string): void {
    this.#groups.delete(id);
    this.#parts = this.#parts.filter(({ group }) => group !== id);
  }
  addPart(part: StoredPart): void {
    this.#parts.push(structuredClone(part));
  }
  partsOf(group: string): StoredPart[] {
    const found = this.#parts.filter((each) => each.group === group);
    return structuredClone(found.toSorted((a, b) => a.part - b.part));
  }
  removeGroupsOf(sender: string): void {
    for (const { id, text } of this.#groups.values()) if (text.sender === sender) this.removeGroup(id);
  }
  forgetGroups(before: number): void {
    for (const group of this.#groups.values()) {
      if (group.messageId !== null && group.since < before) this.removeGroup(group.id);
    }
  }
  hiddenGroups(): PartGroup[] {
    const hidden = [...this.#groups.values()].filter(({ messageId }) => messageId === null);
    return structuredClone(hidden.toSorted((a, b) => a.since - b.since));
  }

  #failWhereTold(): void {
    if (this.failures === 0) return;
    this.failures -= 1;
    throw new Error('the disk is full');
  }
  #newestFirst(): MessageRecord[] {
    // Of one millisecond, the last that was added comes first.
    return this.#messages.toReversed().toSorted((a, b) => b.timestamp - a.timestamp);
  }
  #waiting(): MessageRecord[] {
    const waiting = this.#messages.filter(({ dueAt }) => dueAt !== null);
    return waiting.toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.timestamp - b.timestamp);
  }
}

function isWanted(message: MessageRecord, { tags, bucketIds, ids, from, to, search }: RecordFilter): boolean {
  const own = message.tags.map((tag) => tag.toLowerCase());
  if (!tags.every((tag) => own.includes(tag.toLowerCase()))) return false;
  if (bucketIds.length > 0 && !bucketIds.includes(message.bucketId ?? '')) return false;
  if (ids.length > 0 && !ids.includes(message.id)) return false;
  if (from !== null && message.timestamp < from) return false;
  if (to !== null && message.timestamp > to) return false;
  const words = wordsIn(`${message.content} ${message.keywords} ${message.endpoint}`);
  return wordsIn(search ?? '').every((sought) => words.some((word) => word.startsWith(sought)));
}

function wordsIn(text: string): string[] {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
