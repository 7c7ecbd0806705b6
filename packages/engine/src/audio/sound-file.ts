/**
 * A WAV file of the station read piece by piece, as mono sound at 48 kHz: recordings may last for hours, so they are
 * never in memory as a whole. For a thread that may block on the disk (playback-thread.ts).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Resampler } from './resampler.ts';
import { PLAYABLE_RATES } from './sound.ts';
import { parseWav, type WavInfo } from './wav-file.ts';

const FULL_RATE = 48_000;
/** Enough for the header of every file that a station has; those of others have pictures in them. */
const HEAD_BYTES = 1 << 18;
/** Read at a time: 100 ms. */
const PIECES_A_SECOND = 10;

export class SoundFileError extends Error {}

export class SoundFile {
  readonly durationMs: number;
  readonly #file: number;
  readonly #wav: WavInfo;
  readonly #blockBytes: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #piece: Float32Array;
  readonly #sound: Float32Array;
  readonly #resampler: Resampler;
  #at: number;
  /** Behind the last sample the resampler still has some. */
  #hasTail = true;

  /** From `fromMs` on. Throws a SoundFileError with a reason for what cannot be played. */
  constructor(path: string, fromMs = 0) {
    this.#file = openSync(path, 'r');
    try {
      this.#wav = this.#readHead();
      const { channels, bitsPerSample, sampleRate, dataBytes } = this.#wav;
      this.#blockBytes = (channels * bitsPerSample) / 8;
      const blocks = dataBytes / this.#blockBytes;
      this.durationMs = Math.round((blocks * 1000) / sampleRate);
      this.#at = Math.min(blocks, Math.round((fromMs * sampleRate) / 1000)) * this.#blockBytes;
      const pieceSamples = sampleRate / PIECES_A_SECOND;
      this.#bytes = new Uint8Array(pieceSamples * this.#blockBytes);
      this.#view = new DataView(this.#bytes.buffer);
      this.#piece = new Float32Array(pieceSamples);
      this.#sound = new Float32Array(FULL_RATE / PIECES_A_SECOND);
      this.#resampler = new Resampler(sampleRate, FULL_RATE, pieceSamples);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /** The next tenth of a second, good until the next call; null at the end. */
  next(): Float32Array | null {
    const left = this.#wav.dataBytes - this.#at;
    if (left <= 0 && !this.#hasTail) return null;
    const wanted = Math.max(0, Math.min(this.#bytes.length, left));
    const read = wanted === 0 ? 0 : this.#readAt(this.#bytes, this.#wav.dataOffset + this.#at, wanted);
    // A file that became shorter meanwhile ends here.
    if (read < this.#bytes.length) this.#hasTail = false;
    this.#at = read === wanted ? this.#at + read : this.#wav.dataBytes;
    this.#toMono(Math.floor(read / this.#blockBytes));
    this.#resampler.process(this.#piece, this.#piece.length, this.#sound);
    return this.#sound;
  }

  close(): void {
    closeSync(this.#file);
  }

  #readHead(): WavInfo {
    const size = fstatSync(this.#file).size;
    const head = new Uint8Array(Math.min(HEAD_BYTES, size));
    const read = this.#readAt(head, 0, head.length);
    const wav = parseWav(head.subarray(0, read), size);
    if (!wav.ok) throw new SoundFileError('not a WAV file that can be played');
    if (wav.format !== 'pcm' || wav.bitsPerSample !== 16 || wav.channels > 2) {
      throw new SoundFileError('only 16-bit sound with one or two tracks is played');
    }
    if (!PLAYABLE_RATES.includes(wav.sampleRate)) {
      throw new SoundFileError(`sound at ${wav.sampleRate} Hz is not played`);
    }
    if (wav.dataBytes === 0) throw new SoundFileError('there is no sound in it');
    return wav;
  }

  #readAt(into: Uint8Array, position: number, wanted: number): number {
    let read = 0;
    while (read < wanted) {
      const got = readSync(this.#file, into, read, wanted - read, position + read);
      if (got === 0) break;
      read += got;
    }
    return read;
  }

  /** The tracks of a call are its two sides: their sum is what was heard. */
  #toMono(blocks: number): void {
    const { channels } = this.#wav;
    this.#piece.fill(0, blocks);
    for (let block = 0; block < blocks; block++) {
      let sum = 0;
      for (let track = 0; track < channels; track++) {
        sum += this.#view.getInt16((block * channels + track) * 2, true) / 32768;
      }
      this.#piece[block] = sum;
    }
  }
}
