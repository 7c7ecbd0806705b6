// A list of stored things (texts, questions, calls, people) as far as it was read: pages fetched by a filter, and
// what the server tells of changes since. One object a list on a screen; use-record-list.ts ties it to a component.
import type { ServerFrame } from '@openline/protocol';

export interface Page<Entry> {
  entries: readonly Entry[];
  /** Fetches the next page; null at the end. */
  cursor: string | null;
}

/** What a kind of record and a filter say of a list. */
export interface RecordSource<Entry> {
  /** A page, or a sentence that says why there is none. */
  fetch: (cursor: string | null) => Promise<Page<Entry> | string>;
  /** The changes in a frame by id, null for what is gone; null when the frame is about something else. */
  changesIn: (frame: ServerFrame) => Readonly<Record<string, Entry | null>> | null;
  idOf: (entry: Entry) => string;
  /** Whether a new or changed entry belongs to this list. */
  fits: (entry: Entry) => boolean;
  /** Below 0: `one` stands before `other`. */
  order: (one: Entry, other: Entry) => number;
}

export interface RecordListView<Entry> {
  entries: readonly Entry[];
  /** `reading`: the first page is on its way. */
  state: 'reading' | 'read' | 'failed';
  problem: string | null;
  hasMore: boolean;
  isReadingMore: boolean;
}

const empty: RecordListView<never> = {
  entries: [],
  state: 'reading',
  problem: null,
  hasMore: false,
  isReadingMore: false,
};

export class RecordList<Entry> {
  view: RecordListView<Entry> = empty;
  readonly #source: RecordSource<Entry>;
  readonly #listeners = new Set<() => void>();
  #cursor: string | null = null;
  /** Counts the readings from the start: an answer to an earlier one is of no interest. */
  #reading = 0;

  constructor(source: RecordSource<Entry>) {
    this.#source = source;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** From the start: at first, and after the connection was away. What is shown stays until the answer. */
  async read(): Promise<void> {
    this.#reading += 1;
    const reading = this.#reading;
    const page = await this.#source.fetch(null);
    if (reading !== this.#reading) return;
    if (typeof page === 'string') return this.#show({ state: 'failed', problem: page });
    this.#cursor = page.cursor;
    this.#show({
      entries: page.entries,
      state: 'read',
      problem: null,
      hasMore: page.cursor !== null,
      isReadingMore: false,
    });
  }

  async readMore(): Promise<void> {
    if (this.#cursor === null || this.view.isReadingMore) return;
    const reading = this.#reading;
    this.#show({ isReadingMore: true });
    const page = await this.#source.fetch(this.#cursor);
    if (reading !== this.#reading) return;
    if (typeof page === 'string') return this.#show({ problem: page, isReadingMore: false });
    this.#cursor = page.cursor;
    const known = new Set(this.view.entries.map((entry) => this.#source.idOf(entry)));
    const further = page.entries.filter((entry) => !known.has(this.#source.idOf(entry)));
    this.#show({
      entries: [...this.view.entries, ...further],
      problem: null,
      hasMore: page.cursor !== null,
      isReadingMore: false,
    });
  }

  take(frame: ServerFrame): void {
    const changes = this.#source.changesIn(frame);
    if (changes === null || this.view.state !== 'read') return;
    const { idOf, fits, order } = this.#source;
    const kept = this.view.entries.filter((entry) => !Object.hasOwn(changes, idOf(entry)));
    const fresh = Object.values(changes).filter((entry) => entry !== null && fits(entry)) as Entry[];
    if (fresh.length === 0 && kept.length === this.view.entries.length) return;
    const last = this.view.entries.at(-1);
    // What belongs behind the last page read comes when that page is read.
    const isWithin = (entry: Entry) => !this.view.hasMore || last === undefined || order(entry, last) <= 0;
    this.#show({ entries: [...kept, ...fresh.filter(isWithin)].sort(order) });
  }

  #show(change: Partial<RecordListView<Entry>>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
