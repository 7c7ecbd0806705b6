/**
 * An Ogg-Opus stream (RFC 7845) for one listener: its two header pages, then pages of some packets. Every listener has
 * a stream that begins with them and at time zero, whenever they come. Used by the program stream and the Icecast
 * output, outputs thread.
 */
import { randomBytes } from 'node:crypto';
import { buildOggPage } from './ogg-page.ts';

/** One packet is 20 ms. */
const SAMPLES_PER_PACKET = 960;
/** A tenth of a second: little overhead, little delay. */
const PACKETS_PER_PAGE = 5;
/** RFC 7845 section 4.2: a decoder that starts in the middle needs 80 ms until it sounds right. */
export const PRE_SKIP_SAMPLES = 3_840;
const SAMPLE_RATE = 48_000;
/** RFC 7845 section 5.2: the page of comments is small here; more of a name says nothing. */
const MAX_COMMENT_BYTES = 1_024;

export interface StreamComments {
  /** Names of RFC 7845 section 5.2.3 as TITLE, ARTIST. */
  [name: string]: string;
}

export class OggOpusStream {
  readonly #serial = randomBytes(4).readUInt32LE();
  readonly #comments: StreamComments;
  #packets: Uint8Array[] = [];
  #pages = 0;
  #samples = 0;

  constructor(comments: StreamComments = {}) {
    this.#comments = comments;
  }

  /** The identification header and the comment header, a page each. */
  headers(): Buffer {
    const head = Buffer.alloc(19);
    head.write('OpusHead', 'latin1');
    head[8] = 1;
    head[9] = 1;
    head.writeUInt16LE(PRE_SKIP_SAMPLES, 10);
    head.writeUInt32LE(SAMPLE_RATE, 12);
    return Buffer.concat([this.#page([head], true), this.#page([buildComments(this.#comments)], false)]);
  }

  /** One packet of 20 ms; a page when it is full, else null. The packet is copied. */
  add(packet: Uint8Array): Buffer | null {
    this.#packets.push(packet.slice());
    this.#samples += SAMPLES_PER_PACKET;
    if (this.#packets.length < PACKETS_PER_PAGE) return null;
    const packets = this.#packets;
    this.#packets = [];
    return this.#page(packets, false);
  }

  #page(packets: readonly Uint8Array[], isFirst: boolean): Buffer {
    const number = this.#pages++;
    return buildOggPage({ serial: this.#serial, number, granule: this.#samples, isFirst, packets });
  }
}

function buildComments(comments: StreamComments): Buffer {
  const texts = Object.entries(comments)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => Buffer.from(`${name}=${text}`).subarray(0, MAX_COMMENT_BYTES));
  return Buffer.concat([
    Buffer.from('OpusTags', 'latin1'),
    withLength(Buffer.from('Openline')),
    lengthOf(texts.length),
    ...texts.map(withLength),
  ]);
}

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([lengthOf(bytes.length), bytes]);
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
}
