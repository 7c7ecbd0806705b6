/**
 * The program as RTP L16 or L24 (RFC 3190), 48 kHz, to one address or a multicast group, as AES67 receivers and other
 * studio links take it. A frame of the tick is 20 ms; packets of less are sent one by one at their time. Made by
 * start-output.ts, outputs thread.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { OutputConfig } from '../control/contract.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../rtp/packet.ts';
import type { Output, ReportState } from './output.ts';
import { PacketPace } from './packet-pace.ts';
import { PROGRAM_FRAME_SAMPLES } from './program-tap.ts';
import { RTP_PAYLOAD_TYPE, isMulticast } from './rtp-description.ts';

type RtpConfig = Extract<OutputConfig, { type: 'rtp' }>;

const FRAME_MS = 20;
const SAMPLES_PER_MS = 48;
/** Packets that may be on their way at a time: their bytes are not touched meanwhile. */
const PACKETS = 128;
/** A wake-up that is later than this sends all that is due. */
const WAKE_EVERY_MS = 1;

export class RtpOutput implements Output {
  readonly #config: RtpConfig;
  readonly #report: ReportState;
  readonly #socket: Socket;
  readonly #packets: readonly Buffer[];
  readonly #samplesPerPacket: number;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  #sequence = randomBytes(2).readUInt16BE();
  #timestamp = randomBytes(4).readUInt32BE();
  #isOpen = false;
  #state = '';
  /** Counts of packets written and sent; what lies between waits for its time. */
  #written = 0;
  #sent = 0;
  readonly #pace: PacketPace;
  #timer: NodeJS.Timeout | null = null;

  constructor(config: RtpConfig, report: ReportState) {
    this.#config = config;
    this.#report = report;
    this.#samplesPerPacket = config.ptimeMs * SAMPLES_PER_MS;
    this.#pace = new PacketPace(config.ptimeMs);
    const bytes = RTP_HEADER_BYTES + this.#samplesPerPacket * bytesPerSample(config);
    this.#packets = Array.from({ length: PACKETS }, () => Buffer.alloc(bytes));
    report('starting');
    this.#socket = createSocket(isIPv6(config.address) ? 'udp6' : 'udp4');
    this.#socket.on('error', (error) => this.#say('failed', error.message));
    this.#socket.bind(() => this.#open());
  }

  frame(samples: Float32Array): void {
    if (!this.#isOpen) return;
    for (let at = 0; at < PROGRAM_FRAME_SAMPLES; at += this.#samplesPerPacket) this.#write(samples, at);
    if (this.#config.ptimeMs === FRAME_MS) return this.#sendOne();
    this.#pace.frame(performance.now(), this.#written - this.#sent);
    if (this.#timer === null) this.#sendDue();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#isOpen = false;
    this.#socket.close();
  }

  #open(): void {
    const { address, ttl, interfaceAddress } = this.#config;
    try {
      if (isMulticast(address)) {
        this.#socket.setMulticastTTL(ttl);
        this.#socket.setMulticastLoopback(true);
        if (interfaceAddress !== null) this.#socket.setMulticastInterface(interfaceAddress);
      }
      this.#isOpen = true;
    } catch (error) {
      this.#say('failed', error instanceof Error ? error.message : String(error));
    }
  }

  #write(samples: Float32Array, at: number): void {
    // Slower than real time for seconds on end: the oldest are given up.
    if (this.#written - this.#sent >= PACKETS) this.#sent++;
    const packet = this.#packets[this.#written % PACKETS]!;
    writeRtpHeader(packet, 0, RTP_PAYLOAD_TYPE, false, this.#sequence, this.#timestamp, this.#ssrc);
    if (this.#config.encoding === 'L16') writeL16(packet, samples, at, this.#samplesPerPacket);
    else writeL24(packet, samples, at, this.#samplesPerPacket);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + this.#samplesPerPacket) >>> 0;
    this.#written++;
  }

  #sendDue(): void {
    this.#timer = null;
    const now = performance.now();
    while (this.#sent < this.#written && this.#pace.isDue(now)) {
      this.#sendOne();
      this.#pace.sent();
    }
    if (this.#sent < this.#written) this.#timer = setTimeout(() => this.#sendDue(), WAKE_EVERY_MS);
  }

  #sendOne(): void {
    const { address, port } = this.#config;
    this.#socket.send(this.#packets[this.#sent % PACKETS]!, port, address, (error) => {
      if (error === null) this.#say('running');
      else this.#say('failed', error.message);
    });
    this.#sent++;
  }

  #say(state: 'running' | 'failed', error?: string): void {
    const said = `${state} ${error}`;
    if (said === this.#state) return;
    this.#state = said;
    this.#report(state, error);
  }
}

function bytesPerSample({ encoding }: Pick<RtpConfig, 'encoding'>): number {
  return encoding === 'L16' ? 2 : 3;
}

function writeL16(packet: Buffer, samples: Float32Array, from: number, count: number): void {
  for (let index = 0; index < count; index++) {
    packet.writeInt16BE(integer(samples[from + index]!, 0x7fff), RTP_HEADER_BYTES + index * 2);
  }
}

function writeL24(packet: Buffer, samples: Float32Array, from: number, count: number): void {
  for (let index = 0; index < count; index++) {
    packet.writeIntBE(integer(samples[from + index]!, 0x7fffff), RTP_HEADER_BYTES + index * 3, 3);
  }
}

function integer(sample: number, full: number): number {
  return Math.max(-full, Math.min(full, Math.round(sample * full)));
}
