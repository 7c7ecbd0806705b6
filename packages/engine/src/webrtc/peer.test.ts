/** A peer on a library that does what the test says. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { IceState } from '../control/contract.ts';
import { localTransport, readBrowserOffer, transportSdp } from './browser-description.ts';
import type { PeerTransport } from './browser-description.ts';
import type { ConnectionOptions, PeerConnection, WebRtcLibrary } from './peer-connection.ts';
import { Peer } from './peer.ts';
import { CHROMIUM_OFFER } from './testing/chromium-offer.ts';

class FakeTrack {
  readonly sent: Buffer[] = [];
  isGone = false;
  tellOpen = () => {};
  tellPacket: (packet: Buffer) => void = () => {};
  onOpen(callback: () => void) {
    this.tellOpen = callback;
  }
  onMessage(callback: (packet: Buffer) => void) {
    this.tellPacket = callback;
  }
  sendMessageBinary(packet: Buffer): boolean {
    if (this.isGone) throw new Error('Track is closed');
    this.sent.push(packet);
    return true;
  }
  tellClosed = () => {};
  onClosed(callback: () => void) {
    this.tellClosed = callback;
  }
  close() {
    this.tellClosed();
  }
}

class FakeConnection {
  static readonly all: FakeConnection[] = [];
  static refusal: Error | null = null;
  readonly track = new FakeTrack();
  readonly candidates: string[] = [];
  isClosed = false;
  tellState: (state: string) => void = () => {};
  tellCandidate: (candidate: string, mid: string) => void = () => {};
  tellGathering: (state: string) => void = () => {};
  #remote = '';
  constructor() {
    FakeConnection.all.push(this);
  }
  addTrack() {
    return this.track;
  }
  setRemoteDescription(sdp: string) {
    if (FakeConnection.refusal !== null) throw FakeConnection.refusal;
    this.#remote = sdp;
  }
  setLocalDescription() {
    this.tellCandidate('a=candidate:1 1 UDP 1 192.0.2.5 4000 typ host', '0');
    this.tellCandidate('a=candidate:2 1 UDP 1 fe80::1 4000 typ host', '0');
    this.tellGathering('complete');
  }
  localDescription() {
    return { sdp: this.#remote, type: 'answer' };
  }
  addRemoteCandidate(candidate: string) {
    this.candidates.push(candidate);
  }
  onStateChange(callback: (state: string) => void) {
    this.tellState = callback;
  }
  onLocalCandidate(callback: (candidate: string, mid: string) => void) {
    this.tellCandidate = callback;
  }
  onGatheringStateChange(callback: (state: string) => void) {
    this.tellGathering = callback;
  }
  close() {
    this.isClosed = true;
  }
}

const library = {
  Audio: class {
    addAudioCodec() {}
  },
  PeerConnection: FakeConnection,
  cleanup() {},
} as unknown as WebRtcLibrary;

let nowMs: number;
let states: IceState[];
let packets: number[];
let candidates: string[];
let faults: unknown[];
let peer: Peer;
let held: Set<PeerConnection>;
let onPacket: () => void;

beforeEach(() => {
  FakeConnection.all.length = 0;
  FakeConnection.refusal = null;
  nowMs = 0;
  held = new Set();
  states = [];
  packets = [];
  candidates = [];
  faults = [];
  onPacket = () => {};
  peer = new Peer(3, {
    onPacket(port, packet) {
      onPacket();
      packets.push(port, packet.length);
    },
    onCandidate: (candidate) => candidates.push(candidate),
    onState: (state) => states.push(state),
    onFault: (error) => faults.push(error),
    nowMs: () => nowMs,
  });
});

function options(ufrag = 'Xy12'): ConnectionOptions & { remote: PeerTransport } {
  const read = readBrowserOffer(CHROMIUM_OFFER);
  if (!read.ok) throw new Error(read.reason);
  const remote: PeerTransport = { ...read.offer.transport, ufrag };
  return { library, mid: '0', remote, iceServers: [], bindAddress: null, ports: { from: 0, to: 0 }, held };
}

async function connect(ufrag?: string): Promise<FakeConnection> {
  await peer.connect(options(ufrag), 1000);
  const connection = FakeConnection.all.at(-1);
  if (connection === undefined) throw new Error('no connection');
  return connection;
}

const RTP = Buffer.from([0x80, 111, 0, 1]);

describe('a peer', () => {
  it('answers with its end and its candidates, but those of one link', async () => {
    const { remote } = options();
    expect(await peer.connect(options(), 1000)).toEqual({
      isComplete: true,
      local: {
        ...localTransport(transportSdp(remote, '0')),
        candidates: ['candidate:1 1 UDP 1 192.0.2.5 4000 typ host'],
      },
    });
    expect(FakeConnection.all[0]?.candidates).toEqual(remote.candidates);
    FakeConnection.all[0]?.tellCandidate('a=candidate:3 1 UDP 1 198.51.100.2 4000 typ srflx', '0');
    expect(candidates).toEqual(['candidate:3 1 UDP 1 198.51.100.2 4000 typ srflx']);
  });

  it('carries packets once it is open, and tells when it is away', async () => {
    const connection = await connect();
    peer.send(RTP);
    expect(connection.track.sent).toEqual([]);
    connection.track.tellOpen();
    connection.track.tellPacket(RTP);
    peer.send(RTP);
    expect(connection.track.sent).toEqual([RTP]);
    expect(packets).toEqual([3, 4]);
    nowMs = 2000;
    peer.watch();
    connection.track.tellPacket(RTP);
    expect(states).toEqual(['connected', 'away', 'connected']);
  });

  it('does not mind a track that is closed before it is told', async () => {
    const connection = await connect();
    connection.track.tellOpen();
    connection.track.isGone = true;
    expect(() => peer.send(RTP)).not.toThrow();
    connection.tellState('closed');
    expect(states).toEqual(['connected', 'away']);
  });

  it('throws nothing into the library, and tells of what was thrown', async () => {
    const connection = await connect();
    connection.track.tellOpen();
    onPacket = () => {
      throw new Error('a bug');
    };
    expect(() => connection.track.tellPacket(RTP)).not.toThrow();
    expect(faults).toEqual([new Error('a bug')]);
  });

  it('goes on with the former connection until the next one is open', async () => {
    const former = await connect();
    former.track.tellOpen();
    const next = await connect('Zz99');
    peer.send(RTP);
    former.tellState('disconnected');
    next.track.tellOpen();
    peer.send(RTP);
    expect(former.track.sent).toHaveLength(1);
    expect(next.track.sent).toHaveLength(1);
    expect(former.isClosed).toBe(true);
    expect(states).toEqual(['connected']);
  });

  it('gives up a connection that never opened for the one that is offered now', async () => {
    const first = await connect();
    const second = await connect('Zz99');
    expect(first.isClosed).toBe(true);
    first.track.tellOpen();
    expect(states).toEqual([]);
    second.track.tellOpen();
    expect(states).toEqual(['connected']);
  });

  it('leaves nothing open of a connection that the library refuses to make', async () => {
    FakeConnection.refusal = new Error('no such fingerprint');
    await expect(peer.connect(options(), 1000)).rejects.toThrow('no such fingerprint');
    expect(FakeConnection.all[0]?.isClosed).toBe(true);
    expect(held.size).toBe(0);
  });

  it('takes candidates of its present generation alone', async () => {
    await connect();
    const connection = await connect('Zz99');
    connection.candidates.length = 0;
    peer.add('old', 'Xy12');
    peer.add('new', 'Zz99');
    peer.add('unsaid', null);
    expect(connection.candidates).toEqual(['new', 'unsaid']);
  });

  it('tells nothing any more when it is closed', async () => {
    const connection = await connect();
    connection.track.tellOpen();
    expect(held.size).toBe(1);
    peer.close();
    expect(held.size).toBe(0);
    connection.track.tellPacket(RTP);
    connection.tellState('closed');
    expect(connection.isClosed).toBe(true);
    expect(packets).toEqual([]);
    expect(states).toEqual(['connected']);
  });
});
