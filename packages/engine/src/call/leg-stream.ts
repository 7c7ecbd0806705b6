/**
 * RTP and RTCP of one leg, both ways: one for every open port, driven by pipeline.ts on the media thread. Packets come
 * in on the network side (receiveRtp, receiveRtcp); the clock side pulls and pushes frames.
 */
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { DtmfDetector } from '../audio/dtmf-detector.ts';
import { findCodec } from '../codecs/registry.ts';
import { RTP_HEADER_BYTES, isRtcp, type RtpView, createRtpView, parseRtp } from '../rtp/packet.ts';
import { LegSecurity } from '../rtp/leg-security.ts';
import { SRTP_TRAILER_BYTES } from '../rtp/srtp-session-keys.ts';
import { RtpReceiver } from '../rtp/receiver.ts';
import { RTCP_MAX_BYTES, RtcpSession } from '../rtp/rtcp.ts';
import type { SocketIo } from '../rtp/socket-io.ts';
import { TelephoneEventReceiver } from '../rtp/telephone-event.ts';
import { EarlyPackets } from './early-packets.ts';
import { FormerStream } from './former-stream.ts';
import { IncomingStream } from './incoming-stream.ts';
import type { MediaEvent, PortId, StreamCodec, StreamParameters } from './media-plane.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { type LegFigures, emptyFigures } from './quality-block.ts';

/** Packets in a row of another codec that was agreed upon, before it is taken for the present one. */
const MIN_TO_CHANGE_CODEC = 3;

/** Where legs are that have not been told a codec yet. */
const DEFAULT_RATE = 8000;

