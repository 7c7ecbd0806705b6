/**
 * The adaptive jitter buffer of one leg (media thread). The network side inserts packets as they come; the clock side
 * takes, every 20 ms tick and as often as it needs to fill a frame, what is due next. The two meet only here.
 *
 *    network side                                                     clock side
 *    insert ──►  packet-ring.ts, by sequence number                   ──► take
 *                ┌────┬────┬────┬────┬────┬────┬────┐
 *                │    │ 17 │ 18 │    │ 20 │ 21 │    │   19: missing, concealed when it is due
 *                └────┴─▲──┴────┴────┴────┴──▲─┴────┘
 *                cursor: due next          highest
 *
 *    ◄──────── lead ────────►◄─ packet ─►    lead: from a punctual packet's arrival to its take (playout-lead.ts)
 *    ◄────────────── depth ─────────────►    depth = lead + packet length, 20-200 ms, 40 at the start
 *
 * It grows at once, by one concealed packet, when packets have come too late; else it grows and shrinks by a packet in
 * silence. Within sound the clock side does that, by a few milliseconds at a time where the sound repeats itself, as
 * `isShort`, `isAmple` and `canTakeEarly` tell it: what it puts in makes it take a packet a tick later, what it takes out
 * a tick earlier. Clock drift moves the lead and so is met by the same steps. Play-out follows timestamps, so that a
 * pause of the sender (DTX) keeps its length.
 *
 * A buffer that has run dry does not move its cursor: what comes next decides. If that was only late it is played (the
 * delay has grown by as much); if something was lost, the concealment that was played already is taken off the hole.
 */
import { InterarrivalJitter } from './interarrival-jitter.ts';
import { Lateness } from './lateness.ts';
import { sequenceDistance, timestampDistance } from './packet.ts';
import { PacketRing, RING_PACKETS } from './packet-ring.ts';
import { MARGIN_MS, MAX_DEPTH_MS, PlayoutLead, START_DEPTH_MS } from './playout-lead.ts';

/** Dry for so long: what comes next is a new talkspurt, and is timed afresh. */
const TALKSPURT_PAUSE_MS = 200;
/** Concealment has faded by then; 'silence' from there on. */
const CONCEAL_MS = 100;
const LONGEST_PACKET_MS = 120;
/** One tick. */
const CATCH_UP_MS = 20;
const SEEN = 256;

// RFC 3550 appendix A.1
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;

export type InsertCode =
  | 'stored'
  | 'duplicate'
  /** Its time has passed. */
  | 'late'
  /** Far out of sequence: the sender has started again if the next one follows it (RFC 3550 A.1). */
  | 'probation'
  | 'too_long';

export type TakeCode =
  /** `payloadOffset`, `payloadLength`, `timestamp` say which; valid until the next insert(). */
  | 'packet'
  /** Conceal `durationSamples`. */
  | 'lost'
  /** The sender pauses (DTX): silence or comfort noise for `durationSamples`. */
  | 'silence'
  /** Nothing to play yet: fill the frame with silence and ask again at the next tick. */
  | 'buffering';

export interface JitterBufferOptions {
  /** RTP clock rate of the codec, Hz. */
  clockRate: number;
  /** Packet length until the stream shows its own, ms. */
  ptimeMs: number;
  /** Depth until something is known of the network; 40 ms when it is not given. */
  startDepthMs?: number | undefined;
  /** Longest payload that is accepted. */
  maxPayloadBytes: number;
}

export class JitterBuffer {
  // Statistics since construction.
  received = 0;
  /** Sequence numbers whose time came without them, less those that came after all (late). */
  lost = 0;
  late = 0;
  duplicate = 0;
  /** Dropped to shorten the delay. */
  skipped = 0;
  /** Played twice or stretched to lengthen the delay. */
  inserted = 0;
  depthMs = 0;
  maxDepthMs = 0;
  /** What the clock side holds of packets that it took: they are played later by as much, which belongs to the depth. */
  heldOverMs = 0;

