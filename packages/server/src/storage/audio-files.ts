/** Recordings as files, named by id, in the data folder's `audio`. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { AudioFiles } from '../desk/ports/audio-files.ts';
import { readWavLength } from './wav-length.ts';

/** Ids come from us; that none is a path is made sure here all the same. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Recordings are 48 kHz 16-bit; 20 ms of one track. */
const FRAME_SAMPLES = 960;
const FRAME_MS = 20;
/** As the engine counts: RMS of a frame above −45 dBFS. */
const LOUD_RMS = 32768 * 10 ** (-45 / 20);
const CHUNK_FRAMES = 500;

export function createAudioFiles(folder: string): AudioFiles {
  return {
    measure(id) {
      const path = join(folder, `${id}.wav`);
      if (!ID.test(id) || !existsSync(path)) return null;
      const length = readWavLength(path, true);
      if (length === null) return null;
      return { durationMs: length.durationMs, loudMs: loudMsOf(path, length.dataAt, length.channels) };
    },
  };
}

/** Of the first track. */
function loudMsOf(path: string, dataAt: number, channels: number): number {
  const blockBytes = 2 * channels;
  const chunk = Buffer.alloc(CHUNK_FRAMES * FRAME_SAMPLES * blockBytes);
  const file = openSync(path, 'r');
  try {
    let loudFrames = 0;
    for (let at = dataAt; ; at += chunk.length) {
      const bytes = readSync(file, chunk, 0, chunk.length, at);
      const frames = Math.floor(bytes / blockBytes / FRAME_SAMPLES);
      for (let frame = 0; frame < frames; frame += 1) {
        if (isLoud(chunk, frame * FRAME_SAMPLES * blockBytes, blockBytes)) loudFrames += 1;
      }
      if (bytes < chunk.length) return loudFrames * FRAME_MS;
    }
  } finally {
    closeSync(file);
  }
}

function isLoud(bytes: Buffer, at: number, blockBytes: number): boolean {
  let energy = 0;
  for (let sample = 0; sample < FRAME_SAMPLES; sample += 1)
    energy += bytes.readInt16LE(at + sample * blockBytes) ** 2;
  return energy > LOUD_RMS ** 2 * FRAME_SAMPLES;
}
