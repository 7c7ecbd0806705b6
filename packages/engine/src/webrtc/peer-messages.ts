/**
 * What the main thread (browser-peers.ts) and the WebRTC thread (webrtc-thread.ts) say to each other, as messages of the
 * worker. Packets do not go this way: peer-packets.ts.
 */
import type { IceState } from '../control/contract.ts';
import type { PeerTransport } from './browser-description.ts';

interface PeerSettings {
  /** STUN and TURN, as in the contract. */
  iceServers: string[];
}

export type PeerCommand =
  /** The first of a peer, or one that replaces its connection (ICE restart). One reply. */
  | {
      type: 'connect';
      request: number;
      peer: number;
      port: number;
      mid: string;
      /** Null: nothing was offered to us; what `answered` brings is our offer, and `accept` follows. */
      remote: PeerTransport | null;
      settings: PeerSettings;
      /** How long the answer may wait for our candidates to be complete. */
      gatherMs: number;
    }
  /** The answer to our offer. One reply. */
  | { type: 'accept'; request: number; peer: number; remote: PeerTransport }
  | { type: 'candidate'; peer: number; candidate: string; ufrag: string | null }
  | { type: 'close'; request: number; peer: number }
  | { type: 'stop'; request: number };

export type PeerReport =
  /** `error`: why there is no WebRTC here; null: there is. */
  | { type: 'ready'; error: string | null }
  | { type: 'answered'; request: number; local: PeerTransport; isComplete: boolean }
  | { type: 'refused'; request: number; msg: string }
  | { type: 'done'; request: number }
  | { type: 'candidate'; peer: number; candidate: string; mid: string }
  | { type: 'state'; peer: number; state: IceState }
  | { type: 'warning'; msg: string };

export interface WebRtcThreadData {
  packets: { fromPeers: SharedArrayBuffer; toPeers: SharedArrayBuffer };
  /** Null: every interface. */
  bindAddress: string | null;
  /** 0-0: any free ones. */
  ports: { from: number; to: number };
}
