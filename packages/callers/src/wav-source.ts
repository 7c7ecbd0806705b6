/** A WAV file as samples, a track each: what a simulated telephone plays and what a test listens to. */
import { parseWav } from '@openline/engine';

export interface Tracks {
  sampleRate: number;
  /** One a channel, ±1 full scale. */
  tracks: Float32Array[];
}

/** 16-bit PCM only. Throws with a sentence for anything else. */
export function readTracks(bytes: Uint8Array): Tracks {
  const wav = parseWav(bytes);
  if (!wav.ok) throw new Error(`not a WAV file that can be read: ${wav.code}`);
  if (wav.format !== 'pcm' || wav.bitsPerSample !== 16) throw new Error('only 16-bit WAV files can be read');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blockBytes = 2 * wav.channels;
  const count = Math.floor(wav.dataBytes / blockBytes);
  const track = (channel: number) =>
    Float32Array.from(
      { length: count },
      (_, i) => view.getInt16(wav.dataOffset + i * blockBytes + 2 * channel, true) / 32768,
    );
  return { sampleRate: wav.sampleRate, tracks: Array.from({ length: wav.channels }, (_, c) => track(c)) };
}
