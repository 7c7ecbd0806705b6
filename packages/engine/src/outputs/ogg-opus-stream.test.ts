import { describe, expect, it } from 'vitest';
import { OggOpusStream, PRE_SKIP_SAMPLES } from './ogg-opus-stream.ts';

interface Page {
  flags: number;
  granule: number;
  serial: number;
  number: number;
  packets: Buffer[];
}

function pagesOf(bytes: Buffer): Page[] {
  const pages: Page[] = [];
  for (let at = 0; at < bytes.length; ) {
    const segments = bytes[at + 26]!;
    let body = at + 27 + segments;
    const packets: Buffer[] = [];
    let from = body;
    for (let index = 0; index < segments; index++) {
      const length = bytes[at + 27 + index]!;
      body += length;
      if (length === 255) continue;
      packets.push(bytes.subarray(from, body));
      from = body;
    }
    pages.push({
      flags: bytes[at + 5]!,
      granule: Number(bytes.readBigUInt64LE(at + 6)),
      serial: bytes.readUInt32LE(at + 14),
      number: bytes.readUInt32LE(at + 18),
      packets,
    });
    at = body;
  }
  return pages;
}

describe('an Ogg-Opus stream', () => {
  it('begins with its two headers, a page each, at time zero', () => {
    const [head, tags, ...more] = pagesOf(new OggOpusStream({ TITLE: 'Radio Bâobab', ARTIST: '' }).headers());
    expect(more).toEqual([]);
    expect(head).toMatchObject({ flags: 2, granule: 0, number: 0 });
    expect(tags).toMatchObject({ flags: 0, granule: 0, number: 1 });
    expect(head?.packets[0]?.subarray(0, 10)).toEqual(Buffer.from('OpusHead\u0001\u0001'));
    expect(head?.packets[0]?.readUInt16LE(10)).toBe(PRE_SKIP_SAMPLES);
    const comments = tags?.packets[0]?.toString() ?? '';
    expect(comments.startsWith('OpusTags')).toBe(true);
    expect(comments).toContain('TITLE=Radio Bâobab');
    expect(comments).not.toContain('ARTIST');
  });

  it('gives a page for five packets, with the time of its last sample', () => {
    const stream = new OggOpusStream();
    stream.headers();
    const pages: Page[] = [];
    for (let index = 0; index < 10; index++) {
      const page = stream.add(Uint8Array.of(index));
      if (page) pages.push(...pagesOf(page));
    }
    expect(pages.map(({ granule, number }) => [granule, number])).toEqual([
      [4_800, 2],
      [9_600, 3],
    ]);
    expect(pages[1]?.packets.map(([byte]) => byte)).toEqual([5, 6, 7, 8, 9]);
  });

  it('does not mind that the bytes of a packet are used again', () => {
    const stream = new OggOpusStream();
    const packet = new Uint8Array(1);
    let page: Buffer | null = null;
    for (let index = 0; index < 5; index++) {
      packet[0] = index;
      page = stream.add(packet);
    }
    expect(pagesOf(page!)[0]?.packets.map(([byte]) => byte)).toEqual([0, 1, 2, 3, 4]);
  });

  it('is told from every other one by its number', () => {
    const [one, other] = [new OggOpusStream(), new OggOpusStream()].map((stream) =>
      pagesOf(stream.headers()),
    );
    expect(one?.[0]?.serial).not.toBe(other?.[0]?.serial);
    expect(one?.[0]?.serial).toBe(one?.[1]?.serial);
  });
});
