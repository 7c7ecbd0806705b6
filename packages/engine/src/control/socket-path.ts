/**
 * Where the control socket of a data folder is. Engine and server work it out on their own and must agree. It lies in
 * the data folder unless its path is too long for a socket address; a named pipe on Windows.
 */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** sun_path holds 104 bytes on macOS and the BSDs, 108 on Linux, with its closing zero. */
const MAX_PATH_BYTES = 103;

export function controlSocketPath(dataFolder: string, platform: NodeJS.Platform = process.platform): string {
  const folder = resolve(dataFolder);
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (platform === 'win32') return `\\\\.\\pipe\\openline-${hash}`;
  const path = join(folder, 'engine.sock');
  return Buffer.byteLength(path) <= MAX_PATH_BYTES ? path : join(tmpdir(), `openline-${hash}.sock`);
}
