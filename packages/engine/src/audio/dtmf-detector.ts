/**
 * Hears DTMF digits (ITU-T Q.23) in a leg's sound, for far ends that do not send RFC 4733 events. One per leg, fed by the mixer
 * with what was decoded, media thread; allocates nothing after construction.
 *
 * Blocks of 12.75 ms are measured at the eight frequencies (Goertzel). A digit is reported when two blocks in a row say the
 * same, once; the next one needs three blocks without it first (ITU-T Q.24 asks for tones and pauses of 40 ms).
 */
const ROWS_HZ = [697, 770, 852, 941] as const;
const COLUMNS_HZ = [1209, 1336, 1477, 1633] as const;
const DIGITS = ['1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D'] as const;
export type DtmfDigit = (typeof DIGITS)[number];

const BLOCK_S = 102 / 8000;
/** Mean power of a block, of a square wave at full scale: −42 dB. Each tone of a pair is then at least at −42 dBFS. */
const LOWEST_POWER = 10 ** -4.2;
/** Row above column (reverse twist) by at most 4 dB, column above row by at most 8 dB (Q.24 annex A, North America). */
const REVERSE_TWIST = 10 ** 0.4;
const NORMAL_TWIST = 10 ** 0.8;
/** The tone of a group stands out of the other three by 8 dB. */
const OUTSTANDING = 10 ** 0.8;
/** So much of the block's power is in the two tones, also 1.5 % off their frequency; speech has more beside them (talk-off). */
const SHARE_OF_POWER = 0.75;
/** A hole of 10 ms (a lost packet) spoils two blocks, a pause of 40 ms at least three. */
const RELEASE_BLOCKS = 3;
const NONE = -1;

export class DtmfDetector {
  private readonly block: Float32Array;
  private readonly coefficients: Float64Array;
  private readonly powers = new Float64Array(8);
  /** At 48 kHz three samples are averaged to one: what folds down to the tones is 20 dB weaker by then. */
  private readonly averaged: number;
  private filled = 0;
  private sum = 0;
  private summed = 0;
  private last = NONE;
  private pressed = NONE;
  private without = 0;
  private found = NONE;

  constructor(sampleRate: number) {
    this.averaged = Math.max(1, Math.floor(sampleRate / 16000));
    const rate = sampleRate / this.averaged;
    this.block = new Float32Array(Math.round(BLOCK_S * rate));
    this.coefficients = Float64Array.from(
      [...ROWS_HZ, ...COLUMNS_HZ],
      (hz) => 2 * Math.cos((2 * Math.PI * hz) / rate),
    );
  }

  /** One frame (20 ms or shorter). The digit that was recognised in it, else null. */
  process(frame: Float32Array, samples: number): DtmfDigit | null {
    this.found = NONE;
    for (let i = 0; i < samples; i++) {
      this.sum += frame[i] as number;
      if (++this.summed < this.averaged) continue;
      this.block[this.filled++] = this.sum / this.averaged;
      this.sum = 0;
      this.summed = 0;
      if (this.filled < this.block.length) continue;
      this.filled = 0;
      this.follow(this.recognise());
    }
    return DIGITS[this.found] ?? null;
  }

  /** For a stream that starts anew. */
  reset(): void {
    this.filled = 0;
    this.sum = 0;
    this.summed = 0;
    this.last = NONE;
    this.pressed = NONE;
    this.without = 0;
  }

  /** One press, one report. */
  private follow(heard: number): void {
    if (heard === this.pressed && heard !== NONE) this.without = 0;
    else if (this.pressed !== NONE && ++this.without >= RELEASE_BLOCKS) this.pressed = NONE;
    if (heard !== NONE && heard === this.last && this.pressed === NONE) {
      this.pressed = heard;
      this.without = 0;
      this.found = heard;
    }
    this.last = heard;
  }

  /** Index of the digit in the block, NONE if there is none. */
  private recognise(): number {
    const { block, powers } = this;
    let energy = 0;
    for (let i = 0; i < block.length; i++) energy += (block[i] as number) ** 2;
    if (energy < LOWEST_POWER * block.length) return NONE;
    this.measure();
    const row = strongest(powers, 0);
    const column = strongest(powers, 4);
    const rowPower = powers[row] as number;
    const columnPower = powers[column] as number;
    if (rowPower > columnPower * REVERSE_TWIST || columnPower > rowPower * NORMAL_TWIST) return NONE;
    if (!isOutstanding(powers, 0, row) || !isOutstanding(powers, 4, column)) return NONE;
    // A sine of energy E in n samples has a Goertzel power of E·n/2.
    if (rowPower + columnPower < (SHARE_OF_POWER * energy * block.length) / 2) return NONE;
    return row * 4 + (column - 4);
  }

  private measure(): void {
    const { block, coefficients, powers } = this;
    for (let tone = 0; tone < 8; tone++) {
      const coefficient = coefficients[tone] as number;
      let last = 0;
      let before = 0;
      for (let i = 0; i < block.length; i++) {
        const next = (block[i] as number) + coefficient * last - before;
        before = last;
        last = next;
      }
      powers[tone] = last * last + before * before - coefficient * last * before;
    }
  }
}

function strongest(powers: Float64Array, first: number): number {
  let best = first;
  for (let tone = first + 1; tone < first + 4; tone++) {
    if ((powers[tone] as number) > (powers[best] as number)) best = tone;
  }
  return best;
}

function isOutstanding(powers: Float64Array, first: number, best: number): boolean {
  for (let tone = first; tone < first + 4; tone++) {
    if (tone !== best && (powers[tone] as number) * OUTSTANDING > (powers[best] as number)) return false;
  }
  return true;
}
