/** The port of the sounds that callers in ivr hear. Implemented in storage/. */
export interface PromptFile {
  id: string;
  durationMs: number;
  bytes: number;
  /** Epoch ms. */
  changedAt: number;
}

export interface PromptFiles {
  list(): PromptFile[];
  /** The name of its file, without the ending; null when there is no such prompt. */
  fileOf(id: string): string | null;
  /** Replaces one of that id. */
  put(id: string, file: Uint8Array): PromptFile;
  /** False: it was not there. */
  remove(id: string): boolean;
}