  // What the last take() found.
  readonly storage: Uint8Array;
  payloadOffset = 0;
  payloadLength = 0;
  timestamp = 0;
  /** How much sound the answer stands for, in units of the RTP clock. */
  durationSamples: number;
  /** 'lost': a packet is missing here, and the one that follows it is held: followingOffset, followingLength. */
  hasFollowing = false;
  followingOffset = 0;
  followingLength = 0;
  /** Sound before this packet was left out: a cross-fade from concealment hides the joint. */
  isJoint = false;

  readonly #clockRate: number;
  readonly #maxPayloadBytes: number;
  readonly #ring: PacketRing;
  readonly #jitter: InterarrivalJitter;
  readonly #lateness: Lateness;
  readonly #lead: PlayoutLead;
  /** Sequence numbers that came lately, by their low bits; −1 none. */
  readonly #seen = new Int32Array(SEEN).fill(-1);

  #hasStarted = false;
  #isPlaying = false;
  /** Takes until what is too much is dropped at once; below 0: it is not due. */
  #takesToRecenter = 0;
  #catchUpEndsMs = Number.NEGATIVE_INFINITY;
  // The cursor: what is due next.
  #nextSequence = 0;
  #nextTimestamp = 0;
  #highestSequence = 0;
  #highestTimestamp = 0;
  #restartSequence = -1;
  #packetSamples: number;
  #packetMs: number;
  #candidateSamples = 0;
  /** Played since the buffer ran dry. */
  #drySamples = 0;

  constructor(options: JitterBufferOptions) {
    this.#clockRate = options.clockRate;
    this.#maxPayloadBytes = options.maxPayloadBytes;
    this.#ring = new PacketRing(options.maxPayloadBytes);
    this.storage = this.#ring.storage;
    this.#packetMs = options.ptimeMs;
    this.#packetSamples = Math.round((options.ptimeMs * options.clockRate) / 1000);
    this.durationSamples = this.#packetSamples;
    this.#jitter = new InterarrivalJitter(options.clockRate);
    const startLeadMs = Math.max(0, (options.startDepthMs ?? START_DEPTH_MS) - options.ptimeMs);
    this.#lateness = new Lateness(options.clockRate, startLeadMs - MARGIN_MS - 1);
    this.#lead = new PlayoutLead(this.#lateness, startLeadMs);
  }

  get jitterMs(): number {
    return this.#jitter.jitterMs;
  }

  /** Depth that is aimed at. */
  get targetDepthMs(): number {
    return this.#lead.wantedMs + this.#packetMs;
  }

  /** The stream begins anew (other SSRC, other address): what is held is dropped, what was learned stays. */
  restart(): void {
    this.#ring.clear();
    this.#hasStarted = false;
    this.#isPlaying = false;
    this.#takesToRecenter = 0;
    this.#drySamples = 0;
    this.#restartSequence = -1;
    this.#seen.fill(-1);
    this.#jitter.rebase();
    this.#lateness.rebase();
  }

