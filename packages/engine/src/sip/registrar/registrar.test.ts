/** RFC 3261 10.3 on the location service: several contacts of one phone, and the same phone at another place. */
import { beforeEach, expect, it } from 'vitest';
import { parseMessage } from '../message/parser.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { Flow } from '../transport/transport.ts';
import { createLocation, type Location } from './location.ts';
import { register } from './registrar.ts';

const FLOW: Flow = {
  transport: 'udp',
  isReliable: false,
  remoteAddress: '10.0.0.2',
  remotePort: 5060,
  isOpen: () => true,
  send() {},
  close() {},
};

let location: Location;
let cseq: number;

beforeEach(() => {
  const clock = createFakeClock();
  location = createLocation(
    null,
    clock,
    () => clock.nowMs(),
    () => {},
  );
  cseq = 0;
});

function send(callId: string, ...headers: string[]) {
  const lines = [
    'REGISTER sip:10.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKx',
    'From: <sip:anna@10.0.0.1>;tag=a',
    'To: <sip:anna@10.0.0.1>',
    `Call-ID: ${callId}`,
    `CSeq: ${++cseq} REGISTER`,
    ...headers,
    '',
    '',
  ];
  const parsed = parseMessage(Buffer.from(lines.join('\r\n')), false);
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('no request');
  return register(location, 'anna', parsed.message, FLOW, 0);
}

const contacts = () => location.of('anna').map((each) => each.contact);

it('every contact of one REGISTER is kept', () => {
  const reply = send(
    'one',
    'Contact: <sip:anna@10.0.0.2:1>, <sip:anna@10.0.0.2:2>',
    'Contact: <sip:anna@10.0.0.2:3>',
  );
  expect(reply.headers).toHaveLength(3);
  expect(contacts()).toEqual(['sip:anna@10.0.0.2:1', 'sip:anna@10.0.0.2:2', 'sip:anna@10.0.0.2:3']);
  send('one', 'Contact: <sip:anna@10.0.0.2:1>, <sip:anna@10.0.0.2:2>;expires=0');
  expect(contacts()).not.toContain('sip:anna@10.0.0.2:2');
});

it('a phone that comes back from another port is rung there only', () => {
  send('one', 'Contact: <sip:anna@10.0.0.2:1>');
  send('one', 'Contact: <sip:anna@10.0.0.2:9>');
  expect(contacts()).toEqual(['sip:anna@10.0.0.2:9']);
});

it('all are gone with a star, which must be alone and for zero seconds', () => {
  send('one', 'Contact: <sip:anna@10.0.0.2:1>');
  expect(send('one', 'Contact: *').status).toBe(400);
  expect(send('one', 'Contact: *', 'Contact: <sip:x@y>', 'Expires: 0').status).toBe(400);
  expect(contacts()).toHaveLength(1);
  expect(send('one', 'Contact: *', 'Expires: 0').status).toBe(200);
  expect(contacts()).toHaveLength(0);
});

it('too short a time is refused with the shortest that is granted', () => {
  expect(send('one', 'Contact: <sip:anna@10.0.0.2:1>;expires=5')).toMatchObject({
    status: 423,
    headers: [['Min-Expires', '30']],
  });
});
