/**
 * The audio formats that we put into SDP, in our order of preference: wideband before narrowband. A codec that is
 * registered in codecs/registry.ts is offered and answered when it has a line here. Main thread.
 */
export interface AudioFormat {
  /** Encoding name (RFC 3551), compared without case. */
  codec: string;
  clockRate: number;
  /** Ours in offers; for a dynamic one (96 and up) the far end may name another in its own offers. */
  payloadType: number;
  isWideband: boolean;
}

export const AUDIO_FORMATS: readonly AudioFormat[] = [
  { codec: 'L16', clockRate: 48_000, payloadType: 96, isWideband: true },
  { codec: 'G722', clockRate: 8_000, payloadType: 9, isWideband: true },
  { codec: 'PCMA', clockRate: 8_000, payloadType: 8, isWideband: false },
  { codec: 'PCMU', clockRate: 8_000, payloadType: 0, isWideband: false },
];

/** RFC 4733: telephone-event has the clock rate of the audio that it goes with. */
export const DTMF_FORMATS: readonly { clockRate: number; payloadType: number }[] = [
  { clockRate: 8_000, payloadType: 101 },
  { clockRate: 48_000, payloadType: 97 },
];

export const DTMF_CODEC = 'telephone-event';
