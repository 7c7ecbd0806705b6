// Whatever sound this browser can read, as a WAV file that the server takes: 48 kHz, 16 bit, one track.
const RATE = 48_000;
const HEADER_BYTES = 44;

/** null: it is no sound that can be read here. */
export async function toWav(sound: Blob): Promise<Blob | null> {
  try {
    const context = new OfflineAudioContext(1, 1, RATE);
    const decoded = await context.decodeAudioData(await sound.arrayBuffer());
    const tracks = Array.from({ length: decoded.numberOfChannels }, (_, index) =>
      decoded.getChannelData(index),
    );
    return new Blob([wavOf(meanOf(tracks), decoded.sampleRate)], { type: 'audio/wav' });
  } catch {
    return null;
  }
}

function meanOf(tracks: readonly Float32Array[]): Float32Array {
  const [first] = tracks;
  if (!first || tracks.length === 1) return first ?? new Float32Array(0);
  return first.map((_, at) => tracks.reduce((sum, track) => sum + (track[at] ?? 0), 0) / tracks.length);
}

/** RIFF, one `fmt ` and one `data` chunk, PCM. */
export function wavOf(samples: Float32Array, rate: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + samples.length * 2));
  const word = (at: number, text: string) =>
    text.split('').forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  word(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + samples.length * 2, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  for (const [index, sample] of samples.entries()) {
    view.setInt16(HEADER_BYTES + index * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  }
  return view.buffer;
}
