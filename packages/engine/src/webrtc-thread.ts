/**
 * Entry of the WebRTC thread: the peers of browsers (ICE, DTLS-SRTP). Setting one up blocks for tens of milliseconds, so
 * neither calls nor sound wait for this thread. Started by webrtc/browser-peers.ts when the first browser comes; packets
 * go through shared rings to and from the media thread.
 */
import { flushCompileCache } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PeerPacketReader, PeerPacketWriter } from './webrtc/peer-packets.ts';
import type { PeerCommand, PeerReport, WebRtcThreadData } from './webrtc/peer-messages.ts';
import type { PeerConnection, WebRtcLibrary } from './webrtc/peer-connection.ts';
import { Peer } from './webrtc/peer.ts';

/** A lost wake-up is made good after so long. */
const POLL_MS = 10;
const WATCH_MS = 250;
/** For connections to be closed to the last, at the end. */
const CLOSED_MS = 500;

const { packets, bindAddress, ports } = workerData as WebRtcThreadData;
const toMedia = new PeerPacketWriter(packets.fromPeers);
const fromMedia = new PeerPacketReader(packets.toPeers);
const peers = new Map<number, Peer>();
const held = new Set<PeerConnection>();
/** By media port. */
const byPort = new Map<number, Peer>();
let isStopping = false;

async function load(): Promise<WebRtcLibrary | string> {
  try {
    return await import('node-datachannel');
  } catch (error) {
    return textOf(error);
  }
}

const library = await load();

async function connect(command: PeerCommand & { type: 'connect' }): Promise<void> {
  const { request, peer: id, port, mid, remote, settings, gatherMs } = command;
  if (typeof library === 'string') return send({ type: 'refused', request, msg: library });
  const peer = peers.get(id) ?? createPeer(id, port);
  try {
    const options = { library, mid, remote, bindAddress, ports, held, iceServers: settings.iceServers };
    send({ type: 'answered', request, ...(await peer.connect(options, gatherMs)) });
  } catch (error) {
    send({ type: 'refused', request, msg: textOf(error) });
  }
}

function accept({ request, peer, remote }: PeerCommand & { type: 'accept' }): void {
  try {
    peers.get(peer)?.accept(remote);
    send({ type: 'done', request });
  } catch (error) {
    send({ type: 'refused', request, msg: textOf(error) });
  }
}

function createPeer(id: number, port: number): Peer {
  const peer = new Peer(port, {
    onPacket(toPort, packet, nowMs) {
      toMedia.write(toPort, packet, packet.length, nowMs);
    },
    onCandidate: (candidate, mid) => send({ type: 'candidate', peer: id, candidate, mid }),
    onState: (state) => send({ type: 'state', peer: id, state }),
    onFault: warn,
    nowMs: () => performance.now(),
  });
  peers.set(id, peer);
  byPort.set(port, peer);
  return peer;
}

function close(id: number): void {
  const peer = peers.get(id);
  if (peer === undefined) return;
  peers.delete(id);
  byPort.delete(peer.port);
  peer.close();
}

function apply(command: PeerCommand): void {
  switch (command.type) {
    case 'connect':
      void connect(command);
      return;
    case 'accept':
      accept(command);
      return;
    case 'candidate':
      peers.get(command.peer)?.add(command.candidate, command.ufrag);
      return;
    case 'close':
      close(command.peer);
      send({ type: 'done', request: command.request });
      return;
    case 'stop':
      isStopping = true;
      void stop(command.request);
  }
}

/** The library's cleanup() aborts the process when something is not closed yet; without it this thread would not end. */
async function stop(request: number): Promise<void> {
  for (const id of peers.keys()) close(id);
  const deadlineMs = performance.now() + CLOSED_MS;
  while (held.size > 0 && performance.now() < deadlineMs) await pause(5);
  if (typeof library !== 'string') library.cleanup();
  send({ type: 'done', request });
}

function sendPacket(port: number, bytes: Uint8Array, length: number): void {
  byPort.get(port)?.send(Buffer.from(bytes.buffer, bytes.byteOffset, length));
}

async function pumpPackets(): Promise<void> {
  while (!isStopping) {
    fromMedia.drain(sendPacket);
    await fromMedia.waitAsync(POLL_MS);
  }
}

/** A fault of one peer is not to take the others with it; nor the process, whose native threads outlive this one badly. */
function warn(error: unknown): void {
  send({ type: 'warning', msg: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

function send(report: PeerReport): void {
  parentPort?.postMessage(report);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.on('uncaughtException', warn);
parentPort?.on('message', (command: PeerCommand) => apply(command));
const watch = setInterval(() => {
  if (isStopping) clearInterval(watch);
  else for (const peer of peers.values()) peer.watch();
}, WATCH_MS);
void pumpPackets();
// As in media-thread.ts: spares the next start the compiler.
flushCompileCache();
send({ type: 'ready', error: typeof library === 'string' ? library : null });
