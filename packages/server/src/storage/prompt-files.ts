/**
 * The station's prompts: WAV files in the data folder's `prompts`, each named by its id and what is in it. So a file
 * never changes, the engine may keep it, and a prompt that is replaced half-way is the old one or the new one.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PromptFile, PromptFiles } from '../desk/ports/prompt-files.ts';
import { readWavLength } from './wav-length.ts';

const PROMPT_ID = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const FILE = /^([a-z0-9][a-z0-9_-]{0,39})-([0-9a-f]{12})\.wav$/;

interface Kept {
  prompt: PromptFile;
  name: string;
}

export function openPromptFiles(folder: string): PromptFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = new Map<string, Kept>();
  const pathOf = (name: string) => join(folder, `${name}.wav`);

  for (const file of readdirSync(folder)) {
    const [, id] = FILE.exec(file) ?? [];
    const found = id === undefined ? null : read(folder, file, id);
    // What an interrupted upload left.
    if (file.endsWith('.part')) rmSync(join(folder, file), { force: true });
    if (found) keepNewer(found);
  }

  function keepNewer(found: Kept): void {
    const other = kept.get(found.prompt.id);
    const isNewer = !other || found.prompt.changedAt >= other.prompt.changedAt;
    if (isNewer) kept.set(found.prompt.id, found);
    const older = isNewer ? other : found;
    if (older) rmSync(pathOf(older.name), { force: true });
  }

  return {
    list: () => [...kept.values()].map(({ prompt }) => prompt).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    fileOf: (id) => kept.get(id)?.name ?? null,
    put(id, file) {
      if (!PROMPT_ID.test(id)) throw new Error('not an id of a prompt');
      const name = `${id}-${createHash('sha256').update(file).digest('hex').slice(0, 12)}`;
      const former = kept.get(id);
      write(pathOf(name), file);
      const written = read(folder, `${name}.wav`, id);
      if (!written) throw new Error('a prompt was not written as a sound');
      kept.set(id, written);
      if (former && former.name !== name) rmSync(pathOf(former.name), { force: true });
      return written.prompt;
    },
    remove(id) {
      const found = kept.get(id);
      if (!found) return false;
      rmSync(pathOf(found.name), { force: true });
      return kept.delete(id);
    },
  };
}

function read(folder: string, file: string, id: string): Kept | null {
  const path = join(folder, file);
  const length = readWavLength(path);
  if (length === null) return null;
  const { size, mtimeMs } = statSync(path);
  const prompt = { id, durationMs: length.durationMs, bytes: size, changedAt: Math.round(mtimeMs) };
  return { prompt, name: file.slice(0, -'.wav'.length) };
}

/** Whole and on the disk, or not there. */
function write(path: string, bytes: Uint8Array): void {
  const part = `${path}.part`;
  const file = openSync(part, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
}
