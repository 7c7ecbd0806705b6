/** Which of the real peers this machine has: a test whose peer is missing is skipped by name, never passed. */
import { spawnSync } from 'node:child_process';

export function hasProgram(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}
