/**
 * Two connections of the real WebRTC thread, one of which offers and the other answers, as we do to a softphone in a
 * browser that is rung; the packets go through the rings of the media thread.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IceState } from '../control/contract.ts';
import { createBrowserPeers } from './browser-peers.ts';
import type { BrowserPeers, ConnectResult } from './browser-peers.ts';
import { allocatePeerPackets, PeerPacketReader, PeerPacketWriter } from './peer-packets.ts';

const DEADLINE_MS = 30_000;
const OFFERING_PORT = 1;
const ANSWERING_PORT = 2;
const packets = allocatePeerPackets();
const toPeers = new PeerPacketWriter(packets.toPeers);
const fromPeers = new PeerPacketReader(packets.fromPeers);
const heard = new Map<number, string>();
const warnings: string[] = [];
let peers: BrowserPeers;

beforeAll(() => {
  peers = createBrowserPeers({
    packets,
    host: '127.0.0.1',
    rtpPorts: { from: 0, to: 0 },
    publicAddress: null,
    onWarning: (msg) => warnings.push(msg),
  });
});

afterAll(async () => {
  await peers.stop();
});

function peerThat(states: IceState[]): number {
  return peers.add({
    onCandidate() {},
    onState: (state) => void states.push(state),
    onGone: () => void warnings.push('gone'),
  });
}

function whole(result: ConnectResult): Extract<ConnectResult, { ok: true }> {
  if (!result.ok) throw new Error(result.msg);
  return result;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Says it again and again: the far end may be open a moment later. */
async function untilHeard(from: number, at: number, words: string): Promise<void> {
  const packet = Buffer.concat([Buffer.from([0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]), Buffer.from(words)]);
  await until(() => {
    toPeers.write(from, packet, packet.length, performance.now());
    toPeers.flush();
    fromPeers.drain((port, bytes, length) => {
      heard.set(port, Buffer.from(bytes.subarray(12, length)).toString());
    });
    return heard.get(at) === words;
  }, words);
}

it.each([
  ['with the addresses of both', true],
  ['with no address of a browser that hides its own', false],
])(
  'an offer that is answered becomes a connection, %s',
  async (_, hasAddresses) => {
    const states: IceState[] = [];
    const offering = peerThat(states);
    const answering = peerThat([]);
    const offer = whole(await peers.connect(offering, OFFERING_PORT, '0', null, DEADLINE_MS));
    expect(offer).toMatchObject({ isComplete: true, local: { setup: 'actpass' } });
    expect(offer.local.candidates.length).toBeGreaterThan(0);

    // Its checks come after its answer, as they do over any network: libdatachannel 0.24 does not bear them before
    // (its pull request 1612), and here both ends are one process, where the answer is the slower of the two.
    const unaddressed = { ...offer.local, candidates: [] };
    const answer = whole(await peers.connect(answering, ANSWERING_PORT, '0', unaddressed, DEADLINE_MS));
    expect(answer.local.setup).toBe('active');
    const candidates = hasAddresses ? answer.local.candidates : [];
    expect(await peers.accept(offering, { ...answer.local, candidates })).toBe(true);
    for (const candidate of offer.local.candidates) peers.addCandidate(answering, candidate, null);
    await until(() => states[0] === 'connected', 'connected');
    await untilHeard(OFFERING_PORT, ANSWERING_PORT, `to whom was rung ${hasAddresses}`);
    await untilHeard(ANSWERING_PORT, OFFERING_PORT, `to the station ${hasAddresses}`);
    await Promise.all([peers.close(offering), peers.close(answering)]);
  },
  DEADLINE_MS * 3,
);

it('an answer to nothing is refused, and an offer that nobody answers is closed', async () => {
  const peer = peerThat([]);
  const offer = whole(await peers.connect(peer, OFFERING_PORT, '0', null, DEADLINE_MS));
  await peers.close(peer);
  const other = peerThat([]);
  whole(await peers.connect(other, ANSWERING_PORT, '0', offer.local, DEADLINE_MS));
  expect(await peers.accept(other, offer.local)).toBe(false);
  await peers.close(other);
  expect(warnings).toEqual([]);
}, 90_000);
