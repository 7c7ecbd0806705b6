/**
 * The whole audio path of the media thread without sockets: packets of every leg in, a tick, packets of every leg out.
 * What it costs and what it leaves to the garbage collector, on a simulated clock. Used by parts.ts and by its test.
 */
import {
  findCodec,
  MeterBlock,
  Mixer,
  Pipeline,
  QualityBlock,
  RecorderTap,
  SharedRing,
  writeRtpHeader,
} from '@openline/engine';

const LEVELLER = { targetDb: -20, rangeDb: 12, gateDb: -45, duckDb: 6 };
/** Packets of one second: a tone, and a pause in which jitter buffers may shrink and gates close. */
const PACKETS = 50;
const SPOKEN = 30;
const HEADER_BYTES = 12;
const ADDRESS = '127.0.0.1';

export class AudioPath {
  packetsSent = 0;
  readonly #pipeline: Pipeline;
  readonly #legs: number;
  readonly #packets: readonly { bytes: Uint8Array; length: number }[];
  readonly #ticksToTimestamp: number;
  #nowMs = 0;
  #tick = 0;

  /** Every leg is levelled and on air, with one codec; together they are loud enough for the limiters to work. */
  constructor(legs: number, codecName: string) {
    const codec = findCodec(codecName);
    if (codec === null) throw new Error(`no codec ${codecName}`);
    this.#legs = legs;
    this.#ticksToTimestamp = codec.clockRate / 50;
    const samples = codec.sampleRate / 50;
    const encoder = codec.createEncoder();
    this.#packets = Array.from({ length: PACKETS }, (_, n) => {
      const amplitude = n < SPOKEN ? 0.1 : 0.0001;
      const pcm = Float32Array.from(
        { length: samples },
        (_, i) => amplitude * Math.sin(2 * Math.PI * 400 * ((n * samples + i) / codec.sampleRate)),
      );
      const bytes = new Uint8Array(HEADER_BYTES + codec.maxBytes(samples));
      return { bytes, length: HEADER_BYTES + encoder.encode(pcm, samples, bytes, HEADER_BYTES) };
    });
    const mixer = new Mixer(legs, new MeterBlock(MeterBlock.allocate(legs), legs));
    this.#pipeline = new Pipeline({
      maxPorts: legs,
      io: {
        open: () => Promise.resolve({ rtpPort: 1, rtcpPort: 2 }),
        close: () => Promise.resolve(),
        receive: () => undefined,
        sendRtp: () => void this.packetsSent++,
        sendRtcp: () => undefined,
      },
      mixer,
      taps: new RecorderTap(new SharedRing(SharedRing.allocate(1 << 16))),
      quality: new QualityBlock(QualityBlock.allocate(legs)),
      report: () => undefined,
      nowMs: () => this.#nowMs,
    });
    for (let port = 0; port < legs; port++) this.#join(mixer, port, codecName);
    const places = Array.from({ length: legs }, (_, port) => ({ port, place: { kind: 'air' } as const }));
    this.#pipeline.place(places);
  }

  run(ticks: number): void {
    for (let done = 0; done < ticks; done++) this.#runTick();
  }

  #join(mixer: Mixer, port: number, codec: string): void {
    this.#pipeline.open(port);
    this.#pipeline.stream(port, {
      codec,
      payloadTypeIn: 0,
      payloadTypeOut: 0,
      ptimeMs: 20,
      isSending: true,
      isReceiving: true,
      remoteAddress: ADDRESS,
      remotePort: 4000 + 2 * port,
      remoteRtcpPort: 4001 + 2 * port,
      isRtcpMux: false,
      dtmfPayloadType: 101,
    });
    mixer.levels(port, { leveller: LEVELLER });
  }

  #runTick(): void {
    const { bytes, length } = this.#packets[this.#tick % PACKETS]!;
    const timestamp = (this.#tick * this.#ticksToTimestamp) >>> 0;
    for (let port = 0; port < this.#legs; port++) {
      writeRtpHeader(bytes, 0, 0, false, this.#tick & 0xffff, timestamp, 1000 + port);
      this.#pipeline.onRtp(port, bytes, length, ADDRESS, 4000 + 2 * port);
    }
    this.#nowMs += 5;
    this.#pipeline.tick(0);
    this.#nowMs += 15;
    this.#tick++;
  }
}

export interface AudioPathFigures {
  /** A tick, of all legs. */
  tickUs: number;
  /** What a tick leaves to the garbage collector. */
  bytesPerTick: number;
  /** What of the heap is still held after so many ticks that was not before; needs `collect`. */
  heldBytes: number;
}

/** `collect` runs the garbage collector. Medians of the rounds. */
export function measureAudioPath(
  legs: number,
  codec: string,
  rounds: number,
  ticks: number,
  collect: () => void,
): AudioPathFigures {
  const path = new AudioPath(legs, codec);
  // Warm: everything compiled, every buffer made.
  path.run(6000);
  collect();
  const heldBefore = process.memoryUsage().heapUsed;
  const measured = Array.from({ length: rounds }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    const startMs = performance.now();
    path.run(ticks);
    const tickUs = ((performance.now() - startMs) * 1000) / ticks;
    return { tickUs, bytesPerTick: (process.memoryUsage().heapUsed - before) / ticks };
  });
  collect();
  return {
    tickUs: median(measured.map(({ tickUs }) => tickUs)),
    bytesPerTick: median(measured.map(({ bytesPerTick }) => bytesPerTick)),
    heldBytes: process.memoryUsage().heapUsed - heldBefore,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
