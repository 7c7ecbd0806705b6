/** What the main thread (studio-feed.ts) and the studio thread (studio-thread.ts) say to each other; sound goes through rings. */
import type { StudioConfig, StudioState } from '../control/contract.ts';
import type { PeerPacketMemory } from '../webrtc/peer-packets.ts';

export interface StudioThreadData {
  /** To and from the media thread. */
  packets: PeerPacketMemory;
}

export type StudioCommand =
  /** What stays as it is runs on; null: neither feed nor return. */
  | { type: 'configure'; config: StudioConfig | null }
  /** The media port of the feed; null: there is none, and what comes is dropped. */
  | { type: 'attach'; port: number | null }
  | { type: 'stop' };

export type StudioReport = { type: 'ready' } | ({ type: 'state' } & StudioState);
