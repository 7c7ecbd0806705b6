/**
 * What the first bytes of an Opus packet say (RFC 6716 §3.1, §3.2): how long it is, and whether it carries redundancy for
 * the packet before it. Read by opus.ts before a decoder is asked; no bytes of a stranger are trusted further.
 */
import { LONGEST_OPUS_SAMPLES } from './implementation.ts';

/** Samples at 48 kHz that a packet stands for, 0 when it cannot be Opus. */
export function opusSamples(bytes: Uint8Array, offset: number, length: number): number {
  if (length < 1) return 0;
  const first = bytes[offset] as number;
  const frames = framesOf(first, length > 1 ? (bytes[offset + 1] as number) : 0, length);
  const samples = frames * frameSamples(first >> 3);
  return samples <= LONGEST_OPUS_SAMPLES ? samples : 0;
}

function framesOf(first: number, second: number, length: number): number {
  const code = first & 3;
  if (code === 0) return 1;
  if (code < 3) return 2;
  return length > 1 ? second & 0x3f : 0;
}

/** RFC 6716 table 2. */
function frameSamples(config: number): number {
  if (config >= 16) return 120 << (config & 3);
  if (config >= 12) return 480 << (config & 1);
  return (config & 3) === 3 ? 2880 : 480 << (config & 3);
}

/** Whether the speech layer of a packet of one frame has redundancy (LBRR) for the packet before it: RFC 6716 §4.2.3. */
export function hasRedundancy(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length < 2) return false;
  const first = bytes[offset] as number;
  const config = first >> 3;
  const isOneFrame = (first & 3) === 0;
  if (config >= 16 || !isOneFrame) return false;
  // A bit of voice activity for each 20 ms, then the one that is asked for. In stereo the first channel is that of both.
  const voiceBits = Math.max(1, frameSamples(config) / 960);
  return (((bytes[offset + 1] as number) >> (7 - voiceBits)) & 1) === 1;
}
