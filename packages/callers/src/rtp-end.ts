/**
 * The sound of a simulated telephone: one UDP socket that says a source every 20 ms and keeps what it hears. Knows nothing of
 * SIP, so that another program (SIPp) may do the signalling. Runs in the callers' own process.
 *
 *   source loop ─► encoded once ─► header ─► [lose, delay] ─► socket ─► decode ─► Hearing
 */
import {
  type Codec,
  type Decoder,
  createRtpView,
  findCodec,
  parseRtp,
  sequenceDistance,
  writeRtpHeader,
} from '@openline/engine';
import { Hearing } from './hearing.ts';
import { pacer } from './pacer.ts';
import { openDgramLine, type OpenLine, type RtpLine } from './rtp-line.ts';
import { type Source, silence } from './sources.ts';
import { randomFrom } from './speech.ts';

export interface RtpEndOptions {
  /** Address to bind; 127.0.0.1 unless told. */
  host?: string;
  source?: Source;
  /** Milliseconds of sound to remember, 0 for none (bench). */
  keepMs?: number;
  /** How its port is opened; by node:dgram unless told. */
  openLine?: OpenLine;
}

/** A bad network in the direction that we send. */
export interface Impairment {
  lossPercent: number;
  /** Each packet is held back by a uniformly random time up to this. */
  jitterMs: number;
  seed?: number;
}

export interface RtpStream {
  codec: string;
  payloadType: number;
  remoteAddress: string;
  remotePort: number;
  dtmfPayloadType?: number | null;
}

/** 120 ms at 48 kHz: the longest packet of any codec. */
const decoded = new Float32Array(5760);

const encoded = new Map<string, Uint8Array[]>();

/** The source's loop as payloads of 20 ms. */
function encodeLoop(source: Source, codec: Codec): Uint8Array[] {
  const key = `${codec.name} ${source.name}`;
  const known = encoded.get(key);
  if (known) return known;
  const pcm = source.render(codec.sampleRate);
  const frameSamples = codec.sampleRate / 50;
  const encoder = codec.createEncoder();
  const frames = Math.floor(pcm.length / frameSamples);
  const payloads: Uint8Array[] = [];
  // Round twice: a codec with a memory (G.722) comes to the loop's beginning from its end, not from silence.
  for (let frame = 0; frame < 2 * frames; frame++) {
    const at = (frame % frames) * frameSamples;
    const out = new Uint8Array(codec.maxBytes(frameSamples));
    const length = encoder.encode(pcm.subarray(at, at + frameSamples), frameSamples, out, 0);
    payloads[frame % frames] = out.slice(0, length);
  }
  encoder.close?.();
  encoded.set(key, payloads);
  return payloads;
}

