/**
 * The files that gammu-smsd's files service writes and reads: texts that came in (inboxformat detail, or the plain
 * ones), names and contents of those that go out. Used by gammu-gateway.ts. Pure.
 */
import type { TextPart } from '../desk/ports/sms-gateway.ts';

export interface GammuText {
  sender: string;
  content: string;
  sentAt: number | null;
  part: TextPart | null;
}

/** A file of the inbox; null: it cannot be read as texts. An empty list: it holds none (a delivery report). */
export function parseInboxFile(name: string, bytes: Uint8Array): GammuText[] | null {
  const text = textOf(bytes);
  if (text.includes('[SMSBackup')) return parseBackup(text);
  return parsePlain(name, text);
}

/** `OUTC20260101_120000_00_+2207000001_{name}.txt`: taken by priority (C), then time. */
export function outboxName(number: string, name: string, at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `OUTC${date}_${time}_00_${number}_${name}.txt`;
}

/** The name that outboxName was given; null: none of ours. */
export function nameInOutbox(fileName: string): string | null {
  return /^OUTC\d{8}_\d{6}_\d\d_[+\d]+_([A-Za-z0-9-]+)\.txt$/i.exec(fileName)?.[1] ?? null;
}

/** With a byte order mark gammu-smsd takes it for UTF-16, whatever the machine's language. */
export function outboxContent(content: string): Uint8Array {
  return Buffer.from(`\u{feff}${content}`, 'utf16le');
}

function parseBackup(text: string): GammuText[] | null {
  const texts: GammuText[] = [];
  for (const section of text.split(/^\[SMSBackup\d+\]$/m).slice(1)) {
    const fields = fieldsIn(section);
    if (fields.get('PDU') === 'Status_Report') continue;
    const hex = [...fields].filter(([name]) => /^Text\d+$/.test(name)).map(([, value]) => value);
    const content = ucs2(hex.join(''));
    const sender = ucs2(fields.get('NumberUnicode') ?? '') || fields.get('Number')?.replaceAll('"', '');
    if (hex.length === 0 || content === null || !sender) return null;
    texts.push({
      sender,
      content,
      sentAt: timeIn(fields.get('DateTime') ?? ''),
      part: partIn(fields.get('UDH') ?? ''),
    });
  }
  return texts;
}

/** Without a header of parts: each file is a text of its own. */
function parsePlain(name: string, text: string): GammuText[] | null {
  const [, date, time, sender] = /^IN(\d{8})_(\d{6})_\d\d_(.+)_\d\d\.txt$/i.exec(name) ?? [];
  if (date === undefined || time === undefined || sender === undefined || text === '') return null;
  return [{ sender, content: text, sentAt: timeIn(`${date}T${time}`), part: null }];
}

function fieldsIn(section: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of section.split(/\r?\n/)) {
    const [, name, value] = /^(\w+) = ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value.trim());
  }
  return fields;
}

/** Big-endian UTF-16 as hex digits; null: not that. */
function ucs2(hex: string): string | null {
  if (!/^(?:[0-9a-f]{4})*$/i.test(hex)) return null;
  return (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('');
}

/** TS 23.040 9.2.3.24: length, then elements of identifier, length, data. 9.2.3.24.1 and .8 tell of parts. */
function partIn(udh: string): TextPart | null {
  const bytes = Buffer.from(udh, 'hex');
  for (let at = 1; at + 1 < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
    const data = bytes.subarray(at + 2, at + 2 + (bytes[at + 1] ?? 0));
    const isShort = bytes[at] === 0 && data.length === 3;
    const isLong = bytes[at] === 8 && data.length === 4;
    if (!isShort && !isLong) continue;
    const [parts = 0, part = 0] = data.subarray(-2);
    return { reference: isShort ? data.readUInt8(0) : data.readUInt16BE(0), part, parts };
  }
  return null;
}

/** `20261123T160323`, with Z in UTC, without in the machine's time. */
function timeIn(text: string): number | null {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6');
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : at;
}

/** UTF-16 by its mark, else UTF-8. */
function textOf(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xfe && bytes[1] === 0xff
      ? 'utf-16be'
      : bytes[0] === 0xff && bytes[1] === 0xfe
        ? 'utf-16le'
        : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
