import { describe, expect, it } from 'vitest';
import { rmsDb, toneLevelDb } from '../../audio/tone-analysis.ts';
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

  it('hears the pauses of a far end that sends next to nothing', () => {
    const encoder = createOpusEncoder({ bitrate: 16_000, hasDtx: true }, implementation);
    const decoder = createOpusDecoder(implementation);
    const packet = new Uint8Array(4000);
    const heard = new Float32Array(960);
    const pause = new Float32Array(960);
    let shortest = 4000;
    for (let n = 0; n < 60; n++) {
      const length = encoder.encode(pause, 960, packet, 0);
      shortest = Math.min(shortest, length);
      expect(decoder.decode(packet, 0, length, heard, 0)).toBe(960);
      expect(Math.max(...heard)).toBeLessThan(0.001);
    }
    expect(shortest).toBeLessThanOrEqual(2);
    encoder.close();
    decoder.close?.();
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

describe.each(implementations)('packets of another encoder, by $name', (implementation) => {
  // ffmpeg -f lavfi -i sine=frequency=1000:sample_rate=48000:duration=0.2 -ac 1 -c:a libopus -b:a 16000 -vbr off
  //   -frame_duration 20 a.opus; the packets of it (ffprobe -show_packets -show_data a.opus). Speech layer and all.
  const packets = [
    '78836c9cb48ffaf1ac3f1de68b353318bd6b4a3e86ae8466a344d4fa3eaf33d791ec6a5e71dc1dea',
    '78a48f03e0f80d88c57240b3c9ee82a70ba6177ba6a094f8a40fdf6d79c1608a995aab923e0d5645',
    '789f37d20c305c41d575069e5b696ac279374331b0b6536181150aaeab2363513b9d5f1b67e44cdd',
    '789f37d20c305c41d57506c1da336305076ebf32011ca816afd17571a6e4a74348845520c88d5655',
    '789f3cf84c25487b1eb38dbffb678d3c1df8cd7837042f85703180d2a47b115297dd753336efa95d',
    '78a28b48cd9af41f626794f99601118a6463de86a20620d344c369f824daa9e6f713f7ca590d5655',
    '789df54127f57002f81132bb2f2003b8a0b0f1cd7c819e418a3838387abc1122250d56af16bad6fd',
    '789f6dc1579c06d167e5978e08c6aa6604ef5cfa97f1734ed31a6bd8ed7601f0845187fe0b16d9ea',
    '78a28b48cd9af41f626791bb2649d5ad126b7c107c80c2284e70ce01d0de36c3ad69c7dd9962db35',
    '78a3d3a8cd9af41f626794f7ecc1a1cf43297933fc9868a9548e4200fdf3980fa2a9a59084bbce5d',
    '7882df361b193309dd92b12833a78eeb506afa57a8c72d649aa4a6b0c33bd1e4880f2688c4032926',
  ];

  it('are decoded to the tone that went in', () => {
    const decoder = createOpusDecoder(implementation);
    const heard = new Float32Array(960 * packets.length);
    for (const [index, packet] of packets.entries()) {
      expect(decoder.decode(Buffer.from(packet, 'hex'), 0, 40, heard, index * 960)).toBe(960);
    }
    decoder.close?.();
    const tone = heard.subarray(4800, 9600);
    // The sine of ffmpeg has an eighth of full scale.
    expect(toneLevelDb(tone, 48_000, 1000)).toBeCloseTo(-18.06, 0);
    expect(rmsDb(tone)).toBeCloseTo(-21.07, 0);
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
