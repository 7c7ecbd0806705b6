/**
 * The studio's feed as RTP L16 or L24 (RFC 3190), sent to a port of ours or to a multicast group, as AES67 senders and other
 * studio links do. One sender at a time: another one is heard when the first has been silent for a while. Made by
 * studio-thread.ts.
 */
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { StudioInputConfig } from '../control/contract.ts';
import type { ReportState } from '../outputs/output.ts';
import { Retry } from '../outputs/retry.ts';
import { isMulticast } from '../outputs/rtp-description.ts';
import { createRtpView, parseRtp, timestampDistance } from '../rtp/packet.ts';
import { BlockCutter } from './block-cutter.ts';
import type { FeedPackets } from './feed-packets.ts';
import { readSamples, type SampleFormat } from './linear-samples.ts';
import type { StudioInput } from './studio-input.ts';

type RtpConfig = Extract<StudioInputConfig, { type: 'rtp' }>;

/** Nothing for so long: the sender is away, and another one may take its place. */
const AWAY_MS = 2_000;
const LOOK_MS = 250;
const LONGEST_PACKET_MS = 50;
/** RFC 3551: the two that have a number of their own; all others have one of these. */
const STATIC_TYPES: ReadonlySet<number> = new Set([10, 11]);
const FIRST_DYNAMIC_TYPE = 96;

export class RtpInput implements StudioInput {
  readonly #config: RtpConfig;
  readonly #packets: FeedPackets;
  readonly #report: ReportState;
  readonly #format: SampleFormat;
  readonly #samples: Float32Array;
  readonly #cutter: BlockCutter;
  readonly #view = createRtpView();
  readonly #retry = new Retry();
  readonly #timer: NodeJS.Timeout;
  #socket: Socket | null = null;
  #isClosed = false;
  /** Who is heard: address and SSRC; null: nobody yet, or nobody any more. */
  #sender: { address: string; ssrc: number } | null = null;
  /** Timestamp of the sample that is the first of the cutter's. */
  #firstTimestamp = 0;
  #isNewBeginning = true;
  #heardMs = performance.now();
  #said = '';

  constructor(config: RtpConfig, packets: FeedPackets, report: ReportState) {
    this.#config = config;
    this.#packets = packets;
    this.#report = report;
    const { encoding, channels, sampleRate } = config;
    this.#format = { bytes: encoding === 'L16' ? 2 : 3, channels, isBigEndian: true };
    this.#samples = new Float32Array((sampleRate * LONGEST_PACKET_MS) / 1_000);
    this.#cutter = new BlockCutter(sampleRate, (block, number, arrivalMs) =>
      packets.send(block, number, arrivalMs),
    );
    this.#say('starting');
    this.#open();
    this.#timer = setInterval(() => this.#watch(), LOOK_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#retry.stop();
    clearInterval(this.#timer);
    this.#socket?.close();
  }

  #open(): void {
    const { address, port, interfaceAddress } = this.#config;
    const isGroup = address !== null && isMulticast(address);
    const family = isIPv6(address ?? interfaceAddress ?? '') ? 'udp6' : 'udp4';
    const socket = createSocket({ type: family, reuseAddr: isGroup });
    this.#socket = socket;
    socket.on('error', (error) => this.#fail(socket, error));
    socket.on('message', (bytes, from) => this.#take(bytes, from));
    // A socket that is bound to the group gets nothing that is for others; Windows knows only addresses of its own.
    const isBoundToGroup = isGroup && process.platform !== 'win32';
    const own = isGroup ? undefined : (address ?? undefined);
    const bindAddress = isBoundToGroup ? address : own;
    socket.bind({ port, ...(bindAddress !== undefined && { address: bindAddress }) }, () => {
      try {
        if (isGroup) socket.addMembership(address, interfaceAddress ?? undefined);
      } catch (error) {
        this.#fail(socket, error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #fail(socket: Socket, error: Error): void {
    if (this.#isClosed || this.#socket !== socket) return;
    this.#socket = null;
    socket.close();
    this.#say('failed', error.message);
    this.#retry.plan(() => this.#open());
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    const view = this.#view;
    const { source } = this.#config;
    if (source !== null && from.address !== source) return;
    if (parseRtp(bytes, bytes.length, view) !== 'ok' || !isLinear(view.payloadType)) return;
    const arrivalMs = performance.now();
    if (!this.#isHeard(from.address, view.ssrc, arrivalMs)) return;
    const count = readSamples(bytes, view.payloadOffset, view.payloadLength, this.#format, this.#samples);
    if (count === 0) return;
    this.#heardMs = arrivalMs;
    this.#say('running');
    if (this.#isNewBeginning) this.#begin(view.timestamp);
    if (this.#cutter.add(this.#samples, count, this.#positionOf(view.timestamp), arrivalMs)) return;
    this.#begin(view.timestamp);
    this.#cutter.add(this.#samples, count, 0, arrivalMs);
  }

  /** The sender's clock has begun somewhere; ours of the feed begins with this packet. */
  #begin(timestamp: number): void {
    this.#isNewBeginning = false;
    this.#cutter.restart();
    this.#packets.restart();
    this.#firstTimestamp = timestamp;
  }

  /** Also over the wrap of the timestamps, which come near to where the last one ended. */
  #positionOf(timestamp: number): number {
    const { end } = this.#cutter;
    return end + timestampDistance(timestamp, (this.#firstTimestamp + end) >>> 0);
  }

  #isHeard(address: string, ssrc: number, nowMs: number): boolean {
    const sender = this.#sender;
    if (sender !== null && sender.address === address && sender.ssrc === ssrc) return true;
    // The same machine with another number has started again.
    const isFree = sender === null || sender.address === address || nowMs - this.#heardMs >= AWAY_MS;
    if (!isFree) return false;
    this.#sender = { address, ssrc };
    this.#isNewBeginning = true;
    return true;
  }

  #watch(): void {
    if (this.#socket === null || performance.now() - this.#heardMs < AWAY_MS) return;
    this.#sender = null;
    const { address, port } = this.#config;
    this.#say('failed', `nothing comes to ${address ?? 'port'} ${port}`);
  }

  #say(state: 'starting' | 'running' | 'failed', error?: string): void {
    const said = `${state} ${error}`;
    if (said === this.#said) return;
    this.#said = said;
    if (state === 'running') this.#retry.noteRunning();
    this.#report(state, error);
  }
}

function isLinear(payloadType: number): boolean {
  return payloadType >= FIRST_DYNAMIC_TYPE || STATIC_TYPES.has(payloadType);
}
