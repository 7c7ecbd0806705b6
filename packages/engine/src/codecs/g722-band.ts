/**
 * One band of G.722: adaptive quantiser and predictor (ITU-T G.722 §3.3-3.6), in whole numbers. Used by g722.ts only.
 * The names in brackets are the standard's.
 */

/** Logarithm to scale factor (table 18, ILB). */
const INVERSE_LOG = Int32Array.of(
  2048,
  2093,
  2139,
  2186,
  2233,
  2282,
  2332,
  2383,
  2435,
  2489,
  2543,
  2599,
  2656,
  2714,
  2774,
  2834,
  2896,
  2960,
  3025,
  3091,
  3158,
  3228,
  3298,
  3371,
  3444,
  3520,
  3597,
  3676,
  3756,
  3838,
  3922,
  4008,
);
/** Decision levels of the lower band (table 14, Q6). */
const LOW_DECISIONS = Int32Array.of(
  35,
  72,
  110,
  150,
  190,
  233,
  276,
  323,
  370,
  422,
  473,
  530,
  587,
  650,
  714,
  786,
  858,
  940,
  1023,
  1121,
  1219,
  1339,
  1458,
  1612,
  1765,
  1980,
  2195,
  2557,
  2919,
);
/** Output values of the lower band with 6 bits (table 16, QQ6), by code; the first four codes are never sent. */
const LOW_OUTPUTS_6 = Int32Array.of(
  -17,
  -17,
  -17,
  -17,
  -3101,
  -2738,
  -2376,
  -2088,
  -1873,
  -1689,
  -1535,
  -1399,
  -1279,
  -1170,
  -1072,
  -982,
  -899,
  -822,
  -750,
  -682,
  -618,
  -558,
  -501,
  -447,
  -396,
  -347,
  -300,
  -254,
  -211,
  -170,
  -130,
  -91,
  3101,
  2738,
  2376,
  2088,
  1873,
  1689,
  1535,
  1399,
  1279,
  1170,
  1072,
  982,
  899,
  822,
  750,
  682,
  618,
  558,
  501,
  447,
  396,
  347,
  300,
  254,
  211,
  170,
  130,
  91,
  54,
  17,
  -54,
  -17,
);
/** The same with the 4 bits that the predictor sees (QQ4). */
const LOW_OUTPUTS_4 = Int32Array.of(
  0,
  -2557,
  -1612,
  -1121,
  -786,
  -530,
  -323,
  -150,
  2557,
  1612,
  1121,
  786,
  530,
  323,
  150,
  0,
);
/** What each of these does to the logarithm of the scale (W of table 17, by code). */
const LOW_STEPS = Int32Array.of(
  -60,
  3042,
  1198,
  538,
  334,
  172,
  58,
  -30,
  3042,
  1198,
  538,
  334,
  172,
  58,
  -30,
  -60,
);
const HIGH_OUTPUTS = Int32Array.of(-926, -202, 926, 202);
const HIGH_STEPS = Int32Array.of(798, -214);
const HIGH_DECISION = 141;
const ZEROS = 6;

/** −limit−1 … limit, as a number of 16 or 15 bits. */
export function clamp(value: number, limit: number): number {
  return value > limit ? limit : value < -limit - 1 ? -limit - 1 : value;
}

/** Predictor with two poles and six zeros (§3.6), and the scale of the quantiser (§3.5). */
class Band {
  /** Quantiser scale (DET). */
  protected scale: number;
  /** Predicted sample (S). */
  protected predicted = 0;
  /** Logarithm of the scale (NB). */
  private logScale = 0;
  private readonly logScaleMax: number;
  private readonly logScaleOffset: number;
  /** Prediction by the zeros (SZ), their coefficients (B) and the differences they see (D). */
  private byZeros = 0;
  private readonly zeros = new Int32Array(ZEROS);
  private readonly differences = new Int32Array(ZEROS);
  /** Coefficients of the poles (A), signs of the last two partial reconstructions (P), last reconstruction (R). */
  private pole1 = 0;
  private pole2 = 0;
  private wasNegative1 = false;
  private wasNegative2 = false;
  private reconstructed = 0;

  constructor(scale: number, logScaleMax: number, logScaleOffset: number) {
    this.scale = scale;
    this.logScaleMax = logScaleMax;
    this.logScaleOffset = logScaleOffset;
  }

  /** Comes to where the other one is. */
  copyFrom(other: Band): void {
    this.scale = other.scale;
    this.predicted = other.predicted;
    this.logScale = other.logScale;
    this.byZeros = other.byZeros;
    this.zeros.set(other.zeros);
    this.differences.set(other.differences);
    this.pole1 = other.pole1;
    this.pole2 = other.pole2;
    this.wasNegative1 = other.wasNegative1;
    this.wasNegative2 = other.wasNegative2;
    this.reconstructed = other.reconstructed;
  }

