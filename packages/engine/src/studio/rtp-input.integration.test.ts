/** The studio's feed by RTP over loopback, packet by packet: what of it becomes packets for the media thread. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toneLevelDb } from '../audio/tone-analysis.ts';
import type { StudioInputConfig } from '../control/contract.ts';
import { freePort } from '../outputs/testing/icecast-server.ts';
import { RTP_HEADER_BYTES, createRtpView, parseRtp, writeRtpHeader } from '../rtp/packet.ts';
import { FeedPackets } from './feed-packets.ts';
import { RtpInput } from './rtp-input.ts';

const PATIENCE = { timeout: 30_000, interval: 10 };
const HZ = 1_000;
const GROUP = '239.69.77.1';

type RtpConfig = Extract<StudioInputConfig, { type: 'rtp' }>;

let port: number;
let input: RtpInput | null;
let said: string[];
let sockets: Socket[];
/** What the media thread gets. */
let heard: { ssrc: number; sequence: number; samples: Float32Array }[];

beforeEach(async () => {
  port = await freePort();
  input = null;
  said = [];
  sockets = [];
  heard = [];
});

afterEach(() => {
  input?.close();
  for (const socket of sockets) socket.close();
});

async function open(more: Partial<RtpConfig> = {}): Promise<void> {
  const config: RtpConfig = {
    type: 'rtp',
    address: '127.0.0.1',
    port,
    encoding: 'L16',
    sampleRate: 48_000,
    channels: 1,
    interfaceAddress: null,
    source: null,
    ...more,
  };
  const view = createRtpView();
  const packets = new FeedPackets(config.sampleRate, (bytes, length) => {
    parseRtp(bytes, length, view);
    const payload = Buffer.from(bytes.buffer, view.payloadOffset, view.payloadLength);
    const samples = Float32Array.from(
      { length: payload.length / 2 },
      (_, at) => payload.readInt16BE(at * 2) / 0x8000,
    );
    heard.push({ ssrc: view.ssrc, sequence: view.sequence, samples });
  });
  input = new RtpInput(config, packets, (state, error) =>
    said.push(error === undefined ? state : `${state}: ${error}`),
  );
}

interface SenderOptions {
  ssrc?: number;
  address?: string;
  to?: string;
  payloadType?: number;
  level?: number;
  rate?: number;
  width?: 2 | 3;
  channels?: number;
  timestamp?: number;
}

/** Packets of 5 ms of a tone, as fast as they can go. */
async function sender({
  ssrc = 1,
  address = '127.0.0.1',
  to: destination = '127.0.0.1',
  payloadType = 96,
  level = 0.25,
  rate = 48_000,
  width = 2,
  channels = 1,
  timestamp = 0,
}: SenderOptions = {}): Promise<(packets: number) => Promise<void>> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  socket.setMulticastInterface(address);
  // 44.1 kHz has no whole 5 ms: packets of 10.
  const samples = rate === 48_000 ? 240 : 441;
  let sent = 0;
  return async (packets) => {
    for (const until = sent + packets; sent < until; sent++) {
      const packet = Buffer.alloc(RTP_HEADER_BYTES + samples * width * channels);
      const at = (timestamp + sent * samples) >>> 0;
      let to = writeRtpHeader(packet, 0, payloadType, false, sent & 0xffff, at, ssrc);
      for (let index = 0; index < samples; index++) {
        const value = level * Math.sin((2 * Math.PI * HZ * (sent * samples + index)) / rate);
        for (let channel = 0; channel < channels; channel++) {
          to = packet.writeIntBE(Math.round(value * (2 ** (width * 8 - 1) - 1)), to, width);
        }
      }
      await new Promise<void>((resolve) => socket.send(packet, port, destination, () => resolve()));
      // Lets the receiver have its turn, so that its socket does not run over.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
}

const untilHeard = (packets: number): Promise<void> =>
  vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(packets), PATIENCE);

/** Of what was heard but for the first half, in which a filter may still be filling. */
function toneDb(): number {
  const all = heard.slice(heard.length / 2).flatMap(({ samples }) => [...samples]);
  return toneLevelDb(Float32Array.from(all), 48_000, HZ);
}

describe('linear samples of any kind', () => {
  it.each([
    ['L16', 48_000, 1],
    ['L16', 44_100, 2],
    ['L24', 48_000, 2],
    ['L24', 44_100, 1],
  ] as const)(
    'become packets of 10 ms at 48 kHz: %s at %d Hz, %d channels',
    async (encoding, rate, channels) => {
      await open({ encoding, sampleRate: rate, channels });
      const send = await sender({ rate, channels, width: encoding === 'L16' ? 2 : 3 });
      await send(60);
      await untilHeard(25);
      expect(heard.map(({ sequence }) => sequence)).toEqual(heard.map((_, index) => index));
      expect(heard.every(({ samples }) => samples.length === 480)).toBe(true);
      expect(toneDb()).toBeCloseTo(20 * Math.log10(0.25), 0);
      expect(said).toEqual(['starting', 'running']);
    },
  );

  it('go on without a seam where their timestamps begin anew at 0', async () => {
    await open();
    const send = await sender({ timestamp: 0xffffffff - 2_000 });
    await send(40);
    await untilHeard(20);
    expect(new Set(heard.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(toneDb()).toBeCloseTo(20 * Math.log10(0.25), 0);
  });

  it('are a new beginning where the sender has jumped, and where it has started again', async () => {
    await open();
    await (await sender())(8);
    await untilHeard(4);
    await (await sender({ timestamp: 1_000_000 }))(8);
    await untilHeard(8);
    await (await sender({ ssrc: 7 }))(8);
    await untilHeard(12);
    expect(heard.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
    expect(new Set(heard.map(({ ssrc }) => ssrc)).size).toBe(3);
  });
});

describe('a multicast group', () => {
  it.runIf(process.platform === 'linux')('is joined on the network card that is named', async () => {
    await open({ address: GROUP, interfaceAddress: '127.0.0.1' });
    await (await sender({ to: GROUP }))(8);
    await untilHeard(4);
    expect(toneDb()).toBeCloseTo(20 * Math.log10(0.25), 0);
  });
});

describe('a stranger', () => {
  it.runIf(process.platform === 'linux')('is not heard beside the one that came first', async () => {
    await open();
    const [first, second] = [await sender(), await sender({ ssrc: 2, address: '127.0.0.2' })];
    await first(4);
    await untilHeard(2);
    await second(20);
    await first(4);
    await untilHeard(4);
    expect(new Set(heard.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(heard).toHaveLength(4);
  });

  it.runIf(process.platform === 'linux')('is not heard where the settings name somebody else', async () => {
    await open({ source: '127.0.0.2' });
    await (await sender())(20);
    await (await sender({ address: '127.0.0.2', level: 0.5 }))(8);
    await untilHeard(4);
    expect(heard).toHaveLength(4);
    expect(toneDb()).toBeCloseTo(20 * Math.log10(0.5), 0);
  });

  it('that sends what is no linear sound is not heard', async () => {
    await open();
    await (await sender({ payloadType: 0 }))(20);
    await (await sender({ payloadType: 11 }))(4);
    await untilHeard(2);
    expect(heard).toHaveLength(2);
  });
});

it('says why nothing can come, and tries again', async () => {
  // An address that is nobody's (RFC 5737).
  await open({ address: '192.0.2.1' });
  await vi.waitFor(() => expect(said.at(-1)).toMatch(/^failed: bind EADDRNOTAVAIL/), PATIENCE);
});
