/**
 * The packet I/O of the media thread with peers in it: a port that belongs to a browser (or to the studio's feed) has no
 * sockets, its packets go through the rings to and from the WebRTC (or the studio) thread. Everything else goes on to what
 * lies below. Made by media-thread.ts, one for each of these threads.
 *
 * What came is taken at the beginning of a tick, with the time at which it came. Nothing is gained by waking this thread
 * for a packet: it can be heard in the next tick at the earliest.
 */
import type { SocketIo, SocketPair, SocketReceiver } from '../rtp/socket-io.ts';
import { PEER_ADDRESS, PEER_PORT } from './browser-description.ts';
import { type PeerPacketMemory, PeerPacketReader, PeerPacketWriter } from './peer-packets.ts';

export class PeerSocketIo implements SocketIo {
  readonly #sockets: SocketIo;
  readonly #writer: PeerPacketWriter;
  readonly #reader: PeerPacketReader;
  readonly #isPeer: Uint8Array;
  readonly #receive: (port: number, bytes: Uint8Array, length: number, arrivalMs: number) => void;

  constructor(sockets: SocketIo, memory: PeerPacketMemory, maxPorts: number, receiver: SocketReceiver) {
    this.#sockets = sockets;
    this.#writer = new PeerPacketWriter(memory.toPeers);
    this.#reader = new PeerPacketReader(memory.fromPeers);
    this.#isPeer = new Uint8Array(maxPorts);
    this.#receive = (port, bytes, length, arrivalMs) => {
      if (this.#isPeer[port] === 1) receiver.onRtp(port, bytes, length, PEER_ADDRESS, PEER_PORT, arrivalMs);
    };
  }

  openPeer(port: number): SocketPair {
    this.#isPeer[port] = 1;
    return { rtpPort: PEER_PORT, rtcpPort: PEER_PORT };
  }

  /** A port that was opened with sockets: it turned out to be a browser's. */
  turnIntoPeer(port: number): void {
    this.#isPeer[port] = 1;
    void this.#sockets.close(port);
  }

  /** Before a tick: hands on what came since the last one. */
  receive(): void {
    this.#sockets.receive();
    this.#reader.drain(this.#receive);
  }

  /** After a tick: lets the other thread have what was sent. */
  flush(): void {
    this.#writer.flush();
  }

  open(port: number): Promise<SocketPair> {
    return this.#sockets.open(port);
  }

  sendRtp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    if (this.#isPeer[port] === 1) this.#writer.write(port, bytes, length, 0);
    else this.#sockets.sendRtp(port, bytes, length, address, remotePort);
  }

  sendRtcp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    if (this.#isPeer[port] === 1) this.#writer.write(port, bytes, length, 0);
    else this.#sockets.sendRtcp(port, bytes, length, address, remotePort);
  }

  async close(port: number): Promise<void> {
    if (this.#isPeer[port] === 1) this.#isPeer[port] = 0;
    else await this.#sockets.close(port);
  }
}
