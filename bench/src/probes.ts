/**
 * A few callers that measure, in a process that does nothing else: each says a short chirp once per loop, and finds those
 * of the others in what it hears. The others of the conference are quiet (load-process.ts).
 *
 *   said   ──▂▅▂──────────────────   chirp in a packet sent at t
 *   heard  ────────▂▅▂────────────   found by correlation, to the sample
 *          └ delay ┘                 RTP in to RTP out, independent of where in its packet it lies
 */
import { createPhone, type Phone, type PhoneCall, type RtpEnd, type Source } from '@openline/callers';
import { type Distribution, distributionOf } from './distribution.ts';

export const SAMPLE_RATE = 8000;
const FRAME_MS = 20;
const LOOP_FRAMES = 80;
/** Chirps of neighbours are so far apart that nobody's can be taken for another's. */
const FRAMES_APART = 20;
const CHIRP_MS = 40;
const SEARCH_MS = 380;
const SCHEDULE_FRAMES = 50;
/** Share of the chirp's energy that must be found; G.711 and a summing of quiet tones leave far more. */
const CERTAIN = 0.7;
/** A later place has to be better by more than this. */
const AS_GOOD = 0.9;

export const MAX_PROBES = LOOP_FRAMES / FRAMES_APART;

interface Said {
  probe: number;
  atMs: number;
}

export interface ProbeFigures {
  delayMs: Distribution;
  /** How late packets come at the callers, against an even 20 ms schedule. */
  arrivalLatenessMs: Distribution;
  /** Chirps that were not found. */
  missed: number;
}

/** 300 to 3,400 Hz within the telephone band unless told, faded in and out. */
export function chirp(rate: number, toHz = 3400): Float32Array {
  const length = (CHIRP_MS * rate) / 1000;
  const seconds = length / rate;
  return Float32Array.from({ length }, (_, i) => {
    const t = i / rate;
    const phase = 2 * Math.PI * (300 * t + (((toHz - 300) / seconds) * t * t) / 2);
    return 0.3 * Math.sin(phase) * Math.sin((Math.PI * i) / length) ** 2;
  });
}

export function chirpSource(probe: number): Source {
  return {
    name: `chirp-${probe}`,
    render(rate) {
      const loop = new Float32Array((LOOP_FRAMES * FRAME_MS * rate) / 1000);
      loop.set(chirp(rate), (probe * FRAMES_APART * FRAME_MS * rate) / 1000);
      return loop;
    },
  };
}

/**
 * Where `pattern` begins in `samples`, or −1 when it is not there: the first of the places with the highest correlation
 * (the next probe's chirp may be in what is searched), if it holds at least CERTAIN of the energy around it.
 */
export function findPattern(samples: Float32Array, pattern: Float32Array): number {
  const patternEnergy = pattern.reduce((sum, value) => sum + value * value, 0);
  let best = -1;
  let bestProduct = 0;
  for (let at = 0; at + pattern.length <= samples.length; at++) {
    let product = 0;
    for (let i = 0; i < pattern.length; i++) product += (samples[at + i] ?? 0) * (pattern[i] ?? 0);
    if (product * AS_GOOD > bestProduct) {
      bestProduct = product;
      best = at;
    }
  }
  if (best < 0) return -1;
  const found = samples.subarray(best, best + pattern.length);
  const energy = found.reduce((sum, value) => sum + value * value, 0);
  return bestProduct ** 2 >= CERTAIN * energy * patternEnergy ? best : -1;
}

/** Lateness of arrivals against the earliest even schedule that fits them and the second before (a skipped tick moves it). */
export function latenessOfArrivals(arrivalsMs: readonly number[]): number[] {
  const offsets = arrivalsMs.map((atMs, i) => atMs - i * FRAME_MS);
  return offsets.map((offset, i) => {
    const recent = offsets.slice(Math.max(0, i - SCHEDULE_FRAMES), i + 1);
    return offset - Math.min(...recent);
  });
}

export class Probes {
  readonly #phone: Phone;
  #calls: PhoneCall[] = [];
  #said: Said[] = [];

  private constructor(phone: Phone) {
    this.#phone = phone;
  }

  static async start(): Promise<Probes> {
    return new Probes(await createPhone());
  }

  /** Resolves when all are answered. */
  async call(target: string, count: number, keepMs: number, codec = 'PCMU'): Promise<void> {
    for (let probe = 0; probe < count; probe++) {
      const call = await this.#phone.call(target, { codec, source: chirpSource(probe), keepMs });
      call.rtp.onFrameSent = (frame, atMs) => {
        if (frame === probe * FRAMES_APART) this.#said.push({ probe, atMs });
      };
      this.#calls.push(call);
      await call.whenAnswered();
    }
  }

  /** What was said and heard between two moments of performance.now(). */
  figures(fromMs: number, toMs: number): ProbeFigures {
    const pattern = chirp(this.#calls[0]?.rtp.hearing.sampleRate ?? SAMPLE_RATE);
    const delaysMs: number[] = [];
    let missed = 0;
    for (const said of this.#said) {
      if (said.atMs < fromMs || said.atMs + SEARCH_MS + 2 * CHIRP_MS > toMs) continue;
      for (const [listener, call] of this.#calls.entries()) {
        if (listener === said.probe) continue;
        const delayMs = delayOf(call.rtp, said.atMs, pattern);
        if (delayMs === null) missed++;
        else delaysMs.push(delayMs);
      }
    }
    const lateness = this.#calls.flatMap((call) =>
      latenessOfArrivals(call.rtp.hearing.arrivals(fromMs).filter((atMs) => atMs < toMs)),
    );
    return { delayMs: distributionOf(delaysMs), arrivalLatenessMs: distributionOf(lateness), missed };
  }

  async stop(): Promise<void> {
    for (const call of this.#calls) call.hangUp();
    await this.#phone.close();
    this.#calls = [];
    this.#said = [];
  }
}

/** null: not found, or packets were missing. */
export function delayOf(rtp: RtpEnd, saidAtMs: number, pattern: Float32Array): number | null {
  const untilMs = saidAtMs + SEARCH_MS;
  const { samples, sampleRate } = rtp.hearing.between(saidAtMs, untilMs);
  const frameSamples = (sampleRate * FRAME_MS) / 1000;
  const arrivals = rtp.hearing.arrivals(saidAtMs).filter((atMs) => atMs < untilMs);
  if (samples.length !== arrivals.length * frameSamples) return null;
  const at = findPattern(samples, pattern);
  const arrivalMs = arrivals[Math.floor(at / frameSamples)];
  if (at < 0 || arrivalMs === undefined) return null;
  return arrivalMs + ((at % frameSamples) * FRAME_MS) / frameSamples - saidAtMs;
}
