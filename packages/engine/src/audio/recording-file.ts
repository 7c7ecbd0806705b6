/**
 * One recording as it grows on disk: 48 kHz 16-bit WAV whose header is valid after every flush. Used by
 * recording-thread.ts only, with blocking calls: nothing else waits there.
 *
 *   frames at the leg's rate ─► resample to 48 kHz ─► limiter ─► 16 bit, interleaved ─► buffer ─► flush: samples, then header
 */
import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { FRAME_SAMPLES, FULL_RATE, RATES } from './bus.ts';
import { Limiter } from './limiter.ts';
import { Resampler } from './resampler.ts';
import { WAV_HEADER_BYTES, WAV_MAX_DATA_BYTES, buildWavHeader, patchWavSizes } from './wav-file.ts';

const SAMPLE_RATE = RATES[FULL_RATE];
const FRAME = FRAME_SAMPLES[FULL_RATE];
/** Half a second is held at most; flush() comes more often. */
const BUFFER_FRAMES = 50;
/** RMS of a frame above which somebody is heard on a line, not its noise: −45 dBFS. */
const LOUD_RMS = 10 ** (-45 / 20);
const FRAME_MS = 20;

interface Track {
  rate: number;
  resampler: Resampler | null;
  readonly limiter: Limiter;
  readonly samples: Float32Array;
}

export class RecordingFile {
  readonly channels: 1 | 2;
  readonly #file: number;
  readonly #header: Uint8Array;
  readonly #tracks: Track[];
  readonly #buffer: Int16Array;
  readonly #bytes: Uint8Array;
  #buffered = 0;
  #dataBytes = 0;
  #isSynced = true;
  #loudFrames = 0;

  /** Creates the file with its header; throws what the file system says (also when the file exists). */
  constructor(path: string, channels: 1 | 2, title: string, startedAt: Date) {
    this.channels = channels;
    this.#header = buildWavHeader({
      channels,
      sampleRate: SAMPLE_RATE,
      description: title,
      originator: 'Openline',
      originatedAt: startedAt,
    });
    this.#tracks = Array.from({ length: channels }, () => ({
      rate: SAMPLE_RATE,
      resampler: null,
      limiter: new Limiter(SAMPLE_RATE),
      samples: new Float32Array(FRAME),
    }));
    this.#buffer = new Int16Array(BUFFER_FRAMES * FRAME * channels);
    this.#bytes = new Uint8Array(this.#buffer.buffer);
    this.#file = openSync(path, 'wx');
    try {
      writeSync(this.#file, this.#header, 0, this.#header.length, 0);
      fdatasyncSync(this.#file);
    } catch (error) {
      // A file without a header is no recording, and would lie about for ever.
      closeSync(this.#file);
      unlinkSync(path);
      throw error;
    }
  }

  get durationMs(): number {
    const samples = this.#dataBytes / (2 * this.channels) + this.#buffered / this.channels;
    return Math.round((samples * 1000) / SAMPLE_RATE);
  }

  /** For how long the first track was louder than a silent line. */
  get loudMs(): number {
    return this.#loudFrames * FRAME_MS;
  }

  /** One frame of 20 ms: `samples[0…n)` left, `samples[n…2n)` right where there are two channels. */
  add(samples: Float32Array, sampleRate: number): void {
    const length = sampleRate / 50;
    for (const [channel, track] of this.#tracks.entries()) {
      toFullRate(track, samples, channel * length, length, sampleRate);
      track.limiter.process(track.samples, FRAME);
      this.#interleave(track.samples, channel);
      if (channel === 0 && isLoud(track.samples)) this.#loudFrames++;
    }
    this.#advance();
  }

  /** Silence in place of a frame that was lost on the way. */
  addMissing(): void {
    for (const [channel, track] of this.#tracks.entries()) {
      track.samples.fill(0);
      this.#interleave(track.samples, channel);
    }
    this.#advance();
  }

  /** Writes what is held, then the header that counts it. */
  flush(): void {
    if (this.#buffered === 0) return;
    const length = this.#buffered * 2;
    // WAV sizes end at 4 GB (6 h of two tracks); what comes behind it is not counted and not written.
    const room = Math.max(0, WAV_MAX_DATA_BYTES - this.#dataBytes);
    writeAll(this.#file, this.#bytes, Math.min(length, room), WAV_HEADER_BYTES + this.#dataBytes);
    this.#dataBytes += Math.min(length, room);
    this.#buffered = 0;
    patchWavSizes(this.#header, this.#dataBytes);
    writeAll(this.#file, this.#header, this.#header.length, 0);
    this.#isSynced = false;
  }

  /** To the disk itself, against a power cut. */
  sync(): void {
    if (this.#isSynced) return;
    fdatasyncSync(this.#file);
    this.#isSynced = true;
  }

  /** Writes the rest; the file is closed even when that fails. */
  close(): void {
    try {
      this.flush();
      this.sync();
    } finally {
      closeSync(this.#file);
    }
  }

  #interleave(samples: Float32Array, channel: number): void {
    const { channels } = this;
    for (let index = 0; index < FRAME; index++) {
      const value = Math.round(samples[index]! * 32768);
      this.#buffer[this.#buffered + index * channels + channel] = Math.min(32767, Math.max(-32768, value));
    }
  }

  #advance(): void {
    this.#buffered += FRAME * this.channels;
    if (this.#buffered === this.#buffer.length) this.flush();
  }
}

function toFullRate(track: Track, samples: Float32Array, at: number, length: number, rate: number): void {
  if (rate !== track.rate) {
    track.rate = rate;
    track.resampler = rate === SAMPLE_RATE ? null : new Resampler(rate, SAMPLE_RATE, length);
  }
  const frame = samples.subarray(at, at + length);
  if (track.resampler === null) track.samples.set(frame);
  else track.resampler.process(frame, length, track.samples);
}

function isLoud(samples: Float32Array): boolean {
  let energy = 0;
  for (let index = 0; index < FRAME; index++) energy += samples[index]! ** 2;
  return energy > LOUD_RMS ** 2 * FRAME;
}

/** A write may be short (a full disk says so only with the next one). */
function writeAll(file: number, bytes: Uint8Array, length: number, position: number): void {
  for (let done = 0; done < length; ) {
    done += writeSync(file, bytes, done, length - done, position + done);
  }
}
