/**
 * A far end for tests of the media plane: one UDP socket that sends a G.711 tone in real time and keeps what it hears.
 * Real RTP on loopback; no SIP.
 */
import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCodec } from '../../codecs/registry.ts';
import { type RtpView, createRtpView, parseRtp, writeRtpHeader } from '../../rtp/packet.ts';
import type { StreamParameters } from '../media-plane.ts';

const SAMPLE_RATE = 8000;
const LONGEST_PACKET_SAMPLES = 480;

export interface RtpPhoneOptions {
  hz: number;
  amplitude?: number;
  codec?: 'PCMU' | 'PCMA';
  ptimeMs?: number;
  dtmfPayloadType?: number | null;
}

export class RtpPhone {
  /** Everything that was heard, decoded. */
  readonly heard: number[] = [];
  readonly headers: Pick<RtpView, 'sequence' | 'timestamp' | 'ssrc' | 'isMarker' | 'payloadType'>[] = [];
  readonly arrivalsMs: number[] = [];
  rtcpPackets = 0;
  isTalking = false;
  readonly #options: Required<RtpPhoneOptions>;
  readonly #socket: Socket;
  readonly #packet = new Uint8Array(12 + LONGEST_PACKET_SAMPLES);
  readonly #view = createRtpView();
  readonly #payloadType: number;
  #sequence = 0;
  #timestamp = 0;
  #sample = 0;

  static async create(options: RtpPhoneOptions): Promise<RtpPhone> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RtpPhone(options, socket);
  }

  private constructor(options: RtpPhoneOptions, socket: Socket) {
    this.#options = { amplitude: 0.2, codec: 'PCMU', ptimeMs: 20, dtmfPayloadType: 101, ...options };
    this.#socket = socket;
    this.#payloadType = this.#options.codec === 'PCMU' ? 0 : 8;
    const pcm = new Float32Array(LONGEST_PACKET_SAMPLES * 4);
    const decoder = findCodec(this.#options.codec)!.createDecoder();
    socket.on('message', (bytes) => {
      if (parseRtp(bytes, bytes.length, this.#view) !== 'ok') {
        this.rtcpPackets++;
        return;
      }
      const { sequence, timestamp, ssrc, isMarker, payloadType, payloadOffset, payloadLength } = this.#view;
      this.headers.push({ sequence, timestamp, ssrc, isMarker, payloadType });
      this.arrivalsMs.push(performance.now());
      const samples = decoder.decode(bytes, payloadOffset, payloadLength, pcm, 0);
      for (let index = 0; index < samples; index++) this.heard.push(pcm[index]!);
    });
  }

  get hz(): number {
    return this.#options.hz;
  }

  /** What its SDP would say. */
  get parameters(): StreamParameters {
    const { codec, ptimeMs, dtmfPayloadType } = this.#options;
    const { port } = this.#socket.address();
    return {
      codec,
      payloadTypeOut: this.#payloadType,
      payloadTypeIn: this.#payloadType,
      dtmfPayloadType,
      ptimeMs,
      remoteAddress: '127.0.0.1',
      remotePort: port,
      remoteRtcpPort: port,
      isRtcpMux: true,
      isSending: true,
      isReceiving: true,
    };
  }

  /** Sends its tone until stop(), a packet every ptime. */
  async talk(rtpPort: number): Promise<void> {
    const { hz, amplitude, codec, ptimeMs } = this.#options;
    const encoder = findCodec(codec)!.createEncoder();
    const samples = (SAMPLE_RATE * ptimeMs) / 1000;
    const pcm = new Float32Array(samples);
    this.isTalking = true;
    for (let dueMs = performance.now(); this.isTalking; dueMs += ptimeMs) {
      for (let index = 0; index < samples; index++) {
        pcm[index] = amplitude * Math.sin((2 * Math.PI * hz * this.#sample++) / SAMPLE_RATE);
      }
      const at = this.#header(this.#payloadType, this.#sequence === 0, this.#timestamp);
      const bytes = encoder.encode(pcm, samples, this.#packet, at);
      this.send(this.#packet.slice(0, at + bytes), rtpPort);
      this.#timestamp += samples;
      await sleep(Math.max(0, dueMs + ptimeMs - performance.now()));
    }
  }

  /** One RFC 4733 press, all its packets at once. */
  press(event: number, rtpPort: number): void {
    const timestamp = this.#timestamp;
    for (let packet = 0; packet < 5; packet++) {
      const at = this.#header(101, packet === 0, timestamp);
      this.#packet.set([event, packet > 2 ? 0x8a : 0x0a, 0, (packet + 1) * 32], at);
      this.send(this.#packet.slice(0, at + 4), rtpPort);
    }
  }

  send(bytes: Uint8Array, port: number): void {
    this.#socket.send(bytes, port, '127.0.0.1');
  }

  forget(): void {
    this.heard.length = 0;
    this.headers.length = 0;
    this.arrivalsMs.length = 0;
  }

  stop(): void {
    this.isTalking = false;
    this.#socket.close();
  }

  #header(payloadType: number, isMarker: boolean, timestamp: number): number {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    return writeRtpHeader(this.#packet, 0, payloadType, isMarker, sequence, timestamp, 0x1000 + this.hz);
  }
}
