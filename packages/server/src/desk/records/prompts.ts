// The prompts that callers in ivr hear, as clients see them: part of the state, and told when one comes, changes or
// goes; a bucket that greeted with one that goes has its greeting no more. Files are the work of whoever implements
// `PromptFiles` (storage/), uploads that of web/prompt-routes.ts.
import type { DeskState, Prompt } from '@openline/protocol';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { PromptFile, PromptFiles } from '../ports/prompt-files.ts';

export interface PromptRecordsPorts {
  files: PromptFiles;
  broadcaster: Broadcaster;
  /** Told of a prompt that is no more. */
  forget: (prompt: string) => void;
  /** Told of one that is new, another file, or gone. */
  onChange?: (prompt: string) => void;
}

export interface PromptRecords extends Pick<PromptFiles, 'fileOf' | 'remove'> {
  put(id: string, file: Uint8Array): Prompt;
  /** Its part of `initialize`. */
  state(): Pick<DeskState, 'prompts'>;
}

export function createPromptRecords({
  files,
  broadcaster,
  forget,
  onChange,
}: PromptRecordsPorts): PromptRecords {
  const tell = (id: string, prompt: Prompt | null) => {
    broadcaster.send({ to: 'all' }, { event: 'prompts:update', data: { [id]: prompt } });
    onChange?.(id);
  };
  return {
    fileOf: (id) => files.fileOf(id),
    put(id, file) {
      const prompt = viewOf(files.put(id, file));
      tell(id, prompt);
      return prompt;
    },
    remove(id) {
      const isGone = files.remove(id);
      if (!isGone) return false;
      forget(id);
      tell(id, null);
      return true;
    },
    state: () => ({ prompts: Object.fromEntries(files.list().map((prompt) => [prompt.id, viewOf(prompt)])) }),
  };
}

function viewOf({ id, durationMs, bytes, changedAt }: PromptFile): Prompt {
  return { audio_url: `/api/prompts/${id}`, duration_ms: durationMs, bytes, changed: changedAt };
}
