/**
 * From, To, Contact, Route and their like: `"Display" <uri>;params` or `uri;params` (RFC 3261 20.10, 25.1). Lenient
 * with display names (commas, unquoted signs); strict with unbalanced quotes and brackets.
 */
import { endOfQuoted, type Parameters, parseParameters, quote, splitList, unquote } from './parameters.ts';

export interface NameAddress {
  displayName: string;
  /** URI as written. */
  uri: string;
  parameters: Parameters;
}

export function parseNameAddress(text: string): NameAddress | null {
  let position = 0;
  let displayName = '';
  const value = text.trim();
  if (value.charCodeAt(0) === 0x22) {
    const close = endOfQuoted(value, 0);
    if (close < 0) return null;
    displayName = unquote(value.slice(0, close + 1));
    position = close + 1;
  }
  const open = value.indexOf('<', position);
  if (open >= 0) {
    const close = value.indexOf('>', open);
    if (close < 0) return null;
    const between = value.slice(position, open).trim();
    // `Bob "the builder" Smith` is taken; a quote that is never closed may hide what follows it.
    if (between.split('"').length % 2 === 0) return null;
    if (displayName === '') displayName = between;
    const parameters = parseParameters(value.slice(close + 1));
    const uri = value.slice(open + 1, close).trim();
    if (parameters === null || uri === '') return null;
    return { displayName, uri, parameters };
  }
  // Without brackets the parameters belong to the header, not to the URI (RFC 3261 20).
  if (position > 0) return null;
  const semicolon = value.indexOf(';');
  const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  const parameters = parseParameters(semicolon < 0 ? '' : value.slice(semicolon));
  if (parameters === null || uri === '' || /\s|"|>/.test(uri) || !uri.includes(':')) return null;
  return { displayName: '', uri, parameters };
}

/** Every address of a header that may carry several, over lines and commas. Null when one of them is malformed. */
export function parseNameAddresses(values: readonly string[]): NameAddress[] | null {
  const addresses: NameAddress[] = [];
  for (const value of values) {
    const parts = splitList(value);
    if (parts === null) return null;
    for (const part of parts) {
      const address = parseNameAddress(part);
      if (address === null) return null;
      addresses.push(address);
    }
  }
  return addresses;
}

/** `displayName` is in wire form. */
export function formatNameAddress(displayName: string, uri: string, tag: string | null): string {
  const name = displayName === '' ? '' : `${quote(displayName)} `;
  return `${name}<${uri}>${tag === null ? '' : `;tag=${tag}`}`;
}