export class LegStream {
  readonly port: PortId;
  parameters: StreamParameters | null = null;
  /** The next decoded frame is to be reported. */
  isMediaDue = true;
  readonly #io: SocketIo;
  readonly #report: (event: MediaEvent) => void;
  readonly #receiver = new RtpReceiver();
  readonly outgoing: OutgoingStream;
  readonly #rtcp: RtcpSession;
  readonly #view: RtpView = createRtpView();
  readonly #rtcpPacket = new Uint8Array(RTCP_MAX_BYTES + SRTP_TRAILER_BYTES);
  readonly #security = new LegSecurity();
  #incoming: IncomingStream | null = null;
  /** While the codec changes. */
  #former: FormerStream | null = null;
  readonly #early = new EarlyPackets();
  #events = new TelephoneEventReceiver(DEFAULT_RATE);
  /** Only where RFC 4733 was not negotiated: else a press would be reported twice. */
  #detector: DtmfDetector | null = null;
  /** Figures of the codecs that this leg had before the present one. */
  readonly #past = { lost: 0, late: 0, duplicate: 0, framesConcealed: 0, undecodable: 0, maxDepthMs: 0 };
  readonly #figures: LegFigures;
  /** Datagrams that are no RTP at all, and RTCP that is not from there. */
  #malformed = 0;
  #canSend = false;
  #expectedLossPercent = 0;
  /** The far end wanted to hear us once: if it does not any more, it holds. A studio link that never did sends to air. */
  #hasSent = false;
  #rtcpAddress = '';
  #rtcpPort = 0;
  /** The packet that the RTP timeout is counted from, and the last one that it was reported for. */
  #timeoutFromMs = 0;
  #reportedFromMs = Number.NaN;
  readonly #receiveEarly = (bytes: Uint8Array, length: number, arrivalMs: number) => {
    const { address, port } = this.#receiver;
    // It was counted as rejected when it came.
    this.#receiver.rejected--;
    this.#receivePlain(bytes, length, address, port, arrivalMs);
  };
  readonly #onCodec: (parameters: StreamParameters) => void;
  #otherCodec: StreamCodec | null = null;
  #otherPackets = 0;

  /** `onCodec`: the far end has changed to another codec of those agreed upon; apply() is to follow. */
  constructor(
    port: PortId,
    io: SocketIo,
    report: (event: MediaEvent) => void,
    onCodec: (parameters: StreamParameters) => void,
  ) {
    this.port = port;
    this.#io = io;
    this.#report = report;
    this.#onCodec = onCodec;
    this.outgoing = new OutgoingStream((bytes, length) => this.#send(bytes, length));
    this.#rtcp = new RtcpSession({
      ssrc: this.outgoing.ssrc,
      // Says nothing of the machine or the caller (RFC 7022).
      cname: randomBytes(12).toString('base64'),
      epochMs: (atMs) => Date.now() - (performance.now() - atMs),
      random: () => Math.random(),
    });
    this.#figures = { ...emptyFigures(), rtcp: this.#rtcp };
  }

  get sampleRate(): number {
    return this.#incoming?.codec.sampleRate ?? DEFAULT_RATE;
  }

  /** The far end has put us on hold. What comes meanwhile, music perhaps, is not for the air. */
  get isHeldByRemote(): boolean {
    return this.#hasSent && this.parameters?.isSending === false;
  }

  isSameRate(parameters: StreamParameters): boolean {
    return findCodec(parameters.codec)?.sampleRate === this.sampleRate;
  }

  /** After every offer and answer. */
  apply(parameters: StreamParameters, nowMs: number): void {
    const codec = findCodec(parameters.codec);
    if (codec === null) throw new Error(`no codec ${parameters.codec}`);
    if (this.#incoming?.codec !== codec) {
      this.#keepFigures();
      this.#former?.incoming.close();
      this.#former = this.#formerOf(parameters, codec.sampleRate);
      if (this.#former === null) this.#incoming?.close();
      this.#incoming = new IncomingStream(codec, parameters.ptimeMs, this.#incoming?.buffer.targetDepthMs);
      this.#events = new TelephoneEventReceiver(codec.clockRate);
      this.#detector = null;
    }
    if (parameters.dtmfPayloadType !== null) this.#detector = null;
    else this.#detector ??= new DtmfDetector(codec.sampleRate);
    this.#security.apply(parameters.srtp ?? null);
    this.#receiver.expect({
      remoteAddress: parameters.remoteAddress,
      remotePort: parameters.remotePort,
      payloadType: parameters.payloadTypeIn,
      formerPayloadType: this.#former?.payloadType ?? null,
      dtmfPayloadType: parameters.dtmfPayloadType,
      comfortNoisePayloadType: parameters.comfortNoisePayloadType ?? null,
      clockRate: codec.clockRate,
    });
    this.outgoing.apply(
      codec,
      parameters.payloadTypeOut,
      parameters.ptimeMs,
      parameters.isSending,
      parameters.sending,
      parameters.sentNoisePayloadType,
    );
    this.#rtcpAddress = parameters.remoteAddress;
    this.#rtcpPort = parameters.isRtcpMux ? parameters.remotePort : parameters.remoteRtcpPort;
    if (parameters.isReceiving && this.parameters?.isReceiving === false) this.#incoming.buffer.restart();
    this.#hasSent ||= parameters.isSending;
    this.parameters = parameters;
    this.#timeoutFromMs = nowMs;
    this.#checkDestination();
    this.#early.giveBack(nowMs, this.#receiveEarly);
  }

  // Network side.

  receiveRtp(bytes: Uint8Array, length: number, address: string, remotePort: number, nowMs: number): void {
    if (isRtcp(bytes, length)) {
      this.receiveRtcp(bytes, length, address, remotePort, nowMs);
      return;
    }
    const plain = this.#security.unprotect(bytes, length);
    if (plain < 0) this.#malformed++;
    else this.#receivePlain(bytes, plain, address, remotePort, nowMs);
  }

  #receivePlain(bytes: Uint8Array, length: number, address: string, remotePort: number, nowMs: number): void {
    const view = this.#view;
    const parsed = parseRtp(bytes, length, view);
    if (parsed !== 'ok' || this.#incoming === null) {
      this.#malformed++;
      return;
    }
    const code = this.#receiver.accept(view, address, remotePort, nowMs);
    if (code === 'wrong_payload_type' && this.#receiver.isFromLatched(address, remotePort)) {
      this.#early.keep(bytes, length, nowMs);
      this.#watchCodec(view.payloadType);
    }
    if (code === 'wrong_source' || code === 'wrong_payload_type' || code === 'probation') return;
    this.#otherPackets = 0;
    this.#timeoutFromMs = nowMs;
    if (!this.#canSend) this.#checkDestination();
    if (code === 'event') this.#receiveEvent(bytes, view);
    else if (code === 'comfort_noise') this.#receiveComfortNoise(this.#incoming, bytes, view);
    // RFC 3264 5.1: nothing should come then; what does is not meant for us.
    else if (this.parameters?.isReceiving === true) {
      this.#streamOf(view.payloadType)?.receive(bytes, view, code === 'restart', nowMs);
    }
  }

  #streamOf(payloadType: number): IncomingStream | null {
    return this.#former?.payloadType === payloadType ? this.#former.incoming : this.#incoming;
  }

  /** What plays on while the codec changes. Where both have one number, nobody could tell their packets apart. */
  #formerOf(parameters: StreamParameters, sampleRate: number): FormerStream | null {
    if (this.#incoming === null || this.parameters === null) return null;
    const { payloadTypeIn } = this.parameters;
    if (payloadTypeIn === parameters.payloadTypeIn) return null;
    return new FormerStream(this.#incoming, payloadTypeIn, sampleRate);
  }

  receiveRtcp(bytes: Uint8Array, length: number, address: string, remotePort: number, nowMs: number): void {
    if (!this.#receiver.acceptsRtcpFrom(address)) {
      this.#malformed++;
      return;
    }
    const plain = this.#security.unprotectRtcp(bytes, length);
    if (plain < 0) {
      this.#malformed++;
      return;
    }
    const code = this.#rtcp.receive(bytes, plain, nowMs);
    if (code !== 'ok' && code !== 'bye') return;
    this.#rtcpAddress = address;
    this.#rtcpPort = remotePort;
  }

  /** RFC 3264 7: the far end may send any codec of its answer, at any time. We then send the same. */
  #watchCodec(payloadType: number): void {
    const agreed = this.parameters?.agreedCodecs;
    if (agreed === undefined || this.parameters === null) return;
    const found = agreed.find((each) => each.payloadTypeIn === payloadType) ?? null;
    this.#otherPackets = found !== null && found === this.#otherCodec ? this.#otherPackets + 1 : 1;
    this.#otherCodec = found;
    if (found === null || this.#otherPackets < MIN_TO_CHANGE_CODEC) return;
    this.#otherPackets = 0;
    this.#onCodec({ ...this.parameters, ...found });
  }

  // Clock side.

  pull(frame: Float32Array, samples: number, nowMs: number): void {
    const incoming = this.#incoming;
    if (incoming === null) {
      frame.fill(0);
      return;
    }
    incoming.pull(frame, samples, nowMs);
    this.#former?.crossOver(frame, samples, incoming.hasDecoded, nowMs);
    if (incoming.hasDecoded && this.#former !== null) this.#endFormer();
    if (this.isMediaDue && incoming.hasDecoded) {
      this.isMediaDue = false;
      this.#report({ type: 'media', port: this.port });
    }
    incoming.hasDecoded = false;
    const digit = this.#detector?.process(frame, samples) ?? null;
    if (digit !== null) this.#report({ type: 'dtmf', port: this.port, digit });
  }

  #endFormer(): void {
    this.#former?.incoming.close();
    this.#former = null;
    this.#receiver.forgetFormer();
  }

  push(frame: Float32Array, samples: number): void {
    this.outgoing.push(frame, samples);
  }

  #send(bytes: Uint8Array, length: number): void {
    if (!this.#canSend) return;
    this.#rtcp.noteSent(length - RTP_HEADER_BYTES);
    const wire = this.#security.protect(bytes, length);
    this.#io.sendRtp(this.port, bytes, wire, this.#receiver.address, this.#receiver.port);
  }

  /** Ticks were skipped: what piled up meanwhile must not stay as delay. It goes so many ticks later. */
  skip(ticks: number, laterTicks: number): void {
    this.#incoming?.buffer.recenter(laterTicks);
    this.outgoing.skip(ticks);
  }

  /** A few times a second: RTP timeout, RTCP. */
  keepHouse(nowMs: number, rtpTimeoutMs: number): void {
    if (this.parameters === null) return;
    if (this.parameters.isReceiving) this.#checkTimeout(nowMs, rtpTimeoutMs);
    else this.#timeoutFromMs = nowMs;
    this.#followLoss();
    if (this.#rtcp.isReportDue(nowMs)) {
      const { timestamp } = this.outgoing;
      this.#sendRtcp(this.#rtcp.writeReport(this.#rtcpPacket, this.#receiver, timestamp, nowMs));
    }
  }

  /** The encoder makes its packets redundant when the far end says that it loses some. In steps: telling it costs. */
  #followLoss(): void {
    if (this.parameters?.sending?.hasFec !== true) return;
    const reported = this.#rtcp.remoteLossPercent ?? 0;
    const expectedLossPercent = reported < 1 ? 0 : Math.min(30, Math.ceil(reported / 5) * 5 + 5);
    if (expectedLossPercent === this.#expectedLossPercent) return;
    this.#expectedLossPercent = expectedLossPercent;
    this.outgoing.set({ expectedLossPercent });
  }

  /** The last thing that the far end gets. */
  leave(nowMs: number): void {
    if (this.parameters === null) return;
    this.#sendRtcp(this.#rtcp.writeBye(this.#rtcpPacket, this.#receiver, this.outgoing.timestamp, nowMs));
  }

  /** Gives back what the codecs hold: nothing is pulled or pushed afterwards. */
  close(): void {
    this.#former?.incoming.close();
    this.#incoming?.close();
    this.outgoing.close();
  }

  /** To be written at once: the object is always the same. */
  figures(): LegFigures {
    const incoming = this.#incoming;
    const figures = this.#figures;
    figures.rejected = this.#malformed;
    if (incoming === null) return figures;
    const past = this.#past;
    const { buffer } = incoming;
    figures.codec = incoming.codec.name;
    figures.received = this.#receiver.received;
    figures.rejected += this.#receiver.rejected + past.undecodable + incoming.undecodable;
    figures.framesConcealed = past.framesConcealed + incoming.framesConcealed;
    figures.buffer.lost = past.lost + buffer.lost;
    figures.buffer.late = past.late + buffer.late;
    figures.buffer.duplicate = past.duplicate + buffer.duplicate;
    figures.buffer.jitterMs = buffer.jitterMs;
    figures.buffer.depthMs = buffer.depthMs;
    figures.buffer.maxDepthMs = buffer.maxDepthMs > past.maxDepthMs ? buffer.maxDepthMs : past.maxDepthMs;
    return figures;
  }

  #keepFigures(): void {
    if (this.#incoming === null) return;
    const past = this.#past;
    const { buffer, framesConcealed, undecodable } = this.#incoming;
    past.lost += buffer.lost;
    past.late += buffer.late;
    past.duplicate += buffer.duplicate;
    past.framesConcealed += framesConcealed;
    past.undecodable += undecodable;
    past.maxDepthMs = Math.max(past.maxDepthMs, buffer.maxDepthMs);
  }

  /** 0.0.0.0 is how RFC 2543 phones say hold; a name would need the resolver: both wait for what is latched. */
  #checkDestination(): void {
    const { address, port } = this.#receiver;
    this.#canSend = port > 0 && isIP(address) !== 0 && address !== '0.0.0.0';
  }

  /** RFC 3389 section 3: the first byte is the level, in −dBov. */
  #receiveComfortNoise(incoming: IncomingStream, bytes: Uint8Array, view: RtpView): void {
    incoming.buffer.noteOther(view.sequence);
    if (view.payloadLength > 0) incoming.comfortNoise(-(bytes[view.payloadOffset]! & 0x7f));
  }

  #receiveEvent(bytes: Uint8Array, view: RtpView): void {
    this.#incoming?.buffer.noteOther(view.sequence);
    const digit = this.#events.receive(
      bytes,
      view.payloadOffset,
      view.payloadLength,
      view.timestamp,
      view.isMarker,
    );
    if (digit !== null) this.#report({ type: 'dtmf', port: this.port, digit });
  }

  #checkTimeout(nowMs: number, rtpTimeoutMs: number): void {
    if (nowMs - this.#timeoutFromMs < rtpTimeoutMs || this.#reportedFromMs === this.#timeoutFromMs) return;
    this.#reportedFromMs = this.#timeoutFromMs;
    this.#report({ type: 'rtp-timeout', port: this.port });
  }

  #sendRtcp(plainLength: number): void {
    if (!this.#canSend || this.#rtcpPort === 0 || this.parameters === null) return;
    const length = this.#security.protectRtcp(this.#rtcpPacket, plainLength);
    if (this.parameters.isRtcpMux) {
      this.#io.sendRtp(this.port, this.#rtcpPacket, length, this.#receiver.address, this.#receiver.port);
    } else if (isIP(this.#rtcpAddress) !== 0) {
      this.#io.sendRtcp(this.port, this.#rtcpPacket, length, this.#rtcpAddress, this.#rtcpPort);
    }
  }
}
