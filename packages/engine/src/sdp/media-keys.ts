/**
 * Keys of encrypted sound in SDP (RFC 4568, `a=crypto`): what we understand of the far end's, and our own, one for each
 * suite and as long as the leg lives. Used by remote-description.ts and negotiation.ts. Main thread.
 */
import { randomBytes } from 'node:crypto';
import { masterBytesOf, SRTP_SUITES, type SrtpSuite } from '../rtp/srtp-session-keys.ts';

/** Whether a leg's sound is encrypted: never, with whoever can, or else there is no call. */
export type SrtpUse = 'off' | 'optional' | 'required';

export interface RemoteKey {
  tag: number;
  suite: SrtpSuite;
  /** Base64 of key and salt: what the far end sends is encrypted with it. */
  key: string;
}

/** One line of `a=crypto`, as sdp-transform has it. */
export interface CryptoLine {
  id: number;
  suite: string;
  config: string;
  sessionConfig?: string;
}

/** Key and salt, perhaps a lifetime; a key identifier would be in every packet, and nobody uses it for calls. */
const INLINE = /^inline:([A-Za-z0-9+/]+=*)(?:\|(?:2\^\d{1,2}|\d{1,15}))?$/;

/** Those that we could use, in the far end's order. Session parameters change how packets look: none of them is ours. */
export function readKeys(lines: readonly CryptoLine[]): RemoteKey[] {
  return lines.flatMap(({ id, suite, config, sessionConfig }) => {
    const known = SRTP_SUITES.find((each) => each === suite);
    const key = INLINE.exec(String(config))?.[1] ?? '';
    const isPlain = sessionConfig === undefined || sessionConfig === '' || /^WSH=\d+$/.test(sessionConfig);
    const isWhole = known !== undefined && isOfBytes(key, masterBytesOf(known));
    return !isWhole || !isPlain || !Number.isInteger(id) ? [] : [{ tag: id, suite: known, key }];
  });
}

/** Base64, with or without what fills it up: some forget it. */
function isOfBytes(key: string, bytes: number): boolean {
  return key.length <= Math.ceil(bytes / 3) * 4 && Buffer.from(key, 'base64').length === bytes;
}

/** Our keys of one leg. */
export class OwnKeys {
  readonly #keys = new Map<SrtpSuite, string>();

  of(suite: SrtpSuite): string {
    const known = this.#keys.get(suite);
    if (known !== undefined) return known;
    const key = randomBytes(masterBytesOf(suite)).toString('base64');
    this.#keys.set(suite, key);
    return key;
  }

  /** For an offer: every suite, by tags from 1 on. */
  lines(): CryptoLine[] {
    return SRTP_SUITES.map((suite, index) => this.line(index + 1, suite));
  }

  line(tag: number, suite: SrtpSuite): CryptoLine {
    return { id: tag, suite, config: `inline:${this.of(suite)}` };
  }
}
