/**
 * Where the sockets between engine and server are for a data folder: for control, and for the live program. Both processes
 * work it out on their own and must agree. They lie in the data folder unless the path is too long for a socket
 * address; named pipes on Windows.
 */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** sun_path holds 104 bytes on macOS and the BSDs, 108 on Linux, with its closing zero. */
const MAX_PATH_BYTES = 103;

export function controlSocketPath(dataFolder: string, platform: NodeJS.Platform = process.platform): string {
  return socketPath(dataFolder, { name: 'engine', hashed: 'openline' }, platform);
}

/** HTTP: what outputs/program-socket.ts serves. */
export function programSocketPath(dataFolder: string, platform: NodeJS.Platform = process.platform): string {
  return socketPath(dataFolder, { name: 'program', hashed: 'openline-program' }, platform);
}

function socketPath(
  dataFolder: string,
  { name, hashed }: { name: string; hashed: string },
  platform: NodeJS.Platform,
): string {
  const folder = resolve(dataFolder);
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (platform === 'win32') return `\\\\.\\pipe\\${hashed}-${hash}`;
  const path = join(folder, `${name}.sock`);
  return Buffer.byteLength(path) <= MAX_PATH_BYTES ? path : join(tmpdir(), `${hashed}-${hash}.sock`);
}
