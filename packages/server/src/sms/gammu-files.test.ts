import { expect, test } from 'vitest';
import { nameInOutbox, outboxContent, outboxName, parseInboxFile } from './gammu-files.ts';

/** As gammu-smsd 1.42 writes it with inboxformat detail. */
const section = (number: number, udh: string, text: string): string => `
[SMSBackup00${number}]
; what it says
PDU = Deliver
SMSC = "123456"
DateTime = 20261123T160323Z
State = UnRead
Number = "+2207000001"
NumberUnicode = 002B0032003200300037003000300030003000300031
Name = ""
NameUnicode =
UDH = ${udh}
Text00 = ${text.slice(0, 12)}
Text01 = ${text.slice(12)}
Coding = Unicode_No_Compression
Folder = 1
Class = -1
`;
const hex = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();
const backup = (...sections: string[]): Uint8Array => Buffer.from(`; made by Gammu\n${sections.join('')}`);

test('a detailed file gives every part with its header, a character cut in two included', () => {
  const texts = parseInboxFile(
    'IN1.txt',
    backup(
      section(0, '050003CB0201', hex('Vote \u{d83c}')),
      section(1, '06080401F40202', hex('\u{df89} now')),
      section(2, '', hex('alone')),
    ),
  );
  const sentAt = Date.UTC(2026, 10, 23, 16, 3, 23);
  expect(texts).toEqual([
    { sender: '+2207000001', content: 'Vote \u{d83c}', sentAt, part: { reference: 0xcb, part: 1, parts: 2 } },
    { sender: '+2207000001', content: '\u{df89} now', sentAt, part: { reference: 0x1f4, part: 2, parts: 2 } },
    { sender: '+2207000001', content: 'alone', sentAt, part: null },
  ]);
});

test('other elements of the header do not hide the parts', () => {
  const texts = parseInboxFile(
    'IN1.txt',
    backup(section(0, '0B05040B8423F0000307 0201'.replace(' ', ''), hex('abc'))),
  );
  expect(texts?.[0]?.part).toEqual({ reference: 7, part: 1, parts: 2 });
  expect(parseInboxFile('IN1.txt', backup(section(0, 'FF00', hex('abc'))))?.[0]?.part).toBeNull();
});

test('plain files are read by their name, in UTF-16 and UTF-8', () => {
  const name = 'IN20261123_160323_00_+2207000001_00.txt';
  const expected = { sender: '+2207000001', content: 'Grüße 🎉', part: null };
  expect(parseInboxFile(name, outboxContent('Grüße 🎉'))).toMatchObject([expected]);
  expect(parseInboxFile(name, Buffer.from('Grüße 🎉'))).toMatchObject([expected]);
  expect(parseInboxFile('INxyz.txt', Buffer.from('who?'))).toBeNull();
  expect(parseInboxFile('IN1.txt', backup(section(0, '', 'nothex')))).toBeNull();
});

test('a delivery report is no text', () => {
  const report = section(0, '', hex('Delivered')).replace('PDU = Deliver', 'PDU = Status_Report');
  expect(parseInboxFile('IN1.txt', backup(report))).toEqual([]);
});

test('names in the outbox sort by time and give our name back', () => {
  const name = outboxName('+2207000001', '0b5e-1-2', Date.UTC(2026, 0, 2, 3, 4, 5));
  expect(name).toBe('OUTC20260102_030405_00_+2207000001_0b5e-1-2.txt');
  expect(nameInOutbox(name)).toBe('0b5e-1-2');
  expect(nameInOutbox('OUT+2207000001.txt')).toBeNull();
  expect(nameInOutbox(`.${name}.part`)).toBeNull();
});
