/**
 * The whole audio path of the media thread, as one list. Two sides that meet only in the jitter buffer:
 *
 *   network side, per packet                         clock side, per tick of 20 ms
 *   ─────────────────────────                        ─────────────────────────────
 *   socket                                           take ─► decode or conceal ─► splice   (incoming-stream.ts)
 *     └► parse                                         └► level, mute = said               (audio/mixer.ts)
 *          └► validate, latch     (rtp/receiver.ts)         └► bus sums, a rate each
 *               ├► telephone-event ─► 'dtmf'                     └► resample sums, program, air
 *               └► JITTER BUFFER  ─────────────────►                  └► listener = bus − own, or its place's sound
 *                                                                          └► level, mute ─► limiter
 *   socket ◄── RTP header, own SSRC ◄── encode ◄── packets of ptime ◄───────────┘          (outgoing-stream.ts)
 *                                         └ once for all who hear the same                 (shared-encoding.ts)
 *                                                    recorder taps, timeouts, RTCP, figures
 *
 * onRtp() and tick() are the two ends of it; leg-stream.ts has both sides of one leg. Called by media-thread.ts, which
 * applies commands between two ticks.
 */
import type { RecorderTap } from '../audio/recorder-tap.ts';
import type { Mixer } from '../audio/mixer.ts';
import type { SocketIo, SocketReceiver } from '../rtp/socket-io.ts';
import { LegStream } from './leg-stream.ts';
import type { MediaEvent, MediaPlace, PortId, StreamParameters } from './media-plane.ts';
import type { QualityBlock } from './quality-block.ts';
import { SharedEncoding } from './shared-encoding.ts';

const OPENING_RATE = 8000;
/** Figures of a port are written, and its timeout is looked at, once in so many ticks. */
const HOUSEKEEPING_TICKS = 25;
/** Ports that are brought back to their delay in the same tick, after ticks were skipped. */
const RECENTRED_A_TICK = 40;

interface Departure {
  port: PortId;
  onClosed: () => void;
}

export interface PipelineOptions {
  maxPorts: number;
  io: SocketIo;
  mixer: Mixer;
  taps: RecorderTap;
  quality: QualityBlock;
  report: (event: MediaEvent) => void;
  /** Monotonic; of arrivals and of ticks. */
  nowMs: () => number;
}

export class Pipeline implements SocketReceiver {
  readonly #io: SocketIo;
  readonly #mixer: Mixer;
  readonly #taps: RecorderTap;
  readonly #quality: QualityBlock;
  readonly #report: (event: MediaEvent) => void;
  readonly #nowMs: () => number;
  readonly #byPort: (LegStream | undefined)[];
  readonly #streams: LegStream[] = [];
  /** New rates that wait until the port has faded out at its old one. */
  readonly #rateChanges = new Map<PortId, StreamParameters>();
  readonly #sharedEncoding = new SharedEncoding();
  readonly #departures: Departure[] = [];
  #rtpTimeoutMs = 30_000;
  #tick = 0;

  constructor(options: PipelineOptions) {
    this.#io = options.io;
    this.#mixer = options.mixer;
    this.#taps = options.taps;
    this.#quality = options.quality;
    this.#report = options.report;
    this.#nowMs = options.nowMs;
    this.#byPort = Array.from({ length: options.maxPorts }, () => undefined);
  }

  // Network side.

  onRtp(
    port: PortId,
    bytes: Uint8Array,
    length: number,
    address: string,
    remotePort: number,
    arrivalMs = this.#nowMs(),
  ): void {
    this.#byPort[port]?.receiveRtp(bytes, length, address, remotePort, arrivalMs);
  }

  onRtcp(
    port: PortId,
    bytes: Uint8Array,
    length: number,
    address: string,
    remotePort: number,
    arrivalMs = this.#nowMs(),
  ): void {
    this.#byPort[port]?.receiveRtcp(bytes, length, address, remotePort, arrivalMs);
  }

  // Clock side.

  tick(skippedTicks: number): void {
    const nowMs = this.#nowMs();
    const mixer = this.#mixer;
    if (skippedTicks > 0) this.#skip(skippedTicks);
    for (const stream of this.#streams) {
      const input = mixer.input(stream.port);
      if (input !== null) stream.pull(input, input.length, nowMs);
    }
    this.#taps.saveDumped(mixer.delay);
    mixer.mix();
    this.#sharedEncoding.arrange(this.#streams, mixer);
    for (const stream of this.#streams) {
      const output = mixer.output(stream.port);
      if (output !== null) stream.push(output, output.length);
      if (mixer.takePrompted(stream.port)) this.#report({ type: 'prompted', port: stream.port });
    }
    this.#taps.capture(mixer, skippedTicks);
    this.#changeRates(nowMs);
    this.#depart(nowMs);
    this.#keepHouse(nowMs);
  }

