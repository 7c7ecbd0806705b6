// What a page of anything stored is asked for by: the fetches of texts, questions, calls and people. Part of every
// store port; the pages are newest first.

export interface RecordFilter {
  /** All of them, whatever the case. */
  tags: readonly string[];
  /** Any of them; empty: all. */
  bucketIds: readonly string[];
  /** Any of them; empty: all. */
  ids: readonly string[];
  /** Epoch ms; both ends belong to it. */
  from: number | null;
  to: number | null;
  /** Each word is the beginning of one in what is looked at. */
  search: string | null;
  limit: number;
  /** Of the page before; one that is not ours starts from the newest. */
  cursor: string | null;
}

export const NO_FILTER: Omit<RecordFilter, 'limit'> = {
  tags: [],
  bucketIds: [],
  ids: [],
  from: null,
  to: null,
  search: null,
  cursor: null,
};