  /**
   * Ticks were skipped: the next take() drops what piled up meanwhile, or the delay would stay; or one some `takes` later,
   * because the joint costs more than a packet does. What is read from the socket until the tick after it came in time, and
   * says nothing of the network.
   */
  recenter(takes = 0): void {
    if (this.#takesToRecenter < 0 || takes < this.#takesToRecenter) this.#takesToRecenter = takes;
    this.#catchUpEndsMs = Number.POSITIVE_INFINITY;
  }

  /** The clock side says after each frame whether what it played was silent. */
  noteSilence(isSilent: boolean): void {
    this.#lead.isSilent = isSilent;
  }

  /** The delay should get longer. */
  get isShort(): boolean {
    return this.#lead.isShort;
  }

  /** The delay is longer than it needs to be; what the clock side holds over in every tick can go. */
  get isAmple(): boolean {
    return this.#lead.hasSpare(0);
  }

  /** takeEarly() would give the next packet, and the delay stays long enough without it. */
  get canTakeEarly(): boolean {
    if (!this.#isPlaying || this.#ring.held === 0 || !this.#lead.hasSpare(this.#packetMs)) return false;
    const first = this.#ring.firstFrom(this.#nextSequence);
    const gap = timestampDistance(this.#ring.timestampOf(first), this.#nextTimestamp);
    return first === this.#nextSequence && Math.abs(gap) * 2 < this.#packetSamples;
  }

  /** A packet of this stream that is not sound (RFC 4733 event, comfort noise) took this sequence number. */
  noteOther(sequence: number): void {
    this.#seen[sequence % SEEN] = sequence;
  }

  /** `arrivalMs` and take()'s `nowMs` are of one monotonic clock. */
  insert(
    bytes: Uint8Array,
    payloadOffset: number,
    payloadLength: number,
    sequence: number,
    timestamp: number,
    isMarker: boolean,
    arrivalMs: number,
  ): InsertCode {
    if (payloadLength > this.#maxPayloadBytes) return 'too_long';
    this.received++;
    if (!this.#isInSequence(sequence, timestamp)) return 'probation';
    if (this.#wasSeen(sequence)) {
      this.duplicate++;
      return 'duplicate';
    }
    this.#seen[sequence % SEEN] = sequence;
    this.#measure(sequence, timestamp, isMarker, arrivalMs);

    if (this.#isTooLate(sequence, timestamp)) {
      if (arrivalMs >= this.#catchUpEndsMs) this.#lead.noteLatePacket();
      return 'late';
    }
    if (this.#drySamples > 0) this.#resume(timestamp);
    if (sequenceDistance(sequence, this.#nextSequence) >= RING_PACKETS)
      this.#makeRoomFor(sequence, timestamp);
    const punctualMs = arrivalMs - this.#lateness.latenessMs;
    this.#ring.store(bytes, payloadOffset, payloadLength, sequence, timestamp, punctualMs);
    return 'stored';
  }

  /** What to play next: a packet is given once, and its time passes with the answer. */
  take(nowMs: number): TakeCode {
    this.isJoint = false;
    this.hasFollowing = false;
    this.durationSamples = this.#packetSamples;
    this.#lead.follow(nowMs);
    if (this.#catchUpEndsMs === Number.POSITIVE_INFINITY) this.#catchUpEndsMs = nowMs + CATCH_UP_MS;
    if (this.#ring.held === 0) return this.#takeDry();

    let first = this.#ring.firstFrom(this.#nextSequence);
    if (!this.#isPlaying && !this.#startAt(first, nowMs)) return 'buffering';
    this.#followJump(first);
    const leadMs = this.#leadMs(first, nowMs);
    this.#lead.noteLead(leadMs, nowMs);
    if (this.#lead.mustGrow(leadMs, this.#packetMs)) {
      this.inserted++;
      return this.#lead.isSilent ? 'silence' : 'lost';
    }
    const excessPackets = this.#excessPackets(leadMs, nowMs);
    this.#noteDepth(leadMs - excessPackets * this.#packetMs);
    if (excessPackets > 0) {
      this.#skip(excessPackets);
      if (this.#ring.held === 0) return this.#takeDry();
      first = this.#ring.firstFrom(this.#nextSequence);
    }
    return this.#takeDue(first);
  }

  /** Within sound, where canTakeEarly: the packet that would be due a tick later. */
  takeEarly(): TakeCode {
    this.isJoint = false;
    this.durationSamples = this.#packetSamples;
    return this.#takeDue(this.#nextSequence);
  }

  /** RFC 3550 A.1: a small gap either way is loss or reordering; a big one is a new start once two follow each other. */
  #isInSequence(sequence: number, timestamp: number): boolean {
    if (!this.#hasStarted) this.#begin(sequence, timestamp);
    const ahead = sequenceDistance(sequence, this.#nextSequence);
    if (ahead < MAX_DROPOUT && ahead >= -MAX_MISORDER) return true;
    if (sequence !== this.#restartSequence) {
      this.#restartSequence = (sequence + 1) & 0xffff;
      return false;
    }
    this.restart();
    this.#begin(sequence, timestamp);
    return true;
  }

  #begin(sequence: number, timestamp: number): void {
    this.#hasStarted = true;
    this.#nextSequence = sequence;
    this.#nextTimestamp = timestamp;
    this.#highestSequence = (sequence - 1) & 0xffff;
    this.#highestTimestamp = timestamp;
  }

  #measure(sequence: number, timestamp: number, isMarker: boolean, arrivalMs: number): void {
    const step = sequenceDistance(sequence, this.#highestSequence);
    const stepSamples = timestampDistance(timestamp, this.#highestTimestamp);
    // Some senders switch their source with the sequence running on and the timestamp set anew.
    if (step === 1 && stepSamples < 0) {
      this.#jitter.rebase();
      this.#lateness.rebase();
    }
    if (step === 1 && !isMarker) this.#learnLength(stepSamples);
    if (step > 0) {
      this.#highestSequence = sequence;
      this.#highestTimestamp = timestamp;
    }
    this.#jitter.observe(timestamp, arrivalMs);
    this.#lateness.observe(timestamp, arrivalMs, arrivalMs >= this.#catchUpEndsMs);
    this.#lead.notePacket(this.#packetMs);
  }

  /** Two equal steps in a row make a packet length. */
  #learnLength(stepSamples: number): void {
    const stepMs = (stepSamples * 1000) / this.#clockRate;
    if (stepMs <= 0 || stepMs > LONGEST_PACKET_MS) return;
    if (stepSamples === this.#candidateSamples) {
      this.#packetSamples = stepSamples;
      this.#packetMs = stepMs;
    }
    this.#candidateSamples = stepSamples;
  }

  #isTooLate(sequence: number, timestamp: number): boolean {
    const isPassed = sequenceDistance(sequence, this.#nextSequence) < 0;
    const behind = -timestampDistance(timestamp, this.#nextTimestamp);
    const isOlder = this.#isPlaying && behind >= this.#packetSamples && this.#isPlausible(behind);
    if (!isPassed && !isOlder) return false;
    this.late++;
    // It was counted as lost when its time came.
    if (isPassed && this.lost > 0) this.lost--;
    return true;
  }

  /** The first packet after the buffer ran dry. */
  #resume(timestamp: number): void {
    const gap = timestampDistance(timestamp, this.#nextTimestamp);
    if (this.#drySamples * 1000 >= TALKSPURT_PAUSE_MS * this.#clockRate) this.#isPlaying = false;
    else if (gap > 0) this.#nextTimestamp = (this.#nextTimestamp + Math.min(gap, this.#drySamples)) >>> 0;
    this.#drySamples = 0;
  }

  /** A jump beyond the ring: the oldest go. */
  #makeRoomFor(sequence: number, timestamp: number): void {
    const oldest = (sequence - RING_PACKETS + 1) & 0xffff;
    while (this.#ring.held > 0) {
      const first = this.#ring.firstFrom(this.#nextSequence);
      if (sequenceDistance(first, oldest) >= 0) {
        this.#nextTimestamp = this.#ring.timestampOf(first);
        this.#moveTo(first);
        return;
      }
      this.#ring.release(first);
      this.skipped++;
    }
    this.#nextTimestamp = timestamp;
    this.#moveTo(sequence);
  }

  #takeDry(): TakeCode {
    if (!this.#isPlaying) return 'buffering';
    this.#drySamples += this.#packetSamples;
    return this.#drySamples * 1000 <= CONCEAL_MS * this.#clockRate ? 'lost' : 'silence';
  }

  /** Begins to play once the first packet has waited for its lead. */
  #startAt(first: number, nowMs: number): boolean {
    if (nowMs - this.#ring.punctualMsOf(first) < this.#lead.wantedMs) return false;
    this.#isPlaying = true;
    this.#moveTo(first);
    this.#nextTimestamp = this.#ring.timestampOf(first);
    this.#lead.forget();
    return true;
  }

  /** A gap longer than the buffer can be deep is a jump of the sender's timestamps, not a pause: nothing is waited for. */
  #followJump(first: number): void {
    const timestamp = this.#ring.timestampOf(first);
    const gap = timestampDistance(timestamp, this.#nextTimestamp);
    if (this.#isPlausible(gap) && gap * 2 > -this.#packetSamples) return;
    this.#moveTo(first);
    this.#nextTimestamp = timestamp;
  }

  #isPlausible(gap: number): boolean {
    return Math.abs(gap) * 1000 <= MAX_DEPTH_MS * this.#clockRate;
  }

  /** How long after its punctual arrival the cursor's moment is played. */
  #leadMs(first: number, nowMs: number): number {
    const gap = timestampDistance(this.#ring.timestampOf(first), this.#nextTimestamp);
    return nowMs - this.#ring.punctualMsOf(first) + (gap * 1000) / this.#clockRate;
  }

  #noteDepth(leadMs: number): void {
    // A cursor that runs ahead of the packets, at the end of a hole, would make it less than a packet.
    this.depthMs = Math.max(0, leadMs) + this.#packetMs + this.heldOverMs;
    if (this.depthMs > this.maxDepthMs) this.maxDepthMs = this.depthMs;
  }

  #excessPackets(leadMs: number, nowMs: number): number {
    const isRecenterDue = this.#takesToRecenter === 0;
    if (this.#takesToRecenter >= 0) this.#takesToRecenter--;
    let excessMs = leadMs - MAX_DEPTH_MS;
    if (isRecenterDue) excessMs = Math.max(excessMs, this.#lead.excessMs(leadMs, this.#packetMs));
    if (excessMs > 0) return Math.ceil(excessMs / this.#packetMs);
    return this.#lead.mayShrink(this.#packetMs, nowMs) ? 1 : 0;
  }

  /** Moves the cursor's time on; what it passes is dropped. A pause that lies before it gets shorter. */
  #skip(packets: number): void {
    this.#nextTimestamp = (this.#nextTimestamp + packets * this.#packetSamples) >>> 0;
    while (this.#ring.held > 0) {
      const first = this.#ring.firstFrom(this.#nextSequence);
      const gap = timestampDistance(this.#ring.timestampOf(first), this.#nextTimestamp);
      if (gap * 2 > -this.#packetSamples) break;
      this.#ring.release(first);
      this.#moveTo((first + 1) & 0xffff);
      this.skipped++;
    }
    this.#lead.noteShrink(packets * this.#packetMs);
    this.isJoint = true;
  }

  /** What the cursor points at: the packet, a hole, or a pause of the sender. */
  #takeDue(first: number): TakeCode {
    const timestamp = this.#ring.timestampOf(first);
    const gap = timestampDistance(timestamp, this.#nextTimestamp);
    if (gap * 2 < this.#packetSamples) {
      this.#give(first, timestamp);
      return 'packet';
    }
    this.durationSamples = Math.min(gap, this.#packetSamples);
    this.#nextTimestamp = (this.#nextTimestamp + this.durationSamples) >>> 0;
    const due = this.#nextSequence;
    if (first === due) return 'silence';
    const isSound = !this.#wasSeen(due);
    this.#moveTo((due + 1) & 0xffff);
    if (!isSound) return 'silence';
    if (first === this.#nextSequence) this.#noteFollowing(first, timestamp);
    return 'lost';
  }

  /** What comes right after the hole may say what was in it (in-band FEC). */
  #noteFollowing(sequence: number, timestamp: number): void {
    const gap = timestampDistance(timestamp, this.#nextTimestamp);
    if (Math.abs(gap) * 2 >= this.#packetSamples) return;
    this.hasFollowing = true;
    this.followingOffset = this.#ring.offsetOf(sequence);
    this.followingLength = this.#ring.lengthOf(sequence);
  }

  #give(sequence: number, timestamp: number): void {
    this.payloadOffset = this.#ring.offsetOf(sequence);
    this.payloadLength = this.#ring.lengthOf(sequence);
    this.timestamp = timestamp;
    this.#ring.release(sequence);
    this.#moveTo((sequence + 1) & 0xffff);
    this.#nextTimestamp = (timestamp + this.#packetSamples) >>> 0;
  }

  /** Sequence numbers that are passed without having come are lost. */
  #moveTo(sequence: number): void {
    for (let passed = this.#nextSequence; passed !== sequence; passed = (passed + 1) & 0xffff) {
      if (!this.#wasSeen(passed)) this.lost++;
    }
    this.#nextSequence = sequence;
  }

  #wasSeen(sequence: number): boolean {
    return this.#seen[sequence % SEEN] === sequence;
  }
}
