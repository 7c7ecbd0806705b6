// Address books as files: CSV as spreadsheets write it, vCard as telephones do. Reading says what is wrong with which
// entry and goes on with the others; what is written can be read back.
import { normalizeNumber, type Person } from '@openline/protocol';
import { parse, unparse } from 'papaparse';

/** What a file says of one person. */
export interface CardEntry {
  number: string;
  name: string | null;
  location: string | null;
  notes: string | null;
  tags: string[];
  isBlocked: boolean;
}

export interface ReadCards {
  cards: CardEntry[];
  /** Entries that are left out: where they stand (from 1), and what stands in place of a number. */
  leftOut: { at: number; text: string }[];
}

const columns = ['number', 'name', 'location', 'notes', 'tags', 'blocked'] as const;
type Column = (typeof columns)[number];

/** What spreadsheets of other programs call our columns. */
const headings: Readonly<Record<string, Column>> = {
  number: 'number',
  phone: 'number',
  telephone: 'number',
  tel: 'number',
  mobile: 'number',
  name: 'name',
  'full name': 'name',
  nom: 'name',
  jina: 'name',
  location: 'location',
  place: 'location',
  city: 'location',
  notes: 'notes',
  note: 'notes',
  tags: 'tags',
  groups: 'tags',
  blocked: 'blocked',
};

export function readCardFile(text: string): ReadCards {
  return /^\s*BEGIN:VCARD/i.test(text) ? readVcards(text) : readCsv(text);
}

export function writeCsv(people: readonly Person[]): string {
  const rows = people.map((person) => [
    person.number,
    person.name ?? '',
    person.location ?? '',
    person.notes ?? '',
    person.tags.join(', '),
    person.blocked ? 'yes' : '',
  ]);
  // A spreadsheet must not take a text for a formula; a number begins with + and is none.
  return unparse({ fields: [...columns], data: rows }, { escapeFormulae: /^[=@\t\r-]/ });
}

export function writeVcards(people: readonly Person[]): string {
  const line = (name: string, value: string | null) =>
    value === null || value === '' ? [] : [`${name}:${escapeVcard(value)}`];
  const cards = people.map((person) => [
    'BEGIN:VCARD',
    'VERSION:4.0',
    `FN:${escapeVcard(person.name ?? person.number)}`,
    /^sips?:/i.test(person.number) ? `IMPP:${person.number}` : `TEL;VALUE=uri:tel:${person.number}`,
    ...(person.location ? [`ADR:;;;${escapeVcard(person.location)};;;`] : []),
    ...line('NOTE', person.notes),
    ...(person.tags.length > 0 ? [`CATEGORIES:${person.tags.map(escapeVcard).join(',')}`] : []),
    'END:VCARD',
  ]);
  return `${cards.flat().map(fold).join('\r\n')}\r\n`;
}

function readCsv(text: string): ReadCards {
  const { data } = parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' });
  const [first = [], ...others] = data;
  const named = first.map((heading) => headings[heading.trim().toLowerCase()]);
  // A file without headings has our columns in our order.
  const order = named.includes('number') ? named : columns;
  const rows = named.includes('number') ? others : data;
  const read: ReadCards = { cards: [], leftOut: [] };
  for (const [index, row] of rows.entries()) {
    const cell = (column: Column) => (row[order.indexOf(column)] ?? '').trim().replace(/^'(?=[=@-])/, '');
    take(read, index + 1, cell('number'), {
      name: cell('name') || null,
      location: cell('location') || null,
      notes: cell('notes') || null,
      tags: tagsIn(cell('tags')),
      isBlocked: /^(yes|true|1|x|oui|ndiyo)$/i.test(cell('blocked')),
    });
  }
  return read;
}

/** vCard 3.0 (RFC 2426) and 4.0 (RFC 6350): what concerns us. */
function readVcards(text: string): ReadCards {
  const read: ReadCards = { cards: [], leftOut: [] };
  // RFC 6350 3.2: a line that begins with a space goes on with the one before.
  const lines = text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
  let fields = new Map<string, string>();
  let at = 0;
  for (const line of lines) {
    const [, name = '', value = ''] = /^(?:[^.:;]+\.)?([^:;]+)[^:]*:(.*)$/.exec(line) ?? [];
    const field = name.toUpperCase();
    if (field === 'BEGIN') fields = new Map();
    else if (field === 'END') {
      at += 1;
      take(read, at, numberIn(fields), {
        name: unescapeVcard(fields.get('FN') ?? '') || null,
        location: placeIn(fields.get('ADR') ?? ''),
        notes: unescapeVcard(fields.get('NOTE') ?? '') || null,
        tags: splitVcard(fields.get('CATEGORIES') ?? '', ',').filter((tag) => tag !== ''),
        isBlocked: false,
      });
    } else if (!fields.has(field)) fields.set(field, value);
  }
  return read;
}

function numberIn(fields: ReadonlyMap<string, string>): string {
  return (fields.get('TEL') ?? fields.get('IMPP') ?? '').replace(/^tel:/i, '');
}

/** RFC 6350 6.3.1: the fourth part is the locality. */
function placeIn(address: string): string | null {
  const parts = splitVcard(address, ';');
  return parts[3] || parts.find((part) => part !== '') || null;
}

function take(read: ReadCards, at: number, written: string, rest: Omit<CardEntry, 'number'>): void {
  const number = normalizeNumber(written);
  if (number === null) read.leftOut.push({ at, text: written });
  else read.cards.push({ number, ...rest });
}

function tagsIn(text: string): string[] {
  return text
    .split(/[,;]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

function escapeVcard(text: string): string {
  return text.replace(/[\\,;]/g, String.raw`\$&`).replace(/\r?\n/g, String.raw`\n`);
}

function unescapeVcard(text: string): string {
  return text.replace(/\\(.)/g, (_, one: string) => (one === 'n' || one === 'N' ? '\n' : one)).trim();
}

/** At separators that are not escaped. */
function splitVcard(text: string, separator: ',' | ';'): string[] {
  const parts = [''];
  for (const [token] of text.matchAll(/\\.|[^]/gu)) {
    if (token === separator) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map(unescapeVcard);
}

/** RFC 6350 3.2: lines of at most 75 octets. */
function fold(line: string): string {
  const folded: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = new TextEncoder().encode(character).length;
    if (octets + size > 74) {
      folded.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...folded, part].join('\r\n');
}
