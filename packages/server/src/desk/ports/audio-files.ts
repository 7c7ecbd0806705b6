/** The audio files port: what is really in a recording. Implemented by storage/, and by a map in tests. */

export interface Recorded {
  durationMs: number;
  /** For how long somebody was heard. */
  loudMs: number;
}

export interface AudioFiles {
  /** Also of one that was cut by a crash; its header is set right. null: there is no such file. */
  measure(id: string): Recorded | null;
}
