/**
 * The whole audio path of the media thread without sockets: packets of every leg in, a tick, packets of every leg out.
 * What it costs and what it leaves to the garbage collector, on a simulated clock. Used by parts.ts and by its test.
 */
import type { MediaPlace } from '@openline/engine';
import {
  findCodec,
  MeterBlock,
  Mixer,
  BroadcastDelay,
  Pipeline,
  ProgramTap,
  QualityBlock,
  RecorderTap,
  SharedRing,
  SRTP_TRAILER_BYTES,
  SrtpSender,
  writeRtpHeader,
} from '@openline/engine';

const LEVELLER = { targetDb: -20, rangeDb: 12, gateDb: -45, duckDb: 6 };
/** Packets of one second: a tone, and a pause in which jitter buffers may shrink and gates close. */
const PACKETS = 50;
const SPOKEN = 30;
const HEADER_BYTES = 12;
/** Numbers beyond 31 bits, which are objects where they are not whole numbers of 32 with a sign: half of all streams have them. */
const FIRST_TIMESTAMP = 0xa000_0000;
const FIRST_SSRC = 0xc000_0000;
const ADDRESS = '127.0.0.1';
/** In turn, by the port. */
const SUITES = [
  { suite: 'AES_CM_128_HMAC_SHA1_80', masterBytes: 30 },
  { suite: 'AEAD_AES_128_GCM', masterBytes: 28 },
] as const;

/**
 * What the legs do. `air`: all are on air. `listeners`: one is, the others hear it. `desk`: everything at once: host and
 * ducking, hold, private, whispers, SRTP, recordings, outputs, the broadcast delay building.
 */
export type Scene = 'air' | 'listeners' | 'desk';

export class AudioPath {
  packetsSent = 0;
  readonly #pipeline: Pipeline;
  readonly #mixer: Mixer;
  readonly #legs: number;
  readonly #packets: readonly { bytes: Uint8Array; length: number }[];
  readonly #ticksToTimestamp: number;
  readonly #wire: Uint8Array;
  /** Of the far ends, where they encrypt. */
  readonly #senders: SrtpSender[] = [];
  readonly #recorded = new SharedRing(SharedRing.allocate(1 << 17));
  readonly #program = new SharedRing(SharedRing.allocate(1 << 17));
  readonly #programTap = new ProgramTap(this.#program);
  /** Where the other threads would read. */
  readonly #read = new Uint8Array(1 << 15);
  #nowMs = 0;
  #tick = 0;

  /** Every leg is levelled, with one codec; together they are loud enough for the limiters to work. */
  constructor(legs: number, codecName: string, scene: Scene = 'air') {
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
    this.#wire = new Uint8Array(HEADER_BYTES + codec.maxBytes(samples) + SRTP_TRAILER_BYTES);
    const mixer = new Mixer(legs, new MeterBlock(MeterBlock.allocate(legs), legs));
    this.#mixer = mixer;
    const taps = new RecorderTap(this.#recorded);
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
      taps,
      quality: new QualityBlock(QualityBlock.allocate(legs)),
      report: () => undefined,
      nowMs: () => this.#nowMs,
    });
    for (let port = 0; port < legs; port++) this.#join(port, codecName, scene === 'desk');
    this.#pipeline.place(Array.from({ length: legs }, (_, port) => ({ port, place: placeOf(port, scene) })));
    if (scene === 'desk') this.#setDesk(taps);
  }

  run(ticks: number): void {
    for (let done = 0; done < ticks; done++) this.#runTick();
  }

  #join(port: number, codec: string, isEncrypted: boolean): void {
    const { suite, masterBytes } = SUITES[port % 2]!;
    const key = Buffer.alloc(masterBytes, port + 1).toString('base64');
    if (isEncrypted) this.#senders.push(new SrtpSender(suite, key));
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
      ...(isEncrypted ? { srtp: { suite, keyIn: key, keyOut: key } } : {}),
    });
    this.#mixer.levels(port, { leveller: LEVELLER });
  }

  #setDesk(taps: RecorderTap): void {
    const mixer = this.#mixer;
    mixer.program({ isOnAir: true });
    mixer.whisper(4, 5);
    mixer.delay.give(BroadcastDelay.allocate());
    mixer.delay.setTarget(60_000);
    taps.start(0, { kind: 'program' });
    taps.start(1, { kind: 'port', port: 5 });
    this.#programTap.want(true);
  }

  #runTick(): void {
    for (let port = 0; port < this.#legs; port++) this.#receive(port);
    this.#nowMs += 5;
    this.#pipeline.tick(0);
    this.#programTap.capture(this.#mixer, 0);
    while (this.#recorded.read(this.#read) >= 0);
    while (this.#program.read(this.#read) >= 0);
    this.#nowMs += 15;
    this.#tick++;
  }

  #receive(port: number): void {
    const { bytes, length } = this.#packets[this.#tick % PACKETS]!;
    const wire = this.#wire;
    for (let index = HEADER_BYTES; index < length; index++) wire[index] = bytes[index]!;
    const timestamp = (FIRST_TIMESTAMP + this.#tick * this.#ticksToTimestamp) | 0;
    writeRtpHeader(wire, 0, 0, false, this.#tick & 0xffff, timestamp, (FIRST_SSRC + port) | 0);
    const sender = this.#senders[port];
    const onWire = sender === undefined ? length : sender.protect(wire, length);
    this.#pipeline.onRtp(port, wire, onWire, ADDRESS, 4000 + 2 * port);
  }
}

function placeOf(port: number, scene: Scene): MediaPlace {
  if (scene === 'air' || (port === 0 && scene === 'listeners')) return { kind: 'air' };
  if (scene === 'listeners') return { kind: 'monitor' };
  switch (port) {
    case 0:
      return { kind: 'host' };
    case 1:
      return { kind: 'hold' };
    case 2:
    case 3:
      return { kind: 'private', with: 5 - port };
    default:
      return { kind: 'air' };
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
  scene: Scene = 'air',
): AudioPathFigures {
  const path = new AudioPath(legs, codec, scene);
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
