/**
 * Measures recorded sound in tests and benchmarks: level of a tone, clicks, gaps. Not for the audio path (it allocates).
 * Levels are dBFS: 0 for a sine of amplitude 1.
 */
const FLOOR_DB = -160;

/**
 * Level of the sine at `hz` in the whole of `samples`. Blackman-Harris window: other tones are 90 dB down once they are
 * four periods of the measured time away (40 Hz for 100 ms).
 */
export function toneLevelDb(samples: Float32Array, sampleRate: number, hz: number): number {
  let real = 0;
  let imaginary = 0;
  let weight = 0;
  const step = (2 * Math.PI * hz) / sampleRate;
  for (let i = 0; i < samples.length; i++) {
    const window = blackmanHarris(i, samples.length);
    const value = (samples[i] as number) * window;
    real += value * Math.cos(step * i);
    imaginary -= value * Math.sin(step * i);
    weight += window;
  }
  return amplitudeDb((2 * Math.hypot(real, imaginary)) / weight);
}

/** RMS, in dB of a full-scale square wave (a sine of amplitude 1 reads −3). */
export function rmsDb(samples: Float32Array): number {
  let energy = 0;
  for (const value of samples) energy += value * value;
  return amplitudeDb(Math.sqrt(energy / Math.max(1, samples.length)));
}

export function peakDb(samples: Float32Array): number {
  let peak = 0;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  return amplitudeDb(peak);
}

/** Around each known tone this much is taken out; wide enough for a gain that moves within 20 ms. */
const TONE_GUARD_HZ = 250;
const CLICK_WINDOW_MS = 2;

/**
 * Loudest click: everything within 250 Hz of the known tones is removed (short-time spectrum), and the
 * highest RMS of what is left in any 2 ms is returned. What clicks, sounds in all frequencies; a tone that is faded does not.
 * The noise of a lossy codec sets the floor: about 38 dB below the sum of the tones for G.711.
 */
export function largestClickDb(
  samples: Float32Array,
  sampleRate: number,
  knownTonesHz: readonly number[],
): number {
  const residual = removeTones(samples, sampleRate, knownTonesHz);
  const width = Math.max(1, Math.round((CLICK_WINDOW_MS * sampleRate) / 1000));
  let energy = 0;
  let highest = 0;
  for (let i = 0; i < residual.length; i++) {
    energy += (residual[i] as number) ** 2;
    if (i >= width) energy -= (residual[i - width] as number) ** 2;
    highest = Math.max(highest, energy);
  }
  return amplitudeDb(Math.sqrt(highest / width));
}

/** Longest run of samples that all stay below `thresholdDb`. */
export function longestGapMs(samples: Float32Array, sampleRate: number, thresholdDb: number): number {
  const threshold = 10 ** (thresholdDb / 20);
  let longest = 0;
  let run = 0;
  for (const value of samples) {
    run = Math.abs(value) < threshold ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return (longest * 1000) / sampleRate;
}

/**
 * What is left of `samples` without the bands around the tones. Windows of about 40 ms, a quarter apart; of each only its middle quarter
 * is used, where dividing by the window is harmless. The first and last 20 ms are left out (0).
 */
export function removeTones(
  samples: Float32Array,
  sampleRate: number,
  knownTonesHz: readonly number[],
): Float32Array {
  const size = 2 ** Math.ceil(Math.log2(sampleRate * 0.032));
  const window = Float64Array.from({ length: size }, (_, i) => blackmanHarris(i, size));
  const isKept = Array.from({ length: size }, (_, bin) => {
    const hz = (Math.min(bin, size - bin) * sampleRate) / size;
    return knownTonesHz.every((tone) => Math.abs(hz - tone) > TONE_GUARD_HZ);
  });
  const residual = new Float32Array(samples.length);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  const quarter = size / 4;
  const first = (size - quarter) / 2;
  for (let start = 0; start + size <= samples.length; start += quarter) {
    for (let i = 0; i < size; i++) real[i] = (samples[start + i] as number) * (window[i] as number);
    imaginary.fill(0);
    transform(real, imaginary);
    for (let bin = 0; bin < size; bin++) {
      if (isKept[bin]) continue;
      real[bin] = 0;
      imaginary[bin] = 0;
    }
    // The inverse: real and imaginary part exchanged, and again after.
    transform(imaginary, real);
    for (let i = first; i < first + quarter; i++) {
      residual[start + i] = (real[i] as number) / size / (window[i] as number);
    }
  }
  return residual;
}

/** Amplitude spectrum in dBFS, bins of sampleRate / size up to half the rate; of the first `size` samples (a power of two). */
export function spectrumDb(samples: Float32Array, size: number): Float64Array {
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  let weight = 0;
  for (let i = 0; i < size; i++) {
    const window = blackmanHarris(i, size);
    real[i] = (samples[i] ?? 0) * window;
    weight += window;
  }
  transform(real, imaginary);
  return Float64Array.from({ length: size / 2 }, (_, bin) =>
    amplitudeDb((2 * Math.hypot(real[bin] as number, imaginary[bin] as number)) / weight),
  );
}

/** Fast Fourier transform in place, radix 2. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      exchange(real, i, j);
      exchange(imaginary, i, j);
    }
  }
  for (let width = 2; width <= size; width *= 2) {
    for (let offset = 0; offset < width / 2; offset++) butterflies(real, imaginary, width, offset);
  }
}

function butterflies(real: Float64Array, imaginary: Float64Array, width: number, offset: number): void {
  const angle = (-2 * Math.PI * offset) / width;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  for (let a = offset; a < real.length; a += width) {
    const b = a + width / 2;
    const turnedReal = (real[b] as number) * cos - (imaginary[b] as number) * sin;
    const turnedImaginary = (real[b] as number) * sin + (imaginary[b] as number) * cos;
    real[b] = (real[a] as number) - turnedReal;
    imaginary[b] = (imaginary[a] as number) - turnedImaginary;
    real[a] = (real[a] as number) + turnedReal;
    imaginary[a] = (imaginary[a] as number) + turnedImaginary;
  }
}

function exchange(values: Float64Array, i: number, j: number): void {
  const kept = values[i] as number;
  values[i] = values[j] as number;
  values[j] = kept;
}

function blackmanHarris(i: number, length: number): number {
  const x = (2 * Math.PI * (i + 0.5)) / length;
  return 0.35875 - 0.48829 * Math.cos(x) + 0.14128 * Math.cos(2 * x) - 0.01168 * Math.cos(3 * x);
}

function amplitudeDb(amplitude: number): number {
  return Math.max(FLOOR_DB, 20 * Math.log10(amplitude));
}
