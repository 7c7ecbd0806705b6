/**
 * The audio formats that we put into SDP, in the order of our offers. A codec that is registered in codecs/registry.ts
 * is offered and answered when it has a line here. Main thread.
 *
 * L16 is last although it is the best: 20 ms of it are 1.9 kB, more than a packet of most networks, so that each would go
 * in two fragments, which firewalls drop and of which the loss of one loses both. A studio link that wants it
 * puts it first in its own offer, or answers with it alone, and gets it.
 */
export interface AudioFormat {
  /** Encoding name (RFC 3551), compared without case. */
  codec: string;
  clockRate: number;
  /** Ours in offers; for a dynamic one (96 and up) the far end may name another in its own offers. */
  payloadType: number;
  isWideband: boolean;
  /** As in the rtpmap; 1 when absent. Opus always says 2, whatever is sent (RFC 7587 §7). */
  channels?: number;
}

export const AUDIO_FORMATS: readonly AudioFormat[] = [
  { codec: 'OPUS', clockRate: 48_000, payloadType: 111, isWideband: true, channels: 2 },
  { codec: 'G722', clockRate: 8_000, payloadType: 9, isWideband: true },
  { codec: 'PCMA', clockRate: 8_000, payloadType: 8, isWideband: false },
  { codec: 'PCMU', clockRate: 8_000, payloadType: 0, isWideband: false },
  { codec: 'L16', clockRate: 48_000, payloadType: 96, isWideband: true },
];

/** RFC 4733: telephone-event has the clock rate of the audio that it goes with. */
export const DTMF_FORMATS: readonly { clockRate: number; payloadType: number }[] = [
  { clockRate: 8_000, payloadType: 101 },
  { clockRate: 48_000, payloadType: 97 },
];

export const DTMF_CODEC = 'telephone-event';

/** RFC 3389: noise for the pauses of a codec that has none of its own, with the clock rate of the sound. */
export const COMFORT_NOISE_CODEC = 'CN';

/** In our offers: that of 8 kHz alone, which has a number of its own. L16 is for links that have no pauses. */
export const COMFORT_NOISE_FORMAT: AudioFormat = {
  codec: COMFORT_NOISE_CODEC,
  clockRate: 8_000,
  payloadType: 13,
  isWideband: false,
};
