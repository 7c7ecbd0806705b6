/**
 * `;name=value` lists of URIs, addresses and Via (RFC 3261 25.1, generic-param), and the two scanners that the other
 * header parsers share. Values are kept as they came; a quoted value keeps its quotes until `unquote`.
 */
export type Parameters = ReadonlyMap<string, string | null>;

const NO_PARAMETERS: Parameters = new Map();

/** A token of RFC 3261 25.1. */
export const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

/** `text` starts at the first `;` or is empty. Null when it is no parameter list (unbalanced quote, bad name). */
export function parseParameters(text: string): Parameters | null {
  const length = text.length;
  let position = 0;
  while (position < length && isSpace(text.charCodeAt(position))) position++;
  if (position === length) return NO_PARAMETERS;
  const parameters = new Map<string, string | null>();
  while (position < length) {
    if (text.charCodeAt(position) !== 0x3b) return null;
    const end = endOfPart(text, position + 1, 0x3b);
    if (end < 0) return null;
    const part = text.slice(position + 1, end);
    position = end;
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    // Real gateways end a list with a stray `;`.
    if (name === '') {
      if (equals >= 0) return null;
      continue;
    }
    // The first of a name counts; a second one cannot override what was checked.
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? null : part.slice(equals + 1).trim());
  }
  return parameters;
}

export function formatParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) text += value === null ? `;${name}` : `;${name}=${value}`;
  return text;
}

/** A header of several values, split at the commas outside quotes and angle brackets. Null: unbalanced. */
export function splitList(value: string): string[] | null {
  if (!value.includes(',')) {
    const single = value.trim();
    return single === '' ? [] : [single];
  }
  const parts: string[] = [];
  let position = 0;
  while (position <= value.length) {
    const end = endOfPart(value, position, 0x2c);
    if (end < 0) return null;
    const part = value.slice(position, end).trim();
    if (part !== '') parts.push(part);
    position = end + 1;
  }
  return parts;
}

/** Where the part that starts at `from` ends: the next `separator` outside quotes and <>, or the end. -1: unbalanced. */
function endOfPart(text: string, from: number, separator: number): number {
  let isBracketed = false;
  let position = from;
  for (; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x22) {
      position = endOfQuoted(text, position);
      if (position < 0) return -1;
    } else if (code === 0x3c) isBracketed = true;
    else if (code === 0x3e) isBracketed = false;
    else if (code === separator && !isBracketed) return position;
  }
  return isBracketed ? -1 : position;
}

/** Index of the closing quote of the quoted string that opens at `open`; -1: none. */
export function endOfQuoted(text: string, open: number): number {
  for (let position = open + 1; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x5c) position++;
    else if (code === 0x22) return position;
  }
  return -1;
}

/** The text of a quoted string, escapes undone (RFC 3261 25.1, quoted-pair); anything else as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== 0x22) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}

export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
