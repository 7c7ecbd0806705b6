/** The ids port: names for call records, outgoing calls and recordings, which also become file names. */
export interface Ids {
  /** Unique for ever; [A-Za-z0-9_-], at most 40 characters. */
  next(): string;
}
