/**
 * Decides for every packet on a leg's RTP socket whether it is the leg's, and keeps the receive figures of RFC 3550.
 * Media thread, between parseRtp and the jitter buffer; creates nothing per packet.
 *
 *    SDP says A:p          first valid packet from anywhere          A:p begins to send
 *    ────► unlatched ───────────────► latched to its source ──────────────► latched to A:p
 *              ▲                         │ from elsewhere: 'wrong_source', counted
 *              └──── SDP says B:q ◄──────┘ (re-INVITE with another address; what is still on its way from A:p is heard,
 *                                           and latches again only when nothing else comes)
 *
 * Symmetric RTP (RFC 4961 with latching as RFC 7362 describes it): behind NAT the SDP's address is not the one that
 * packets come from. Once latched, nobody else can put sound into the call. A new SSRC from the right source has
 * to show packets in sequence first (RFC 3550 section A.1).
 */
import { InterarrivalJitter } from './interarrival-jitter.ts';
import type { RtpView } from './packet.ts';
import { sequenceDistance } from './packet.ts';

/** What the offer and answer settled; see StreamParameters in call/media-plane.ts. */
export interface ReceiverParameters {
  remoteAddress: string;
  remotePort: number;
  payloadType: number;
  /** Sound too, until forgetFormer(): what the far end sends until it knows of a change. */
  formerPayloadType?: number | null;
  /** RFC 4733, null when not negotiated. */
  dtmfPayloadType: number | null;
  /** RFC 3389, besides 13. */
  comfortNoisePayloadType?: number | null;
  clockRate: number;
}

export type ReceiveCode =
  /** Sound: into the jitter buffer. */
  | 'audio'
  /** Sound, and the first of a new source: restart() the jitter buffer, then insert. */
  | 'restart'
  /** RFC 4733. */
  | 'event'
  /** RFC 3389: the sender pauses. */
  | 'comfort_noise'
  | 'wrong_source'
  | 'wrong_payload_type'
  /** A new SSRC that has not shown itself in sequence yet. */
  | 'probation';

/** The receive half of a report block (RFC 3550 section 6.4.1); filled again for every report. */
export interface ReceptionFigures {
  ssrc: number;
  /** Of the packets since the last report, in 1/256. */
  fractionLost: number;
  cumulativeLost: number;
  extendedHighestSequence: number;
  /** In units of the RTP clock. */
  jitterSamples: number;
}

const COMFORT_NOISE = 13;
const MIN_SEQUENTIAL = 3;
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;
const NO_SEQUENCE = -1;
/** 200 ms of packets: as long as any are on their way, and a far end needs to answer from its new place. */
const FORMER_PACKETS = 10;

export class RtpReceiver {
  /** Packets that are ours, of the present and former sources. */
  received = 0;
  /** Packets that are not: wrong source, payload type, or an SSRC on probation. Add what parseRtp refused. */
  rejected = 0;
  /** When the last packet of ours came; NaN: none since construction. Same clock as accept()'s `arrivalMs`. */
  lastPacketAtMs = Number.NaN;
  /** Where packets come from and so go to; the SDP's until something came. */
  address = '';
  port = 0;
  isLatched = false;
  ssrc = 0;
  hasSource = false;

  /** Where packets came from before a re-INVITE told another place, and how many have come from there since. */
  #formerAddress = '';
  #formerPort = -1;
  #formerPackets = 0;
  #sdpAddress = '';
  #sdpPort = 0;
  #payloadType = -1;
  #formerPayloadType = -1;
  #dtmfPayloadType = -1;
  #comfortNoisePayloadType = -1;
  #clockRate = 8000;
  #jitter = new InterarrivalJitter(8000);

  #isRestartDue = false;
  /** A re-INVITE told another address, or the first packet has come: its SSRC need not show itself in sequence. */
  #isNewlyLatched = false;

