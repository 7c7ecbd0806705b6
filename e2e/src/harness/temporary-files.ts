/**
 * Run by vitest around all tests that make files (`setup`): everything temporary, of the tests and of what they start, is made
 * in one folder, which goes with the run. A worker of vitest has no end of its own at which it could tidy up.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let isMade = false;

export function setup(): (() => void) | undefined {
  // For several projects in one run: the first one makes it.
  if (isMade) return undefined;
  isMade = true;
  const folder = mkdtempSync(join(tmpdir(), 'openline-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
