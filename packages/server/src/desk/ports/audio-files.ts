/** The audio files port: recordings by id. Implemented by storage/, and by a map in tests. */

/** What is really in a recording. */
export interface Recorded {
  durationMs: number;
  /** For how long somebody was heard. */
  loudMs: number;
}

export interface AudioFiles {
  /** Also of one that was cut by a crash; its header is set right. null: there is no such file. */
  measure(id: string): Recorded | null;
  /** A file that is not there is no error. */
  remove(id: string): void;
}
