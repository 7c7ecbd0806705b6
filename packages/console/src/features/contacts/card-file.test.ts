import type { Person } from '@openline/protocol';
import { expect, test } from 'vitest';
import { readCardFile, writeCsv, writeVcards } from './card-file.ts';

const person = (more: Partial<Person>): Person => ({
  contact_id: '+2203011001',
  number: '+2203011001',
  name: 'Fatou Jallow',
  location: 'Bakau',
  notes: 'Rice; "cheap", she says\nsince May',
  properties: {},
  tags: ['rice', 'regular, Friday'],
  blocked: false,
  first_contact: null,
  last_contact: null,
  calls: 0,
  texts: 0,
  on_air_ms: 0,
  ...more,
});

test('what is written as CSV is read back', () => {
  const people = [
    person({ tags: ['rice', 'regular'] }),
    person({ number: 'sip:ben@example.org', name: null, tags: [] }),
  ];
  expect(readCardFile(writeCsv(people))).toEqual({
    cards: [
      {
        number: '+2203011001',
        name: 'Fatou Jallow',
        location: 'Bakau',
        notes: 'Rice; "cheap", she says\nsince May',
        tags: ['rice', 'regular'],
        isBlocked: false,
      },
      {
        number: 'sip:ben@example.org',
        name: null,
        location: 'Bakau',
        notes: 'Rice; "cheap", she says\nsince May',
        tags: [],
        isBlocked: false,
      },
    ],
    leftOut: [],
  });
});

test('what is written as vCard is read back, with commas, semicolons and line ends, in lines of 75 octets', () => {
  const long = `Fatou ${'é'.repeat(60)} Jallow`;
  const text = writeVcards([person({ name: long })]);
  for (const line of text.split('\r\n'))
    expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  expect(readCardFile(text).cards).toEqual([
    {
      number: '+2203011001',
      name: long,
      location: 'Bakau',
      notes: 'Rice; "cheap", she says\nsince May',
      tags: ['rice', 'regular, Friday'],
      isBlocked: false,
    },
  ]);
});

test('reads the spreadsheets of others: their headings, semicolons, a byte order mark', () => {
  const text =
    '\uFEFFFull name;Mobile;City;Groups\nLamin Touray;+220 301 10 02;Brikama;news;\n;;;\nAwa;none;;\n';
  expect(readCardFile(text)).toEqual({
    cards: [
      {
        number: '+2203011002',
        name: 'Lamin Touray',
        location: 'Brikama',
        notes: null,
        tags: ['news'],
        isBlocked: false,
      },
    ],
    leftOut: [{ at: 2, text: 'none' }],
  });
});

test('a list without headings has our columns in order', () => {
  expect(readCardFile('3011003,Ebrima\n').cards).toMatchObject([{ number: '3011003', name: 'Ebrima' }]);
});

test("reads a telephone's vCard 3.0: groups, parameters, folded lines, several numbers", () => {
  const text = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    'FN:Awa Cee',
    ' say',
    'item1.TEL;type=CELL;type=pref:+220 3011 004',
    'TEL;type=HOME:+2204444444',
    'ADR;TYPE=HOME:;;1 Road;Farafenni;;;GM',
    'END:VCARD',
    'BEGIN:VCARD',
    'FN:No number',
    'END:VCARD',
  ].join('\r\n');
  const read = readCardFile(text);
  expect(read.cards).toMatchObject([{ number: '+2203011004', name: 'Awa Ceesay', location: 'Farafenni' }]);
  expect(read.leftOut).toEqual([{ at: 2, text: '' }]);
});

test('a spreadsheet takes no text for a formula', () => {
  const text = writeCsv([person({ name: '=cmd()' })]);
  expect(text).toContain("'=cmd()");
  expect(readCardFile(text).cards).toMatchObject([{ name: '=cmd()' }]);
});
