/** What SRTP costs a leg, by each kind of suite: a packet of G.711 encrypted, and one proved and decrypted. Called by main.ts. */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { SRTP_TRAILER_BYTES, SrtpReceiver, SrtpSender } from '@openline/engine';
import type { Figure } from './report.ts';

const PACKETS = 20_000;
const PACKET_BYTES = 172;
const ROUNDS = 5;

const KINDS = [
  { name: 'SRTP', suite: 'AES_CM_128_HMAC_SHA1_80', masterBytes: 30, byNode: counterModeByNode },
  { name: 'SRTP, AES-128-GCM', suite: 'AEAD_AES_128_GCM', masterBytes: 28, byNode: gcmByNode },
] as const;

type Kind = (typeof KINDS)[number];

export function srtpFigures(): Figure[] {
  return KINDS.flatMap((kind) => {
    const rounds = Array.from({ length: ROUNDS + 1 }, () => round(kind)).slice(1);
    const median = (values: number[]): number =>
      values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
    const protectUs = median(rounds.map((each) => each.protectUs));
    return [
      { name: `${kind.name}: encrypt a packet of G.711`, value: protectUs, unit: 'µs', bound: null },
      {
        name: `${kind.name}: prove and decrypt one`,
        value: median(rounds.map((each) => each.unprotectUs)),
        unit: 'µs',
        bound: null,
      },
      {
        name: `${kind.name}: the same by node:crypto, times as long as ours`,
        value: median(rounds.map((each) => each.nodeUs)) / protectUs,
        unit: '',
        bound: null,
      },
    ];
  });
}

function round({ suite, masterBytes, byNode }: Kind): {
  protectUs: number;
  unprotectUs: number;
  nodeUs: number;
} {
  const key = randomBytes(masterBytes).toString('base64');
  const sender = new SrtpSender(suite, key);
  const receiver = new SrtpReceiver(suite, key);
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
    nodeUs: nodeUs(byNode),
  };
}

type Encrypt = (key: Uint8Array, counter: Uint8Array, packet: Uint8Array) => void;

function nodeUs(encrypt: Encrypt): number {
  const packets = PACKETS / 10;
  const [key, counter, packet] = [randomBytes(16), randomBytes(16), randomBytes(PACKET_BYTES)];
  const startedAt = performance.now();
  for (let count = 0; count < packets; count++) encrypt(key, counter, packet);
  return ((performance.now() - startedAt) / packets) * 1000;
}

function counterModeByNode(key: Uint8Array, counter: Uint8Array, packet: Uint8Array): void {
  const encrypted = createCipheriv('aes-128-ctr', key, counter).update(packet);
  createHmac('sha1', key).update(encrypted).digest();
}

function gcmByNode(key: Uint8Array, counter: Uint8Array, packet: Uint8Array): void {
  const cipher = createCipheriv('aes-128-gcm', key, counter.subarray(0, 12));
  cipher.setAAD(packet.subarray(0, 12));
  cipher.update(packet.subarray(12));
  cipher.final();
  cipher.getAuthTag();
}
