/** The studio thread as a whole: it is there while a feed is set, and again when it has died. */
import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StudioConfig, StudioState } from '../control/contract.ts';
import { freePort } from '../outputs/testing/icecast-server.ts';
import { writeRtpHeader } from '../rtp/packet.ts';
import { allocatePeerPackets } from '../webrtc/peer-packets.ts';
import { StudioFeed } from './studio-feed.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };

let feed: StudioFeed;
let states: (StudioState | null)[];
let problems: string[];

beforeEach(() => {
  states = [];
  problems = [];
  feed = new StudioFeed({
    packets: allocatePeerPackets(),
    onState: (state) => states.push(state),
    onProblem: (msg) => problems.push(msg),
  });
});

afterEach(() => feed.stop());

const rtp = (port: number, sampleRate = 48_000): StudioConfig => ({
  input: {
    type: 'rtp',
    address: '127.0.0.1',
    port,
    encoding: 'L16',
    sampleRate: sampleRate as 48_000,
    channels: 1,
    interfaceAddress: null,
    source: null,
  },
  return: null,
});

it('is started again when it dies, and goes on with what is set', async () => {
  const port = await freePort();
  // The control channel lets no such thing through: it is what kills it here.
  feed.configure(rtp(port, -1));
  await vi.waitFor(() => expect(problems).toHaveLength(1), PATIENCE);
  expect(feed.state).toMatchObject({
    input: { state: 'failed', error: expect.stringMatching(/^the feed is started again: /) },
  });
  feed.configure(rtp(port));
  const sender = createSocket('udp4');
  const packet = Buffer.alloc(12 + 960);
  writeRtpHeader(packet, 0, 96, false, 0, 0, 1);
  await vi.waitFor(() => {
    sender.send(packet, port, '127.0.0.1');
    expect(feed.state).toEqual({ input: { state: 'running', error: null }, return: null });
  }, PATIENCE);
  sender.close();
});

it('says nothing more of a feed that is taken away', async () => {
  feed.configure(rtp(await freePort()));
  expect(states).toEqual([{ input: { state: 'starting', error: null }, return: null }]);
  feed.configure(null);
  expect(feed.state).toBeNull();
  await feed.stop();
  expect(states.at(-1)).toBeNull();
});

it('runs on, and says so, when only its return is taken away', async () => {
  const port = await freePort();
  const back = {
    type: 'rtp',
    address: '127.0.0.1',
    port: await freePort(),
    encoding: 'L16',
    ptimeMs: 20,
    ttl: 1,
    interfaceAddress: null,
  } as const;
  feed.configure({ ...rtp(port), return: back });
  const sender = createSocket('udp4');
  const packet = Buffer.alloc(12 + 960);
  writeRtpHeader(packet, 0, 96, false, 0, 0, 1);
  const RUNNING = { state: 'running', error: null };
  await vi.waitFor(() => {
    sender.send(packet, port, '127.0.0.1');
    expect(feed.state?.input).toEqual(RUNNING);
  }, PATIENCE);
  feed.configure(rtp(port));
  await vi.waitFor(() => {
    sender.send(packet, port, '127.0.0.1');
    expect(feed.state).toEqual({ input: RUNNING, return: null });
  }, PATIENCE);
  sender.close();
});
