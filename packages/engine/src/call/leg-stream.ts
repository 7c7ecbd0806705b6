/**
 * RTP of one leg, both ways: one for every open port, driven by pipeline.ts on the media thread. Packets come in on
 * the network side (receive), frames are pulled and pushed by the clock.
 */
import { findCodec } from '../codecs/registry.ts';
import type { Quality } from '../control/contract.ts';
import { type RtpView, createRtpView, parseRtp } from '../rtp/packet.ts';
import type { SocketIo } from '../rtp/socket-io.ts';
import { IncomingStream } from './incoming-stream.ts';
import type { MediaEvent, PortId, StreamParameters } from './media-plane.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { emptyQuality } from './quality-block.ts';

export class LegStream {
  readonly port: PortId;
  parameters: StreamParameters | null = null;
  isMediaDue = true;
  readonly #io: SocketIo;
  readonly #report: (event: MediaEvent) => void;
  readonly #outgoing = new OutgoingStream();
  #incoming: IncomingStream | null = null;
  readonly #view: RtpView = createRtpView();
  readonly #quality = emptyQuality();
  #remoteAddress = '';
  #remotePort = 0;
  #isLatched = false;
  #lastPacketMs = 0;
  #isTimeoutDue = true;
  #rejected = 0;
  readonly #send = (bytes: Uint8Array, length: number) => {
    if (this.#remotePort !== 0)
      this.#io.sendRtp(this.port, bytes, length, this.#remoteAddress, this.#remotePort);
  };

  constructor(port: PortId, io: SocketIo, report: (event: MediaEvent) => void) {
    this.port = port;
    this.#io = io;
    this.#report = report;
  }

  get sampleRate(): number {
    return this.#incoming?.codec.sampleRate ?? 8000;
  }

  isSameRate(parameters: StreamParameters): boolean {
    return findCodec(parameters.codec)?.sampleRate === this.sampleRate;
  }

  apply(parameters: StreamParameters, nowMs: number): void {
    const codec = findCodec(parameters.codec);
    if (codec === null) throw new Error(`no codec ${parameters.codec}`);
    const former = this.parameters;
    this.parameters = parameters;
    this.#quality.codec = codec.name;
    if (this.#incoming?.codec !== codec) this.#incoming = new IncomingStream(codec, parameters.ptimeMs);
    this.#outgoing.apply(codec, parameters.payloadTypeOut, parameters.ptimeMs, parameters.isSending);
    if (former?.remoteAddress !== parameters.remoteAddress || former.remotePort !== parameters.remotePort) {
      this.#remoteAddress = parameters.remoteAddress;
      this.#remotePort = parameters.remotePort;
      this.#isLatched = false;
    }
    this.#lastPacketMs = nowMs;
    this.#isTimeoutDue = true;
  }

  receive(bytes: Uint8Array, length: number, address: string, remotePort: number, nowMs: number): void {
    const view = this.#view;
    const { parameters } = this;
    const isOurs =
      parameters !== null &&
      parseRtp(bytes, length, view) === 'ok' &&
      view.payloadType === parameters.payloadTypeIn &&
      this.#isFromRemote(address, remotePort);
    if (!isOurs || this.#incoming === null) {
      this.#rejected++;
      return;
    }
    this.#lastPacketMs = nowMs;
    this.#isTimeoutDue = true;
    this.#incoming.buffer.insert(
      bytes,
      view.payloadOffset,
      view.payloadLength,
      view.sequence,
      view.timestamp,
      view.isMarker,
      nowMs,
    );
  }

  #isFromRemote(address: string, remotePort: number): boolean {
    if (this.#isLatched) return address === this.#remoteAddress && remotePort === this.#remotePort;
    this.#remoteAddress = address;
    this.#remotePort = remotePort;
    this.#isLatched = true;
    return true;
  }

  pull(frame: Float32Array, samples: number, nowMs: number): void {
    const incoming = this.#incoming;
    if (incoming === null) {
      frame.fill(0);
      return;
    }
    incoming.pull(frame, samples, nowMs);
    if (this.isMediaDue && incoming.hasDecoded) {
      this.isMediaDue = false;
      this.#report({ type: 'media', port: this.port });
    }
    incoming.hasDecoded = false;
  }

  push(frame: Float32Array, samples: number, skippedTicks: number): void {
    if (skippedTicks > 0) this.#outgoing.skip(skippedTicks);
    this.#outgoing.push(frame, samples, this.#send);
  }

  recenter(): void {
    this.#incoming?.buffer.recenter();
  }

  checkTimeout(nowMs: number, rtpTimeoutMs: number): void {
    if (!this.#isTimeoutDue || this.parameters?.isReceiving !== true) return;
    if (nowMs - this.#lastPacketMs < rtpTimeoutMs) return;
    this.#isTimeoutDue = false;
    this.#report({ type: 'rtp-timeout', port: this.port });
  }

  quality(): Readonly<Quality> {
    const quality = this.#quality;
    const incoming = this.#incoming;
    if (incoming !== null) {
      const { buffer } = incoming;
      quality.packetsReceived = buffer.received;
      quality.packetsLost = buffer.lost;
      quality.packetsLate = buffer.late;
      quality.packetsDuplicate = buffer.duplicate;
      quality.packetsRejected = this.#rejected + incoming.undecodable;
      quality.framesConcealed = incoming.framesConcealed;
      quality.jitterMs = buffer.jitterMs;
      quality.bufferMs = buffer.depthMs;
      quality.bufferMaxMs = buffer.maxDepthMs;
    }
    return quality;
  }
}