  // RFC 3550 A.1, of the present source
  #baseSequence = 0;
  #highestSequence = 0;
  #cycles = 0;
  #receivedOfSource = 0;
  #badSequence = NO_SEQUENCE;
  #expectedPrior = 0;
  #receivedPrior = 0;
  // A source that wants to take over
  #candidateSsrc = 0;
  #candidateSequence = NO_SEQUENCE;
  #candidatePackets = 0;

  /** After every offer/answer. The same address again keeps the latch. */
  expect(parameters: ReceiverParameters): void {
    this.#payloadType = parameters.payloadType;
    this.#formerPayloadType = parameters.formerPayloadType ?? -1;
    this.#dtmfPayloadType = parameters.dtmfPayloadType ?? -1;
    this.#comfortNoisePayloadType = parameters.comfortNoisePayloadType ?? -1;
    if (parameters.clockRate !== this.#clockRate) {
      this.#clockRate = parameters.clockRate;
      this.#jitter = new InterarrivalJitter(parameters.clockRate);
    }
    if (parameters.remoteAddress === this.#sdpAddress && parameters.remotePort === this.#sdpPort) return;
    if (this.isLatched) {
      this.#formerAddress = this.address;
      this.#formerPort = this.port;
    }
    this.#formerPackets = 0;
    this.#sdpAddress = parameters.remoteAddress;
    this.#sdpPort = parameters.remotePort;
    this.address = parameters.remoteAddress;
    this.port = parameters.remotePort;
    this.isLatched = false;
  }

  accept(packet: RtpView, fromAddress: string, fromPort: number, arrivalMs: number): ReceiveCode {
    const code = this.#judge(packet, fromAddress, fromPort, arrivalMs);
    if (code === 'wrong_source' || code === 'wrong_payload_type' || code === 'probation') {
      this.rejected++;
      return code;
    }
    this.received++;
    this.lastPacketAtMs = arrivalMs;
    return code;
  }

  /** The former codec is heard no more. */
  forgetFormer(): void {
    this.#formerPayloadType = -1;
  }

  isFromLatched(fromAddress: string, fromPort: number): boolean {
    return this.isLatched && fromPort === this.port && fromAddress === this.address;
  }

  /** RTCP has its own port, so only the host counts; nothing is taken before something is latched or told by SDP. */
  acceptsRtcpFrom(fromAddress: string): boolean {
    return fromAddress === this.address || fromAddress === this.#sdpAddress;
  }

  /** Since the stream's first packet. */
  get expected(): number {
    return this.hasSource ? this.#cycles + this.#highestSequence - this.#baseSequence + 1 : 0;
  }

  /** Once a report (RFC 3550 A.3). False: nothing was received yet, so there is nothing to report. */
  fillReport(into: ReceptionFigures): boolean {
    if (!this.hasSource) return false;
    const { expected } = this;
    const lost = expected - this.#receivedOfSource;
    const expectedNow = expected - this.#expectedPrior;
    const lostNow = expectedNow - (this.#receivedOfSource - this.#receivedPrior);
    this.#expectedPrior = expected;
    this.#receivedPrior = this.#receivedOfSource;
    into.ssrc = this.ssrc;
    into.fractionLost =
      expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow));
    // 24 bits, signed
    into.cumulativeLost = Math.max(-0x800000, Math.min(0x7fffff, lost));
    into.extendedHighestSequence = (this.#cycles + this.#highestSequence) >>> 0;
    into.jitterSamples = Math.round((this.#jitter.jitterMs * this.#clockRate) / 1000);
    return true;
  }

  #judge(packet: RtpView, fromAddress: string, fromPort: number, arrivalMs: number): ReceiveCode {
    const { payloadType } = packet;
    const isEvent = payloadType === this.#dtmfPayloadType;
    const isComfortNoise = payloadType === COMFORT_NOISE || payloadType === this.#comfortNoisePayloadType;
    const isSound = payloadType === this.#payloadType || payloadType === this.#formerPayloadType;
    if (!isSound && !isEvent && !isComfortNoise) return 'wrong_payload_type';
    if (!this.#isFromSource(fromAddress, fromPort)) return 'wrong_source';
    // Some gateways send events with an SSRC of their own: the source is proved, the numbering is not ours to follow.
    if (isEvent && this.hasSource && packet.ssrc !== this.ssrc) return 'event';

    this.#follow(packet, arrivalMs);
    if (packet.ssrc !== this.ssrc) return 'probation';
    if (isEvent) return 'event';
    if (isComfortNoise) return 'comfort_noise';
    const isFirst = this.#isRestartDue;
    this.#isRestartDue = false;
    return isFirst ? 'restart' : 'audio';
  }

  #isFromSource(fromAddress: string, fromPort: number): boolean {
    if (this.isFromLatched(fromAddress, fromPort)) return true;
    const isFromSdp = fromPort === this.#sdpPort && fromAddress === this.#sdpAddress;
    if (this.isLatched && !isFromSdp) return false;
    if (!isFromSdp && this.#isStillFromFormer(fromAddress, fromPort)) return true;
    this.isLatched = true;
    this.#isNewlyLatched = true;
    this.address = fromAddress;
    this.port = fromPort;
    return true;
  }

  /** Until the far end has our answer it sends from there, and what we send has to go to the new place meanwhile. */
  #isStillFromFormer(fromAddress: string, fromPort: number): boolean {
    if (fromPort !== this.#formerPort || fromAddress !== this.#formerAddress) return false;
    this.#formerPackets++;
    return this.#formerPackets < FORMER_PACKETS;
  }

  /** Counts the packet for its source, or tries the source that it would make the new one. */
  #follow(packet: RtpView, arrivalMs: number): void {
    const isNewSource = !this.hasSource || (this.#isNewlyLatched && packet.ssrc !== this.ssrc);
    this.#isNewlyLatched = false;
    if (isNewSource) {
      this.#begin(packet, arrivalMs);
      return;
    }
    if (packet.ssrc === this.ssrc) {
      this.#candidateSequence = NO_SEQUENCE;
      this.#count(packet, arrivalMs);
      return;
    }
    const follows = packet.ssrc === this.#candidateSsrc && packet.sequence === this.#candidateSequence;
    this.#candidatePackets = follows ? this.#candidatePackets + 1 : 1;
    this.#candidateSsrc = packet.ssrc;
    this.#candidateSequence = (packet.sequence + 1) & 0xffff;
    if (this.#candidatePackets >= MIN_SEQUENTIAL) this.#begin(packet, arrivalMs);
  }

  #begin(packet: RtpView, arrivalMs: number): void {
    this.hasSource = true;
    this.#isRestartDue = true;
    this.ssrc = packet.ssrc;
    this.#candidateSequence = NO_SEQUENCE;
    this.#candidatePackets = 0;
    this.#jitter.rebase();
    this.#beginSequence(packet.sequence);
    this.#receivedOfSource = 1;
    this.#jitter.observe(packet.timestamp, arrivalMs);
  }

  #beginSequence(sequence: number): void {
    this.#baseSequence = sequence;
    this.#highestSequence = sequence;
    this.#cycles = 0;
    this.#badSequence = NO_SEQUENCE;
    this.#receivedOfSource = 0;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
  }

  #count(packet: RtpView, arrivalMs: number): void {
    const { sequence } = packet;
    const ahead = sequenceDistance(sequence, this.#highestSequence);
    if (ahead >= MAX_DROPOUT || ahead < -MAX_MISORDER) {
      const isRestart = sequence === this.#badSequence;
      this.#badSequence = (sequence + 1) & 0xffff;
      if (!isRestart) return;
      this.#beginSequence(sequence);
    } else if (ahead > 0) {
      if (sequence < this.#highestSequence) this.#cycles += 0x10000;
      this.#highestSequence = sequence;
    }
    this.#receivedOfSource++;
    this.#jitter.observe(packet.timestamp, arrivalMs);
  }
}
