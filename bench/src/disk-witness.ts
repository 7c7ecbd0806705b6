/**
 * Tells a slow disk from a slow server: how long a small write takes here until it is on the disk. Whoever promises that what
 * it tells is kept has to wait so long.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As much as one small commit writes. */
const PAGE = Buffer.alloc(4096);

export class DiskWitness {
  readonly #folder = mkdtempSync(join(tmpdir(), 'openline-disk-'));
  readonly #file = openSync(join(this.#folder, 'witness'), 'w');

  /** Blocks meanwhile. */
  writeMs(): number {
    const startedAt = performance.now();
    writeSync(this.#file, PAGE, 0, PAGE.length, 0);
    fdatasyncSync(this.#file);
    return performance.now() - startedAt;
  }

  stop(): void {
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