  // Commands, between two ticks.

  open(port: PortId): void {
    const stream = new LegStream(port, this.#io, this.#report, (parameters) => this.stream(port, parameters));
    this.#byPort[port] = stream;
    this.#streams.push(stream);
    this.#mixer.open(port, OPENING_RATE);
    this.#quality.write(port, stream.figures());
  }

  /** What was agreed. Another rate waits for a tick, in which the port fades out at its old one. */
  stream(port: PortId, parameters: StreamParameters): void {
    const stream = this.#byPort[port];
    if (stream === undefined) return;
    const isNew = stream.parameters === null;
    const isFading = this.#rateChanges.has(port);
    if (isNew || (stream.isSameRate(parameters) && !isFading)) {
      stream.apply(parameters, this.#nowMs());
      if (isNew) this.#mixer.open(port, stream.sampleRate);
      this.#mixer.keepOffAir(port, stream.isHeldByRemote);
      return;
    }
    this.#mixer.fadeOut(port);
    this.#rateChanges.set(port, parameters);
  }

  /** All of them in the tick that follows. */
  place(places: readonly { port: PortId; place: MediaPlace }[]): void {
    for (const { port, place } of places) {
      const stream = this.#byPort[port];
      const former = this.#mixer.placeOf(port);
      if (stream === undefined || former === null) continue;
      if (former.kind === 'silence' && place.kind !== 'silence') stream.isMediaDue = true;
      this.#mixer.place(port, place);
    }
  }

  settings(hold: 'program' | 'music', rtpTimeoutMs: number): void {
    this.#mixer.hold(hold);
    this.#rtpTimeoutMs = rtpTimeoutMs;
  }

  /** Fades out in the next tick; `onClosed` once the sockets are closed and the last figures are written. */
  close(port: PortId, onClosed: () => void): void {
    if (this.#byPort[port] === undefined) {
      onClosed();
      return;
    }
    this.#mixer.fadeOut(port);
    this.#taps.stopPort(port);
    this.#departures.push({ port, onClosed });
  }

  closeAll(onClosed: () => void): void {
    let left = this.#streams.length;
    if (left === 0) onClosed();
    for (const { port } of this.#streams) {
      this.close(port, () => {
        left--;
        if (left === 0) onClosed();
      });
    }
  }

  /** A few ports a tick give up what piled up: all at once would make the tick after a late one late too, and so on. */
  #skip(ticks: number): void {
    for (let index = 0; index < this.#streams.length; index++) {
      this.#streams[index]!.skip(ticks, Math.floor(index / RECENTRED_A_TICK));
    }
  }

  /** Of the ports that have faded out in this tick. */
  #changeRates(nowMs: number): void {
    if (this.#rateChanges.size === 0) return;
    for (const [port, parameters] of this.#rateChanges) {
      const stream = this.#byPort[port];
      if (stream === undefined) continue;
      stream.apply(parameters, nowMs);
      this.#mixer.open(port, stream.sampleRate);
      this.#mixer.keepOffAir(port, stream.isHeldByRemote);
    }
    this.#rateChanges.clear();
  }

  /** The same for those that are closed. */
  #depart(nowMs: number): void {
    for (
      let departure = this.#departures.pop();
      departure !== undefined;
      departure = this.#departures.pop()
    ) {
      const { port, onClosed } = departure;
      const stream = this.#byPort[port];
      if (stream === undefined) continue;
      this.#byPort[port] = undefined;
      this.#streams.splice(this.#streams.indexOf(stream), 1);
      this.#rateChanges.delete(port);
      this.#mixer.close(port);
      stream.leave(nowMs);
      this.#quality.write(port, stream.figures());
      stream.close();
      void this.#io.close(port).then(onClosed);
    }
  }

  /** Ports take turns, so that no tick has all of it. */
  #keepHouse(nowMs: number): void {
    this.#tick = (this.#tick + 1) % HOUSEKEEPING_TICKS;
    for (let index = this.#tick; index < this.#streams.length; index += HOUSEKEEPING_TICKS) {
      const stream = this.#streams[index]!;
      stream.keepHouse(nowMs, this.#rtpTimeoutMs);
      this.#quality.write(stream.port, stream.figures());
    }
  }
}
