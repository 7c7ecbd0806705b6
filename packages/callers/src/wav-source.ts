/** Reads a 16-bit PCM WAV into samples: enough of RIFF to let a simulated telephone play a file. */

/** First channel, ±1 full scale. Throws with a sentence when the bytes are not 16-bit PCM. */
export function readWav(bytes: Buffer): { samples: Float32Array; sampleRate: number } {
  if (
    bytes.length < 44 ||
    bytes.toString('latin1', 0, 4) !== 'RIFF' ||
    bytes.toString('latin1', 8, 12) !== 'WAVE'
  )
    throw new Error('not a WAV file');
  let at = 12;
  let channels = 1;
  let sampleRate = 8000;
  while (at + 8 <= bytes.length) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ') {
      channels = bytes.readUInt16LE(at + 10);
      sampleRate = bytes.readUInt32LE(at + 12);
      if (bytes.readUInt16LE(at + 22) !== 16) throw new Error('only 16-bit WAV files can be played');
    }
    if (id === 'data') {
      const count = Math.floor(Math.min(size, bytes.length - at - 8) / (2 * channels));
      const samples = Float32Array.from(
        { length: count },
        (_, i) => bytes.readInt16LE(at + 8 + i * 2 * channels) / 32768,
      );
      return { samples, sampleRate };
    }
    at += 8 + size + (size & 1);
  }
  throw new Error('the WAV file has no data');
}
