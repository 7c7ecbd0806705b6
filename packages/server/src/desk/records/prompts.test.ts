import { expect, test } from 'vitest';
import type { PromptFile } from '../ports/prompt-files.ts';
import { FakeBroadcaster } from '../testing/fake-broadcaster.ts';
import { createPromptRecords } from './prompts.ts';

function room() {
  const kept = new Map<string, PromptFile>();
  const broadcaster = new FakeBroadcaster();
  const forgotten: string[] = [];
  const prompts = createPromptRecords({
    files: {
      list: () => [...kept.values()],
      fileOf: (id) => (kept.has(id) ? id : null),
      put(id, file) {
        const prompt = { id, durationMs: 1_500, bytes: file.length, changedAt: 2 };
        kept.set(id, prompt);
        return prompt;
      },
      remove: (id) => kept.delete(id),
    },
    broadcaster,
    forget: (prompt) => void forgotten.push(prompt),
  });
  return { prompts, broadcaster, forgotten };
}

const welcome = { audio_url: '/api/prompts/welcome', duration_ms: 1_500, bytes: 3, changed: 2 };

test('a prompt is part of the state, and told to all when it comes and when it goes', () => {
  const { prompts, broadcaster, forgotten } = room();
  expect(prompts.put('welcome', new Uint8Array(3))).toEqual(welcome);
  expect(prompts.state()).toEqual({ prompts: { welcome } });
  expect(prompts.remove('welcome')).toBe(true);
  expect(prompts.state()).toEqual({ prompts: {} });
  expect(forgotten).toEqual(['welcome']);
  expect(broadcaster.sent).toEqual([
    { audience: { to: 'all' }, frame: { event: 'prompts:update', data: { welcome } } },
    { audience: { to: 'all' }, frame: { event: 'prompts:update', data: { welcome: null } } },
  ]);
});

test('one that is not there cannot be deleted, and nobody is told', () => {
  const { prompts, broadcaster, forgotten } = room();
  expect(prompts.remove('welcome')).toBe(false);
  expect([broadcaster.sent, forgotten]).toEqual([[], []]);
});
