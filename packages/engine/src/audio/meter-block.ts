/**
 * Meters in shared memory, lock-free: the media thread writes after every tick, the main thread reads when it reports
 * (15 a second). Each figure is one float, so a reader sees the old or the new one, never a torn one.
 */
import type { Meter } from '../control/contract.ts';
import type { Meter as SoundMeter } from './meter.ts';

/** Per port: in peak, in RMS, out peak, out RMS. Behind the ports: program, air, then what is played (peak, RMS each). */
const FLOATS_A_PORT = 4;
/** Sounds that are played at the same time at most. */
export const MAX_PLAYERS = 4;
const SILENCE_DB = -100;

export class MeterBlock {
  readonly #values: Float32Array<SharedArrayBuffer>;
  readonly #program: number;
  readonly #air: number;
  readonly #players: number;

  constructor(memory: SharedArrayBuffer, maxPorts: number) {
    this.#values = new Float32Array(memory);
    this.#program = maxPorts * FLOATS_A_PORT;
    this.#air = this.#program + 2;
    this.#players = this.#air + 2;
  }

  static allocate(maxPorts: number): SharedArrayBuffer {
    const memory = new SharedArrayBuffer((maxPorts * FLOATS_A_PORT + 4 + MAX_PLAYERS * 2) * 4);
    new Float32Array(memory).fill(SILENCE_DB);
    return memory;
  }

  writeIn(port: number, meter: SoundMeter): void {
    meter.writeTo(this.#values, port * FLOATS_A_PORT);
  }

  writeOut(port: number, meter: SoundMeter): void {
    meter.writeTo(this.#values, port * FLOATS_A_PORT + 2);
  }

  writeProgram(meter: SoundMeter): void {
    meter.writeTo(this.#values, this.#program);
  }

  writeAir(meter: SoundMeter): void {
    meter.writeTo(this.#values, this.#air);
  }

  writePlayer(slot: number, meter: SoundMeter): void {
    meter.writeTo(this.#values, this.#players + slot * 2);
  }

  clearPlayer(slot: number): void {
    this.#values.fill(SILENCE_DB, this.#players + slot * 2, this.#players + slot * 2 + 2);
  }

  clear(port: number): void {
    this.#values.fill(SILENCE_DB, port * FLOATS_A_PORT, (port + 1) * FLOATS_A_PORT);
  }

  readIn(port: number, out: Meter): void {
    this.#read(port * FLOATS_A_PORT, out);
  }

  readOut(port: number, out: Meter): void {
    this.#read(port * FLOATS_A_PORT + 2, out);
  }

  readProgram(out: Meter): void {
    this.#read(this.#program, out);
  }

  readPlayer(slot: number, out: Meter): void {
    this.#read(this.#players + slot * 2, out);
  }

  readAir(out: Meter): void {
    this.#read(this.#air, out);
  }

  #read(at: number, out: Meter): void {
    out[0] = this.#values[at] ?? SILENCE_DB;
    out[1] = this.#values[at + 1] ?? SILENCE_DB;
  }
}
