import { expect, it } from 'vitest';
import type { SocketIo, SocketReceiver } from '../rtp/socket-io.ts';
import { PEER_ADDRESS, PEER_PORT } from './browser-description.ts';
import { allocatePeerPackets, PeerPacketReader, PeerPacketWriter } from './peer-packets.ts';
import { PeerSocketIo } from './peer-socket-io.ts';

function setUp() {
  const memory = allocatePeerPackets();
  const sent: string[] = [];
  const received: unknown[][] = [];
  const sockets: SocketIo = {
    open: () => Promise.resolve({ rtpPort: 4000, rtcpPort: 4001 }),
    receive: () => {},
    sendRtp: (port) => sent.push(`rtp ${port}`),
    sendRtcp: (port) => sent.push(`rtcp ${port}`),
    close: (port) => {
      sent.push(`close ${port}`);
      return Promise.resolve();
    },
  };
  const receiver: SocketReceiver = {
    onRtp: (port, bytes, length, address, remotePort, arrivalMs) =>
      received.push([port, Array.from(bytes.subarray(0, length)), address, remotePort, arrivalMs]),
    onRtcp: () => {},
  };
  const io = new PeerSocketIo(sockets, memory, 4, receiver);
  const browser = new PeerPacketWriter(memory.fromPeers);
  const atBrowser: unknown[][] = [];
  const drainToBrowser = () =>
    new PeerPacketReader(memory.toPeers).drain((port, bytes, length) =>
      atBrowser.push([port, Array.from(bytes.subarray(0, length))]),
    );
  return { io, browser, sent, received, atBrowser, drainToBrowser };
}

it('a port with sockets that turns out to be a browser goes on without them', () => {
  const { io, sent, received, browser } = setUp();
  io.sendRtp(2, Uint8Array.of(1), 1, '192.0.2.7', 4000);
  io.turnIntoPeer(2);
  io.sendRtp(2, Uint8Array.of(1), 1, '192.0.2.7', 4000);
  browser.write(2, Uint8Array.of(1, 2), 2, 0);
  io.receive();
  expect(sent).toEqual(['rtp 2', 'close 2']);
  expect(received).toHaveLength(1);
});

it('what a browser sends comes with the time at which it came', () => {
  const { io, browser, received } = setUp();
  io.openPeer(2);
  browser.write(2, Uint8Array.of(1, 2, 3, 0), 3, 1234.5);
  io.receive();
  expect(received).toEqual([[2, [1, 2, 3], PEER_ADDRESS, PEER_PORT, expect.closeTo(1234.5, 1)]]);
});

it('what a browser is sent does not touch the sockets, and the other way round', () => {
  const { io, sent, atBrowser, drainToBrowser } = setUp();
  io.openPeer(2);
  io.sendRtp(2, Uint8Array.of(9, 8, 7), 2, PEER_ADDRESS, PEER_PORT);
  io.sendRtcp(2, Uint8Array.of(6), 1, PEER_ADDRESS, PEER_PORT);
  io.sendRtp(1, Uint8Array.of(5), 1, '127.0.0.1', 4000);
  io.sendRtcp(1, Uint8Array.of(5), 1, '127.0.0.1', 4001);
  drainToBrowser();
  expect(atBrowser).toEqual([
    [2, [9, 8]],
    [2, [6]],
  ]);
  expect(sent).toEqual(['rtp 1', 'rtcp 1']);
});

it('after a browser has gone, its port belongs to a telephone', async () => {
  const { io, browser, sent, received } = setUp();
  io.openPeer(2);
  await io.close(2);
  browser.write(2, Uint8Array.of(1), 1, 0);
  io.receive();
  io.sendRtp(2, Uint8Array.of(5), 1, '127.0.0.1', 4000);
  await io.close(2);
  expect(received).toEqual([]);
  expect(sent).toEqual(['rtp 2', 'close 2']);
});

it('a packet longer than any network carries, or one that finds no room, is lost, and no other', () => {
  const { io, browser, received } = setUp();
  io.openPeer(2);
  browser.write(2, new Uint8Array(4000), 4000, 0);
  for (let packet = 0; packet < 2000; packet++) browser.write(2, new Uint8Array(1000), 1000, 0);
  io.receive();
  expect(received.length).toBeGreaterThan(900);
  expect(received.length).toBeLessThan(1100);
  browser.write(2, Uint8Array.of(7), 1, 0);
  io.receive();
  expect(received.at(-1)?.[1]).toEqual([7]);
});
