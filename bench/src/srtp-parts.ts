/** What SRTP costs a leg: a packet of G.711 encrypted, and one proved and decrypted. Called by main.ts. */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { SRTP_TRAILER_BYTES, SrtpReceiver, SrtpSender } from '@openline/engine';
import type { Figure } from './report.ts';

const PACKETS = 20_000;
const PACKET_BYTES = 172;
const ROUNDS = 5;

export function srtpFigures(): Figure[] {
  const rounds = Array.from({ length: ROUNDS + 1 }, round).slice(1);
  const median = (values: number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const protectUs = median(rounds.map((each) => each.protectUs));
  return [
    { name: 'SRTP: encrypt a packet of G.711', value: protectUs, unit: 'µs', bound: null },
    {
      name: 'SRTP: prove and decrypt one',
      value: median(rounds.map((each) => each.unprotectUs)),
      unit: 'µs',
      bound: null,
    },
    {
      name: 'SRTP: the same by node:crypto, times as long as ours',
      value: median(rounds.map((each) => each.nodeUs)) / protectUs,
      unit: '',
      bound: null,
    },
  ];
}

function round(): { protectUs: number; unprotectUs: number; nodeUs: number } {
  const key = randomBytes(30).toString('base64');
  const sender = new SrtpSender('AES_CM_128_HMAC_SHA1_80', key);
  const receiver = new SrtpReceiver('AES_CM_128_HMAC_SHA1_80', key);
  const bytes = new Uint8Array(PACKET_BYTES + SRTP_TRAILER_BYTES);
  bytes[0] = 0x80;
  let protectMs = 0;
  let unprotectMs = 0;
  for (let sequence = 0; sequence < PACKETS; sequence++) {
    bytes[2] = sequence >>> 8;
    bytes[3] = sequence;
    const startedAt = performance.now();
    const length = sender.protect(bytes, PACKET_BYTES);
    const protectedAt = performance.now();
    if (receiver.unprotect(bytes, length) !== PACKET_BYTES) throw new Error('not the packet that was sent');
    protectMs += protectedAt - startedAt;
    unprotectMs += performance.now() - protectedAt;
  }
  return {
    protectUs: (protectMs / PACKETS) * 1000,
    unprotectUs: (unprotectMs / PACKETS) * 1000,
    nodeUs: nodeUs(),
  };
}

function nodeUs(): number {
  const packets = PACKETS / 10;
  const [key, counter, authKey, packet] = [
    randomBytes(16),
    randomBytes(16),
    randomBytes(20),
    randomBytes(PACKET_BYTES),
  ];
  const startedAt = performance.now();
  for (let count = 0; count < packets; count++) {
    const encrypted = createCipheriv('aes-128-ctr', key, counter).update(packet);
    createHmac('sha1', authKey).update(encrypted).digest();
  }
  return ((performance.now() - startedAt) / packets) * 1000;
}
