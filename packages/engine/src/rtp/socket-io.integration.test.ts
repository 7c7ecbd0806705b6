/** Both packet I/Os with real sockets; and what only the batched one has to show. */
import { describe, expect, it } from 'vitest';
import { BatchedSocketIo, loadSystemCalls } from '../native/socket-batched.ts';
import { DgramSocketIo } from './socket-dgram.ts';
import { itIsASocketIo } from './testing/socket-conformance.ts';
import { SocketStand } from './testing/socket-peers.ts';

describe('by node:dgram', () => {
  itIsASocketIo((host, range, receiver) => new DgramSocketIo(host, range, receiver));
});

const calls = loadSystemCalls();
const ROUNDS = 1000;
/** A number that is handed on as a double may be boxed (16 bytes); the smallest view takes more than this. */
const FEW_BYTES = 32;
const DEADLINE_MS = 60_000;

describe.skipIf(calls === null)('by the system calls', () => {
  itIsASocketIo((host, range, receiver) => new BatchedSocketIo(calls!, host, range, receiver));

  it('tells of a packet that waited when it came, not when it was read', async () => {
    const stand = new SocketStand((...given) => new BatchedSocketIo(calls!, ...given));
    const { rtpPort } = await stand.open(1);
    const peer = await stand.peer();
    await peer.say('sound', rtpPort);
    const saidMs = performance.now();
    while (performance.now() < saidMs + 30);
    stand.io.receive();
    expect(stand.texts).toEqual(['sound']);
    expect(stand.received[0]!.arrivalMs).toBeLessThan(saidMs + 10);
    await stand.end();
  });

  it('creates no object per packet, sent or received', async () => {
    let received = 0;
    const count = () => void received++;
    const io = new BatchedSocketIo(calls!, '127.0.0.1', { from: 0, to: 0 }, { onRtp: count, onRtcp: count });
    const [one, other] = [await io.open(1), await io.open(2)];
    const bytes = new Uint8Array(172);
    const bytesPerPacket = () => {
      const before = process.memoryUsage().heapUsed;
      for (let round = 0; round < ROUNDS; round++) {
        io.sendRtp(1, bytes, 172, '127.0.0.1', other.rtpPort);
        io.sendRtp(2, bytes, 172, '127.0.0.1', one.rtpPort);
        io.receive();
      }
      return (process.memoryUsage().heapUsed - before) / (2 * ROUNDS);
    };
    // How long the compiler takes depends on the machine.
    const deadlineMs = performance.now() + DEADLINE_MS;
    let rounds = 1;
    let grown = bytesPerPacket();
    for (; Math.abs(grown) > FEW_BYTES && performance.now() < deadlineMs; rounds++) grown = bytesPerPacket();
    expect(Math.abs(grown)).toBeLessThan(FEW_BYTES);
    expect(received).toBe(rounds * 2 * ROUNDS);
    await Promise.all([io.close(1), io.close(2)]);
  });
});
