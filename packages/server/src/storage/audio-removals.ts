/**
 * Deletes the audio of records that are gone. What is to go is written down in the transaction that removes the record,
 * and the file is deleted after its commit: after a crash in between, the note is still there and the file goes at the
 * next start. Used by the stores of calls and questions, and by the sweep.
 */
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './transaction.ts';

export interface AudioRemovals {
  /** Within the transaction that removes the record. */
  note(recording: string): void;
  /** Ids whose files are to go and may still be there. */
  pending(): Set<string>;
  /** After the commit: deletes what is noted. */
  carryOut(): void;
}

/** Deleting a long file takes its time: more than so many are deleted beside the work. */
const MOST_AT_ONCE = 16;

/** `onProblem`: a file could not be deleted; the note of it stays for the next start. */
export function createAudioRemovals(
  database: DatabaseSync,
  audioFolder: string,
  onProblem: (problem: unknown) => void,
): AudioRemovals {
  const add = database.prepare('INSERT INTO audio_removals (recording) VALUES (?) ON CONFLICT DO NOTHING');
  const read = database.prepare('SELECT recording FROM audio_removals');
  const done = database.prepare('DELETE FROM audio_removals WHERE recording = ?');
  const underWay = new Set<string>();
  const pending = (): Set<string> => new Set(read.all().map((row) => String(row['recording'])));
  const fileOf = (recording: string): string => join(audioFolder, `${recording}.wav`);

  /** One commit for all of them. */
  function forget(recordings: readonly string[]): void {
    if (recordings.length === 0 || !database.isOpen) return;
    transaction(database, () => {
      for (const recording of recordings) done.run(recording);
    });
  }

  async function removeBeside(recordings: readonly string[]): Promise<void> {
    const gone: string[] = [];
    for (const recording of recordings) {
      try {
        await rm(fileOf(recording), { force: true });
        gone.push(recording);
      } catch (problem) {
        onProblem(problem);
      }
    }
    forget(gone);
    for (const recording of recordings) underWay.delete(recording);
  }

  return {
    note: (recording) => void add.run(recording),
    pending,
    carryOut() {
      const recordings = [...pending()].filter((recording) => !underWay.has(recording));
      const gone: string[] = [];
      for (const recording of recordings.slice(0, MOST_AT_ONCE)) {
        try {
          rmSync(fileOf(recording), { force: true });
          gone.push(recording);
        } catch (problem) {
          onProblem(problem);
        }
      }
      forget(gone);
      const rest = recordings.slice(MOST_AT_ONCE);
      for (const recording of rest) underWay.add(recording);
      removeBeside(rest).catch(onProblem);
    },
  };
}
