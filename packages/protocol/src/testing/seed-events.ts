/** The events of the original system, read from its page (seed-events.txt). For tests that hold us to every one. */
import { readFileSync } from 'node:fs';

export function seedEvents(): string[] {
  const page = readFileSync(new URL('seed-events.txt', import.meta.url), 'utf8');
  return [...page.matchAll(/^[-*] ([A-Za-z:]+)/gm)].map(([, name]) => name ?? '');
}
