/**
 * What losses do to Opus, in figures: asserted by opus.test.ts, printed by bench/. Not for the audio path.
 */
import type { Codec } from '../codec.ts';

/** Something like speech: a voice of 120 Hz that comes and goes four times a second. */
export function speech(samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, i) => {
    const t = i / 48_000;
    let value = 0;
    for (let k = 1; k <= 20; k++) value += Math.sin(2 * Math.PI * 120 * k * t + k * k) / k;
    return 0.15 * value * (0.55 + 0.45 * Math.sin(2 * Math.PI * 4 * t));
  });
}

/** 10 % of the packets, never two in a row, the same in every run. */
function isLost(packet: number): boolean {
  return packet % 10 === (packet * 7) % 3;
}

/** How much louder what was sent is than what is wrong with it, dB: against the same packets without a loss. */
export function lossyDb(codec: Codec, mends: 'recover' | 'conceal' | 'silence'): number {
  const encoder = codec.createEncoder();
  encoder.set?.({ bitrate: 32_000, hasFec: true, expectedLossPercent: 20 });
  const sound = speech(5 * 48_000);
  const packets: Uint8Array[] = [];
  for (let at = 0; at < sound.length; at += 960) {
    const packet = new Uint8Array(4000);
    packets.push(packet.subarray(0, encoder.encode(sound.subarray(at, at + 960), 960, packet, 0)));
  }
  const [whole, mended] = [codec.createDecoder(), codec.createDecoder()];
  const [clean, heard] = [new Float32Array(960), new Float32Array(960)];
  let power = 0;
  let error = 0;
  for (const [index, packet] of packets.entries()) {
    const next = packets[index + 1];
    whole.decode(packet, 0, packet.length, clean, 0);
    if (!isLost(index)) mended.decode(packet, 0, packet.length, heard, 0);
    else if (mends === 'silence') heard.fill(0);
    else if (
      mends === 'conceal' ||
      next === undefined ||
      // Pauses have no redundancy.
      mended.recover?.(next, 0, next.length, heard, 0, 960) !== 960
    ) {
      mended.conceal(heard, 0, 960);
    }
    for (let i = 0; i < 960; i++) {
      power += clean[i]! ** 2;
      error += (clean[i]! - heard[i]!) ** 2;
    }
  }
  return 10 * Math.log10(power / error);
}
