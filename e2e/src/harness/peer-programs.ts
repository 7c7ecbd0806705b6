/** Which of the real peers this machine has: a test whose peer is missing is skipped by name, never passed. */
import { spawnSync } from 'node:child_process';

export function hasProgram(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** Where the program is; null when it is not there. */
export function findProgram(command: string): string | null {
  const found = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
}
