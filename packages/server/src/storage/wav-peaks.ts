/**
 * The outline of a recording, for the player's picture of it: the loudest sample of each stretch. A long recording is
 * looked at in samples of each stretch, so that three hours cost no more than a minute does. Asked for by the web layer.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { readWavLength } from './wav-length.ts';

export interface WavPeaks {
  durationMs: number;
  /** 0 to 100 of full scale, one a stretch, in order. */
  peaks: number[];
}

/** As many as the widest player has room for. */
const STRETCHES = 400;
/** Of a stretch not more than this is read: 16 ms of stereo at 48 kHz are 3 kB. */
const READ_BYTES = 32_768;
const FULL_SCALE = 32_768;

/** null: not a recording of 16 bits that can be read. */
export async function readWavPeaks(path: string): Promise<WavPeaks | null> {
  const wav = readWavLength(path);
  if (!wav || wav.bitsPerSample !== 16 || wav.channels === 0) return null;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const frameBytes = wav.channels * 2;
    const frames = Math.floor((size - wav.dataAt) / frameBytes);
    const stretches = Math.min(STRETCHES, frames);
    const peaks: number[] = [];
    const buffer = Buffer.alloc(READ_BYTES - (READ_BYTES % frameBytes));
    for (let stretch = 0; stretch < stretches; stretch++) {
      const from = Math.floor((frames * stretch) / stretches);
      const to = Math.floor((frames * (stretch + 1)) / stretches);
      const bytes = Math.min(buffer.length, (to - from) * frameBytes);
      peaks.push(await loudest(file, buffer.subarray(0, bytes), wav.dataAt + from * frameBytes));
    }
    return { durationMs: wav.durationMs, peaks };
  } finally {
    await file.close();
  }
}

async function loudest(file: FileHandle, buffer: Buffer, at: number): Promise<number> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
  let peak = 0;
  for (let byte = 0; byte + 1 < bytesRead; byte += 2) {
    const sample = Math.abs(buffer.readInt16LE(byte));
    if (sample > peak) peak = sample;
  }
  return Math.round((peak / FULL_SCALE) * 100);
}