export class RtpEnd {
  #line: RtpLine | null = null;
  readonly #keepMs: number;
  #source: Source;
  #stream: RtpStream | null = null;
  #codec: Codec | null = null;
  #payloads: Uint8Array[] = [];
  #next = 0;
  #stopSending: (() => void) | null = null;
  #isSending = true;
  #hearing: Hearing | null = null;
  #decode: ((bytes: Uint8Array, offset: number, length: number, pcm: Float32Array) => number) | null = null;
  #decoder: Decoder | null = null;
  #impairment: Impairment | null = null;
  #random: () => number = Math.random;
  #digits: { event: number; framesLeft: number; timestamp: number; duration: number }[] = [];
  readonly #packet = new Uint8Array(2048);
  readonly #view = createRtpView();
  #sequence = Math.floor(Math.random() * 65536);
  #timestamp = Math.floor(Math.random() * 2 ** 32);
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32);
  #isClosed = false;
  #onFirstPacket: ((from: { address: string; port: number }) => void) | null = null;
  /** Time of each sent frame would cost memory: only the counts. */
  sentPackets = 0;
  /** Told which frame of the source's loop is sent now (performance.now()): what a delay is measured from. */
  onFrameSent: ((frame: number, atMs: number) => void) | null = null;
  receivedPackets = 0;
  /** Those that the numbering of what came says are missing. */
  lostPackets = 0;
  #lastSequence: number | null = null;

  private constructor(options: RtpEndOptions) {
    this.#source = options.source ?? silence;
    this.#keepMs = options.keepMs ?? 120_000;
  }

  static async open(options: RtpEndOptions = {}): Promise<RtpEnd> {
    const end = new RtpEnd(options);
    const { host = '127.0.0.1', openLine = openDgramLine } = options;
    end.#line = await openLine(host, (bytes, length, address, port, atMs) =>
      end.#receive(bytes, length, { address, port }, atMs),
    );
    return end;
  }

  get port(): number {
    return this.#line?.port ?? 0;
  }

  get hearing(): Hearing {
    if (!this.#hearing) throw new Error('no stream yet: nothing can be heard');
    return this.#hearing;
  }

  get isConnected(): boolean {
    return this.#stream !== null;
  }

  /** Where to send and in which codec; again after a re-negotiation. Sending starts. */
  connect(stream: RtpStream): void {
    if (this.#isClosed) return;
    const codec = findCodec(stream.codec);
    if (!codec) throw new Error(`no codec ${stream.codec}`);
    const isSameCodec = this.#codec?.name === codec.name;
    this.#stream = stream;
    if (!isSameCodec) {
      this.#codec = codec;
      this.#decoder?.close?.();
      const decoder = codec.createDecoder();
      this.#decoder = decoder;
      this.#decode = (bytes, offset, length, pcm) => decoder.decode(bytes, offset, length, pcm, 0);
      this.#hearing = new Hearing(codec.sampleRate, codec.clockRate, this.#keepMs);
    }
    this.say(this.#source);
    this.#stopSending ??= pacer.every20Ms(() => this.#sendFrame());
  }

  /**
   * For when somebody else does the signalling: waits for the first packet and connects to where it came from, as
   * symmetric RTP allows.
   */
  async learnRemote(codec: string, payloadType: number): Promise<void> {
    const from = await new Promise<{ address: string; port: number }>((resolve) => {
      this.#onFirstPacket = resolve;
    });
    this.#onFirstPacket = null;
    this.connect({ codec, payloadType, remoteAddress: from.address, remotePort: from.port });
  }

  /** Changes what is said, from the next frame on. */
  say(source: Source): void {
    this.#source = source;
    if (!this.#codec) return;
    this.#payloads = encodeLoop(source, this.#codec);
    this.#next = 0;
  }

  /** False: no packets at all, as a phone that is held or gone. */
  set isSending(value: boolean) {
    this.#isSending = value;
  }

  impair(impairment: Impairment | null): void {
    this.#impairment = impairment;
    this.#random = randomFrom(impairment?.seed ?? 1);
  }

  /** RFC 4733: `digit` 0-9 * # A-D, 100 ms. Needs a telephone-event payload type in the stream. */
  press(digit: string): void {
    const event = '0123456789*#ABCD'.indexOf(digit);
    if (event >= 0) this.#digits.push({ event, framesLeft: 8, timestamp: -1, duration: 0 });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopSending?.();
    this.#stopSending = null;
    this.#decoder?.close?.();
    this.#decode = null;
    this.#line?.close();
  }

  #sendFrame(): void {
    const stream = this.#stream;
    const codec = this.#codec;
    if (!stream || !codec || this.#isClosed) return;
    const frameTicks = codec.clockRate / 50;
    this.#timestamp = (this.#timestamp + frameTicks) >>> 0;
    const payload = this.#payloads[this.#next];
    this.#next = (this.#next + 1) % Math.max(1, this.#payloads.length);
    if (!this.#isSending || !payload) return;
    const digit = this.#digits[0];
    if (digit && stream.dtmfPayloadType != null) {
      this.#sendDigit(digit, stream.dtmfPayloadType, frameTicks, stream);
      return;
    }
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const at = writeRtpHeader(
      this.#packet,
      0,
      stream.payloadType,
      false,
      this.#sequence,
      this.#timestamp,
      this.#ssrc,
    );
    this.#packet.set(payload, at);
    this.onFrameSent?.((this.#next || this.#payloads.length) - 1, performance.now());
    this.#send(at + payload.length, stream);
  }

  #sendDigit(
    digit: { event: number; framesLeft: number; timestamp: number; duration: number },
    payloadType: number,
    frameTicks: number,
    stream: RtpStream,
  ): void {
    const isFirst = digit.timestamp < 0;
    if (isFirst) digit.timestamp = this.#timestamp;
    // Five frames of tone, then the end packet three times with the same duration (RFC 4733 section 2.5.1.4).
    const isEnd = digit.framesLeft <= 3;
    if (!isEnd) digit.duration += frameTicks;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const at = writeRtpHeader(
      this.#packet,
      0,
      payloadType,
      isFirst,
      this.#sequence,
      digit.timestamp,
      this.#ssrc,
    );
    this.#packet[at] = digit.event;
    this.#packet[at + 1] = (isEnd ? 0x80 : 0) | 10;
    this.#packet[at + 2] = digit.duration >>> 8;
    this.#packet[at + 3] = digit.duration & 0xff;
    this.#send(at + 4, stream);
    digit.framesLeft--;
    if (digit.framesLeft === 0) this.#digits.shift();
  }

  #send(length: number, stream: RtpStream): void {
    this.sentPackets++;
    const impairment = this.#impairment;
    if (impairment && this.#random() * 100 < impairment.lossPercent) return;
    const { remoteAddress, remotePort } = stream;
    if (!impairment || impairment.jitterMs === 0) {
      this.#line?.send(this.#packet, length, remoteAddress, remotePort);
      return;
    }
    const bytes = this.#packet.slice(0, length);
    setTimeout(() => {
      if (!this.#isClosed) this.#line?.send(bytes, length, remoteAddress, remotePort);
    }, this.#random() * impairment.jitterMs);
  }

  #receive(bytes: Uint8Array, length: number, from: { address: string; port: number }, atMs: number): void {
    this.#onFirstPacket?.(from);
    if (!this.#codec || !this.#decode || !this.#hearing) return;
    if (parseRtp(bytes, length, this.#view) !== 'ok') return;
    if (this.#view.payloadType !== this.#stream?.payloadType) return;
    this.receivedPackets++;
    this.#countLost(this.#view.sequence);
    if (this.#keepMs === 0) return;
    const samples = this.#decode(bytes, this.#view.payloadOffset, this.#view.payloadLength, decoded);
    this.#hearing.add(this.#view.timestamp, decoded.slice(0, samples), atMs);
  }

  #countLost(sequence: number): void {
    const ahead = this.#lastSequence === null ? 1 : sequenceDistance(sequence, this.#lastSequence);
    // One that overtook another was counted as missing before.
    this.lostPackets += ahead > 0 ? ahead - 1 : -1;
    if (ahead > 0) this.#lastSequence = sequence;
  }
}
