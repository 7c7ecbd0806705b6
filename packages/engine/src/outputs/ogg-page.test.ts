import { describe, expect, it } from 'vitest';
import { buildOggPage, oggCrc } from './ogg-page.ts';

/** `ffmpeg -f lavfi -i sine=440:duration=0.1:sample_rate=48000 -c:a libopus -b:a 32k -bitexact g.opus`, its first page. */
const GOLDEN = Buffer.from(
  '4f6767530002000000000000000000000000000000000228b57201134f707573486561640101380180bb0000000000',
  'hex',
);

describe('an Ogg page', () => {
  it('is what ffmpeg makes of the same packet', () => {
    const packet = GOLDEN.subarray(28);
    expect(buildOggPage({ serial: 0, number: 0, granule: 0, isFirst: true, packets: [packet] })).toEqual(
      GOLDEN,
    );
  });

  it('gives each packet its segments, and an empty one behind a packet of whole segments', () => {
    const packets = [new Uint8Array(254), new Uint8Array(255), new Uint8Array(600)];
    const page = buildOggPage({ serial: 7, number: 3, granule: 2_880, packets });
    expect([...page.subarray(26, 33)]).toEqual([6, 254, 255, 0, 255, 255, 90]);
    expect(page).toHaveLength(27 + 6 + 254 + 255 + 600);
    expect(page[5]).toBe(0);
    expect(page.readUInt32LE(14)).toBe(7);
    expect(page.readUInt32LE(18)).toBe(3);
  });

  it('counts samples beyond what 32 bits hold: a stream runs for weeks', () => {
    const page = buildOggPage({ serial: 1, number: 1, granule: 2 ** 40 + 5, packets: [new Uint8Array(1)] });
    expect(page.readBigUInt64LE(6)).toBe(2n ** 40n + 5n);
  });

  it('carries a checksum that a changed byte breaks', () => {
    const page = buildOggPage({ serial: 1, number: 1, granule: 960, packets: [Uint8Array.of(1, 2, 3)] });
    const stated = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    expect(oggCrc(page)).toBe(stated);
    page[29] = 9;
    expect(oggCrc(page)).not.toBe(stated);
  });

  it('is refused when its packets do not fit', () => {
    const packets = [new Uint8Array(255 * 255)];
    expect(() => buildOggPage({ serial: 1, number: 1, granule: 0, packets })).toThrow('256 segments');
  });
});
