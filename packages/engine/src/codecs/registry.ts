/**
 * Every codec that we speak, one line each, best first: the order in which we offer. SDP and the media thread find them
 * here by name.
 */
import type { Codec } from './codec.ts';
import { pcma, pcmu } from './g711.ts';
import { g722 } from './g722.ts';
import { l16 } from './l16.ts';
import { opus } from './opus/opus.ts';

export const codecs: readonly Codec[] = [
  l16, //
  opus,
  g722,
  pcmu,
  pcma,
];

/** By SDP encoding name, in any case (RFC 4855 §3), and RTP clock rate. */
export function findCodec(name: string, clockRate?: number): Codec | null {
  const wanted = name.toUpperCase();
  const isWanted = (codec: Codec) =>
    codec.name === wanted && (clockRate === undefined || codec.clockRate === clockRate);
  return codecs.find(isWanted) ?? null;
}

/** By RFC 3551 static payload type, for offers without an rtpmap. */
export function findStaticCodec(payloadType: number): Codec | null {
  return codecs.find((codec) => codec.staticPayloadType === payloadType) ?? null;
}
