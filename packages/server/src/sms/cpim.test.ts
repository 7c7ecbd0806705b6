import { expect, test } from 'vitest';
import { buildCpim, parseCpim, parseDeliveryNote } from './cpim.ts';

test('an envelope as a phone sends it is opened', () => {
  const body = [
    'From: MR SANDERS <im:piglet@100akerwood.com>',
    'To: Depressed Donkey <im:eeyore@100akerwood.com>',
    'DateTime: 2000-12-13T13:40:00-08:00',
    'NS: i <urn:ietf:params:imdn>',
    'i.Message-ID: 34jk324j',
    '',
    'Content-type: text/plain; charset=utf-8',
    'Content-ID: <1234567890@foo.com>',
    '',
    'Here is the text.',
    '',
    'Second paragraph 🎉',
    '',
  ].join('\r\n');
  expect(parseCpim(body)).toEqual({
    contentType: 'text/plain',
    content: 'Here is the text.\n\nSecond paragraph 🎉',
    sentAt: Date.parse('2000-12-13T21:40:00Z'),
    messageId: '34jk324j',
  });
});

test('what is built can be opened again', () => {
  const built = buildCpim({ id: 'm-1', to: '+2207000001', content: 'hello\n\nthere', at: 1_700_000_000_000 });
  expect(parseCpim(built)).toEqual({
    contentType: 'text/plain',
    content: 'hello\n\nthere',
    sentAt: 1_700_000_000_000,
    messageId: 'm-1',
  });
});

test.each(['', 'hello', 'a: b\n\nc: d\n\nx', '\n\n\n\n'])('%j is no envelope', (body) => {
  expect(parseCpim(body)).toBeNull();
});

const note = (status: string): string =>
  `<?xml version="1.0"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m-1</message-id>
   <datetime>2008-04-04T12:16:49-05:00</datetime>
   <delivery-notification><status>${status}</status></delivery-notification></imdn>`;

test.each([
  ['<delivered/>', 'delivered'],
  ['\n <failed/> ', 'failed'],
  ['<error/>', 'failed'],
  ['<displayed/>', 'delivered'],
])('a note that says %j means %s', (status, outcome) => {
  expect(parseDeliveryNote(note(status))).toEqual({ messageId: 'm-1', outcome });
});

test('a note without a name or without a status says nothing', () => {
  expect(parseDeliveryNote(note('<whatever/>'))).toBeNull();
  expect(parseDeliveryNote('<imdn/>')).toBeNull();
});
