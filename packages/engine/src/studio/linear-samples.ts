/** Linear samples off the wire or out of a pipe as floats, several channels brought to one. Inputs of the studio, studio thread. */
export interface SampleFormat {
  bytes: 2 | 3;
  channels: 1 | 2;
  isBigEndian: boolean;
}

/** Writes to `out`; returns how many samples (of all channels together) were whole and had room. */
export function readSamples(
  bytes: Buffer,
  offset: number,
  length: number,
  { bytes: width, channels, isBigEndian }: SampleFormat,
  out: Float32Array,
): number {
  const step = width * channels;
  const count = Math.min(Math.floor(length / step), out.length);
  const full = 2 ** (width * 8 - 1) * channels;
  for (let index = 0; index < count; index++) {
    const at = offset + index * step;
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const from = at + channel * width;
      sum += isBigEndian ? bytes.readIntBE(from, width) : bytes.readIntLE(from, width);
    }
    out[index] = sum / full;
  }
  return count;
}
