/** Recordings in a map, for tests of the desk: a test puts in what a file would hold. */
import type { AudioFiles, Recorded } from '../ports/audio-files.ts';

export class MemoryAudioFiles implements AudioFiles {
  readonly files = new Map<string, Recorded>();

  measure(id: string): Recorded | null {
    return this.files.get(id) ?? null;
  }
}
