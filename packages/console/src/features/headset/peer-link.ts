// One WebRTC connection of this browser with the station: offers, answers, candidates, and the sound that comes from there.
// What travels to the server and back is for headset.ts.
import type { IceServer } from '@openline/protocol';

export interface PeerLinkOptions {
  stream: MediaStream;
  servers: readonly IceServer[];
  /** Of this browser; '' when there are no more. */
  onCandidate: (candidate: string, mid: string) => void;
  onPath: (path: 'open' | 'away') => void;
  onSound: (sound: MediaStream) => void;
}

export interface PeerLink {
  /** SDP of an offer; of a new way through the network once it had one. */
  offer(): Promise<string>;
  take(answer: string): Promise<void>;
  addCandidate(candidate: string, mid: string): void;
  /** Another microphone, or another treatment of it. */
  send(stream: MediaStream): Promise<void>;
  close(): void;
}

export function openPeerLink({ stream, servers, onCandidate, onPath, onSound }: PeerLinkOptions): PeerLink {
  const connection = new RTCPeerConnection({
    iceServers: servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === null ? {} : { username, credential: credential ?? '' }),
    })),
    bundlePolicy: 'max-bundle',
  });
  const [track] = stream.getAudioTracks();
  const { sender, receiver } = connection.addTransceiver(track ?? 'audio', { direction: 'sendrecv' });
  // As soon as the network allows: a talk is not a film.
  if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
  const early: RTCIceCandidateInit[] = [];
  let hasOffered = false;

  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) onCandidate(candidate.candidate, candidate.sdpMid ?? '0');
  });
  connection.addEventListener('track', ({ track: received }) => onSound(new MediaStream([received])));
  connection.addEventListener('connectionstatechange', () => {
    if (connection.connectionState === 'connected') onPath('open');
    if (['disconnected', 'failed'].includes(connection.connectionState)) onPath('away');
  });
  const add = (init: RTCIceCandidateInit) => {
    // One of a former path; or of a kind that this browser does not know.
    connection.addIceCandidate(init).catch(() => undefined);
  };

  return {
    async offer() {
      const offer = await connection.createOffer({ iceRestart: hasOffered });
      hasOffered = true;
      await connection.setLocalDescription(offer);
      return offer.sdp ?? '';
    },
    async take(sdp) {
      await connection.setRemoteDescription({ type: 'answer', sdp });
      for (const init of early.splice(0)) add(init);
    },
    addCandidate(candidate, mid) {
      const init = { candidate, sdpMid: mid };
      if (connection.remoteDescription) add(init);
      else early.push(init);
    },
    async send(next) {
      await sender.replaceTrack(next.getAudioTracks()[0] ?? null);
    },
    close: () => connection.close(),
  };
}
