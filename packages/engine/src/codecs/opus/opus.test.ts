import { describe, expect, it } from 'vitest';
import { loadLibopus } from '../../native/libopus.ts';
import { createOpusDecoder, createOpusEncoder, opusOf } from './opus.ts';
import { opusscript } from './opusscript.ts';
import { lossyDb, speech } from './loss-measure.ts';
import { hasRedundancy, opusSamples } from './packet.ts';

const libopus = loadLibopus();
const implementations = libopus === null ? [opusscript] : [opusscript, libopus];

describe.each(implementations)('Opus by $name', (implementation) => {
  it('keeps to the rate that it is given, and changes it in the middle', () => {
    const encoder = createOpusEncoder({ bitrate: 32_000 }, implementation);
    const sound = speech(48_000);
    const packet = new Uint8Array(4000);
    const bitrates: number[] = [];
    for (const bitrate of [32_000, 64_000, 128_000]) {
      encoder.set({ bitrate });
      let bytes = 0;
      for (let at = 0; at < sound.length; at += 960) {
        bytes += encoder.encode(sound.subarray(at, at + 960), 960, packet, 0);
      }
      bitrates.push(bytes * 8);
    }
    encoder.close();
    expect(bitrates[0]).toBeGreaterThan(24_000);
    expect(bitrates[0]).toBeLessThan(40_000);
    expect(bitrates[1]).toBeGreaterThan(50_000);
    expect(bitrates[1]).toBeLessThan(78_000);
    expect(bitrates[2]).toBeGreaterThan(100_000);
  });

  it('sends next to nothing of silence when it may', () => {
    const packet = new Uint8Array(4000);
    const encoder = createOpusEncoder({ bitrate: 16_000, hasDtx: true }, implementation);
    const lengths = Array.from({ length: 60 }, () => encoder.encode(new Float32Array(960), 960, packet, 0));
    encoder.close();
    expect(lengths.slice(40).filter((length) => length <= 2).length).toBeGreaterThan(15);
  });

  it('gives what was closed to the next one as new', () => {
    const packets = Array.from({ length: 2 }, () => {
      const encoder = createOpusEncoder({}, implementation);
      const packet = new Uint8Array(4000);
      const sound = speech(4800);
      const made: number[][] = [];
      for (let at = 0; at < sound.length; at += 960) {
        made.push([...packet.subarray(0, encoder.encode(sound.subarray(at, at + 960), 960, packet, 0))]);
      }
      encoder.close();
      return made;
    });
    expect(packets[1]).toEqual(packets[0]);
  });

  it('decodes what the other one made', () => {
    for (const other of implementations) {
      const encoder = createOpusEncoder({}, other);
      const decoder = createOpusDecoder(implementation);
      const packet = new Uint8Array(4000);
      const sound = speech(9600);
      const heard = new Float32Array(9600);
      for (let at = 0; at < sound.length; at += 960) {
        const length = encoder.encode(sound.subarray(at, at + 960), 960, packet, 0);
        expect(decoder.decode(packet, 0, length, heard, at)).toBe(960);
      }
      let product = 0;
      let power = 0;
      // Opus is 6.5 ms late at 48 kHz.
      for (let i = 2400; i + 312 < heard.length; i++) {
        product += sound[i]! * heard[i + 312]!;
        power += sound[i]! ** 2;
      }
      expect(product / power).toBeCloseTo(1, 1);
      encoder.close();
      decoder.close?.();
    }
  });
});

describe.runIf(libopus !== null)('lost packets of Opus', () => {
  const codec = opusOf(() => libopus!);

  it('are mended from the redundancy of the next one, which is far better than anything else', () => {
    const recoveredDb = lossyDb(codec, 'recover');
    const concealedDb = lossyDb(codec, 'conceal');
    const silentDb = lossyDb(codec, 'silence');
    expect(recoveredDb).toBeGreaterThan(concealedDb + 6);
    expect(recoveredDb).toBeGreaterThan(silentDb + 9);
  });

  it('are concealed where the next one says nothing of them', () => {
    const encoder = codec.createEncoder();
    const decoder = codec.createDecoder();
    const packet = new Uint8Array(4000);
    const length = encoder.encode(speech(960), 960, packet, 0);
    expect(decoder.recover?.(packet, 0, length, new Float32Array(960), 0, 960)).toBe(0);
  });
});

describe('an Opus packet', () => {
  it.each([
    [[0x70], 480],
    [[0xf8], 960],
    [[0xf9], 1920],
    [[0xfb, 3], 2880],
    [[0xfb, 6], 5760],
    [[0xfb, 7], 0],
    [[0xfb], 0],
    [[0x18], 2880],
    [[0x08], 960],
    [[0xe0], 120],
    [[], 0],
  ])('%j stands for %i samples', (bytes, samples) => {
    expect(opusSamples(Uint8Array.from(bytes), 0, bytes.length)).toBe(samples);
  });

  it('says whether it has redundancy for the one before', () => {
    expect(hasRedundancy(Uint8Array.of(0x48, 0xc0, 1), 0, 3)).toBe(true);
    expect(hasRedundancy(Uint8Array.of(0x48, 0x80, 1), 0, 3)).toBe(false);
    // 60 ms: three bits of voice activity come first.
    expect(hasRedundancy(Uint8Array.of(0x58, 0xe0, 1), 0, 3)).toBe(false);
    expect(hasRedundancy(Uint8Array.of(0x58, 0x10, 1), 0, 3)).toBe(true);
    expect(hasRedundancy(Uint8Array.of(0xf8, 0xff, 1), 0, 3)).toBe(false);
  });
});
