/**
 * How long a WAV file really is, by its size: a recording that was cut by a crash still has the sizes of its last
 * update in its header. Used by the recording sweep.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Enough for the chunks before the samples. */
const HEAD_BYTES = 4_096;

export interface WavLength {
  durationMs: number;
  /** The header says something else. */
  isHeaderWrong: boolean;
  /** Where the samples begin. */
  dataAt: number;
  channels: number;
  bitsPerSample: number;
}

/** null: not a WAV file that we can measure. With `repair` the header is set right. */
export function readWavLength(path: string, repair = false): WavLength | null {
  const file = openSync(path, repair ? 'r+' : 'r');
  try {
    const { size } = fstatSync(file);
    const head = Buffer.alloc(Math.min(HEAD_BYTES, size));
    readSync(file, head, 0, head.length, 0);
    const chunks = findChunks(head);
    if (!chunks) return null;
    const bytes = size - chunks.dataAt;
    const isHeaderWrong = head.readUInt32LE(chunks.dataAt - 4) !== bytes;
    if (repair && isHeaderWrong) {
      writeSize(file, 4, size - 8);
      writeSize(file, chunks.dataAt - 4, bytes);
    }
    const { dataAt, channels, bitsPerSample } = chunks;
    const durationMs = Math.floor((bytes / chunks.bytesPerSecond) * 1000);
    return { durationMs, isHeaderWrong, dataAt, channels, bitsPerSample };
  } finally {
    closeSync(file);
  }
}

interface Chunks {
  dataAt: number;
  bytesPerSecond: number;
  channels: number;
  bitsPerSample: number;
}

/** RIFF: "RIFF" size "WAVE", then chunks of name, size, content padded to even. */
function findChunks(head: Buffer): Chunks | null {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return null;
  let bytesPerSecond = 0;
  let channels = 0;
  let bitsPerSample = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    if (name === 'data') {
      return bytesPerSecond > 0 ? { dataAt: at + 8, bytesPerSecond, channels, bitsPerSample } : null;
    }
    if (name === 'fmt ' && at + 24 <= head.length) {
      channels = head.readUInt16LE(at + 10);
      bytesPerSecond = head.readUInt32LE(at + 16);
      bitsPerSample = head.readUInt16LE(at + 22);
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

function writeSize(file: number, at: number, size: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Math.min(size, 0xffff_ffff));
  writeSync(file, bytes, 0, 4, at);
}
