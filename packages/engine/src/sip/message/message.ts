/**
 * A SIP message in memory (RFC 3261 7): start line, headers in their order, body. The headers that every layer
 * needs (top Via, From, To, Call-ID, CSeq) are parsed once, by the parser; the rest when somebody asks.
 */
import type { HeaderName } from './header-names.ts';
import type { NameAddress } from './name-address.ts';
import { splitList } from './parameters.ts';
import type { Via } from './via.ts';

/** Headers in the order of the message. Names are canonical (header-names.ts), values unfolded and trimmed. */
export class Headers {
  readonly names: string[] = [];
  readonly values: string[] = [];

  add(name: HeaderName | (string & {}), value: string): this {
    this.names.push(name);
    this.values.push(value);
    return this;
  }

  get(name: HeaderName): string | null {
    const index = this.names.indexOf(name);
    return index < 0 ? null : (this.values[index] ?? null);
  }

  all(name: HeaderName): string[] {
    const found: string[] = [];
    for (let index = 0; index < this.names.length; index++) {
      if (this.names[index] === name) found.push(this.values[index] ?? '');
    }
    return found;
  }

  /** Every element of a comma-separated header, over all its lines. Unbalanced lines count as absent. */
  list(name: HeaderName): string[] {
    return this.all(name).flatMap((value) => splitList(value) ?? []);
  }

  /** Option tags and methods compare without case here: gateways write `100Rel`. */
  lists(name: HeaderName, element: string): boolean {
    return this.list(name).some((each) => each.toLowerCase() === element.toLowerCase());
  }

  count(name: HeaderName): number {
    let count = 0;
    for (const each of this.names) if (each === name) count++;
    return count;
  }
}

interface MessageCommon {
  headers: Headers;
  body: Uint8Array;
  via: Via;
  from: NameAddress;
  to: NameAddress;
  fromTag: string | null;
  toTag: string | null;
  callId: string;
  cseq: number;
  cseqMethod: string;
}

export interface SipRequest extends MessageCommon {
  kind: 'request';
  method: string;
  /** Request-URI as written. */
  uri: string;
}

export interface SipResponse extends MessageCommon {
  kind: 'response';
  status: number;
  reason: string;
}

export type SipMessage = SipRequest | SipResponse;

export const EMPTY_BODY = new Uint8Array(0);

/** A non-negative integer header; null when absent or not one. */
export function integerHeader(headers: Headers, name: HeaderName): number | null {
  const value = headers.get(name);
  if (value === null) return null;
  // `1800;refresher=uac`, `60 (comment)`: the number is what stands first.
  const match = /^\d{1,10}/.exec(value);
  return match === null ? null : Math.min(Number(match[0]), 0xffffffff);
}