  protected adaptScale(step: number): void {
    const log = ((this.logScale * 127) >> 7) + step;
    this.logScale = log < 0 ? 0 : log > this.logScaleMax ? this.logScaleMax : log;
    const relative = this.logScale - this.logScaleOffset;
    const mantissa = INVERSE_LOG[(relative >> 6) & 31] as number;
    const shift = relative >> 11;
    this.scale = shift < 0 ? mantissa >> -shift : mantissa << shift;
  }

  protected predict(difference: number): void {
    this.adaptPoles(this.byZeros + difference < 0);
    this.adaptZeros(difference);
    const reconstructed = clamp((this.predicted + difference) * 2, 32767);
    const byPoles = ((this.pole1 * reconstructed) >> 15) + ((this.pole2 * this.reconstructed) >> 15);
    this.predicted = clamp(this.byZeros + byPoles, 32767);
    this.reconstructed = reconstructed;
  }

  /** §3.6.3: gradient of signs, held within the stable triangle. */
  private adaptPoles(isNegative: boolean): void {
    const sign1 = isNegative === this.wasNegative1 ? 1 : -1;
    const sign2 = isNegative === this.wasNegative2 ? 1 : -1;
    this.wasNegative2 = this.wasNegative1;
    this.wasNegative1 = isNegative;
    const limited = this.pole1 > 8191 ? 8191 : this.pole1 < -8191 ? -8191 : this.pole1;
    const pole2 = ((-sign1 * limited) >> 5) + sign2 * 128 + ((this.pole2 * 127) >> 7);
    this.pole2 = pole2 > 12288 ? 12288 : pole2 < -12288 ? -12288 : pole2;
    const limit = 15360 - this.pole2;
    const pole1 = 192 * sign1 + ((this.pole1 * 255) >> 8);
    this.pole1 = pole1 > limit ? limit : pole1 < -limit ? -limit : pole1;
  }

  /** §3.6.2. */
  private adaptZeros(difference: number): void {
    const { zeros, differences } = this;
    const step = difference === 0 ? 0 : 128;
    let sum = 0;
    for (let k = ZEROS - 1; k >= 0; k--) {
      const isOpposed = ((differences[k] as number) ^ difference) < 0;
      const zero = (((zeros[k] as number) * 255) >> 8) + (isOpposed ? -step : step);
      const moved = k === 0 ? difference * 2 : (differences[k - 1] as number);
      zeros[k] = zero;
      differences[k] = moved;
      sum += (moved * zero) >> 15;
    }
    this.byZeros = sum;
  }
}

export class LowBand extends Band {
  constructor() {
    super(8, 18432, 8 << 11);
  }

  /** 6-bit code of a sample. */
  encode(sample: number): number {
    const difference = clamp(sample - this.predicted, 32767);
    const magnitude = ((difference < 0 ? -difference - 1 : difference) + 1) * 1024;
    let step = 0;
    while (step < LOW_DECISIONS.length && magnitude > (LOW_DECISIONS[step] as number) * this.scale) step++;
    const code = difference < 0 ? (step < 2 ? 63 : 33) - step : 61 - step;
    this.adapt(code);
    return code;
  }

  decode(code: number): number {
    const sample = clamp((((LOW_OUTPUTS_6[code] as number) * this.scale) >> 10) + this.predicted, 16383);
    this.adapt(code);
    return sample;
  }

  private adapt(code: number): void {
    const code4 = code >> 2;
    this.predict(((LOW_OUTPUTS_4[code4] as number) * this.scale) >> 10);
    this.adaptScale(LOW_STEPS[code4] as number);
  }
}

export class HighBand extends Band {
  constructor() {
    super(2, 22528, 10 << 11);
  }

  /** 2-bit code of a sample. */
  encode(sample: number): number {
    const difference = clamp(sample - this.predicted, 32767);
    const magnitude = difference < 0 ? -difference - 1 : difference;
    const isSmall = magnitude < (HIGH_DECISION * this.scale) >> 8;
    const code = (difference < 0 ? 0 : 2) + (isSmall ? 1 : 0);
    this.adapt(code);
    return code;
  }

  decode(code: number): number {
    const sample = clamp((((HIGH_OUTPUTS[code] as number) * this.scale) >> 10) + this.predicted, 16383);
    this.adapt(code);
    return sample;
  }

  private adapt(code: number): void {
    this.predict(((HIGH_OUTPUTS[code] as number) * this.scale) >> 10);
    this.adaptScale(HIGH_STEPS[code & 1] as number);
  }
}
