/**
 * Header text is kept inside the stack as the bytes that came, one character a byte, so that what must be echoed
 * (branch, tags, Call-ID, display names in any encoding) is echoed exactly. At the stack's edges it becomes
 * UTF-8 text (RFC 3261 7.3: header field values are UTF-8) and back.
 */
import { isUtf8 } from 'node:buffer';

export function textFromWire(wire: string): string {
  for (let index = 0; index < wire.length; index++) {
    if (wire.charCodeAt(index) > 0x7f) return decoded(wire);
  }
  return wire;
}

/** Old gateways write ISO 8859-1, which is what one character a byte says already. */
function decoded(wire: string): string {
  const bytes = Buffer.from(wire, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : wire;
}

/** Control characters are dropped: nothing from outside may start a header of its own. */
export function wireFromText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return Buffer.from(text.replace(/[\u0000-\u001f\u007f]/g, ''), 'utf8').toString('latin1');
}
