/**
 * The network side of a simulated browser, in a process of its own (browser.ts starts it): ICE and DTLS-SRTP by the same
 * library as the engine's, which a process can hold only once; and one that can be frozen, as when its network is gone.
 * RTP goes through as it is, between the peer and a UDP socket on loopback.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Audio, PeerConnection, type Track } from 'node-datachannel';

export type BrowserRequest =
  /** A new connection, offered. The former one goes on until the new one is open. */
  | { id: number; type: 'offer'; formats: BrowserFormat[]; host: string }
  | { id: number; type: 'answer'; sdp: string }
  | { id: number; type: 'candidate'; candidate: string; mid: string }
  /** Closes its connection and says so to the far end, as a page that is left. */
  | { id: number; type: 'leave' };

export interface BrowserFormat {
  payloadType: number;
  /** As in rtpmap: 'opus/48000/2'. */
  map: string;
}

export type BrowserReport =
  | { type: 'ready'; rtpPort: number }
  | { type: 'done'; id: number; sdp: string }
  | { type: 'failed'; id: number; msg: string }
  | { type: 'open' };

const MID = '0';

const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1');
await once(socket, 'listening');
/** Where the simulated browser's own RTP comes from, once it has said something. */
let rtpEnd: { address: string; port: number } | null = null;
let current: { connection: PeerConnection; track: Track } | null = null;
let next: { connection: PeerConnection; track: Track } | null = null;

socket.on('message', (bytes, from) => {
  rtpEnd = from;
  if (current?.track.isOpen() === true) current.track.sendMessageBinary(bytes);
});

async function offer(formats: BrowserFormat[], host: string): Promise<string> {
  next?.connection.close();
  const connection = new PeerConnection('browser', {
    iceServers: [],
    bindAddress: host,
    disableAutoNegotiation: true,
  });
  const audio = new Audio(MID, 'SendRecv');
  for (const { payloadType, map } of formats) audio.addAudioCodec(payloadType, map);
  const track = connection.addTrack(audio);
  const offered = { connection, track };
  next = offered;
  const gathered = Promise.withResolvers<void>();
  connection.onGatheringStateChange((state) => state === 'complete' && gathered.resolve());
  track.onOpen(() => {
    if (next !== offered) return;
    current?.connection.close();
    current = offered;
    next = null;
    report({ type: 'open' });
  });
  track.onMessage((packet) => {
    if (rtpEnd !== null) socket.send(packet, rtpEnd.port, rtpEnd.address);
  });
  connection.setLocalDescription('offer');
  await gathered.promise;
  const sdp = connection.localDescription()?.sdp ?? '';
  // Chromium hides its addresses behind names that only its own network resolves (mDNS): the engine has to do without.
  // Two of this library that check each other at once also refuse a good answer now and then.
  return sdp.replace(
    /^(a=candidate:\S+ \d UDP \d+) \S+ /gm,
    '$1 6b8a2b1c-7d43-4f0a-9d6f-2f1f4b1f6c11.local ',
  );
}

async function perform(request: BrowserRequest): Promise<string> {
  const connection = (next ?? current)?.connection;
  if (request.type === 'offer') return await offer(request.formats, request.host);
  if (request.type === 'answer') connection?.setRemoteDescription(request.sdp, 'answer');
  else if (request.type === 'candidate') connection?.addRemoteCandidate(request.candidate, request.mid);
  else leave();
  return '';
}

function leave(): void {
  next?.connection.close();
  current?.connection.close();
  next = null;
  current = null;
}

process.on('message', (request: BrowserRequest) => {
  perform(request).then(
    (sdp) => report({ type: 'done', id: request.id, sdp }),
    (error: unknown) => report({ type: 'failed', id: request.id, msg: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

function report(message: BrowserReport): void {
  process.send?.(message);
}

report({ type: 'ready', rtpPort: socket.address().port });
