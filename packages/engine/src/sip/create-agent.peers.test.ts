/**
 * What only peers of other make do to an agent, played by hand on the fake network: offers that come late, DTMF in INFO,
 * reliable provisionals from the far end, ringing without end, requests too large for a datagram, two answers to one
 * INVITE.
 */
import { beforeEach, expect, it } from 'vitest';
import type { OutgoingInvite, SipAgent } from './agent.ts';
import { createSipAgent } from './create-agent.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
import { createFakeNetwork, type FakeNetwork } from './testing/fake-network.ts';
import { type RecordedAgent, recordedAgent, recordedSession } from './testing/recorded-agent.ts';
import { sdpOf } from './testing/sdp-fixture.ts';

const ENGINE = '10.0.0.1';
const PEER = '10.0.0.2';

let clock: FakeClock;
let network: FakeNetwork;
let recorded: RecordedAgent;
let engine: SipAgent;

beforeEach(async () => {
  clock = createFakeClock();
  network = createFakeNetwork(clock);
  recorded = recordedAgent(ENGINE);
  engine = createSipAgent(
    {
      host: ENGINE,
      port: 5060,
      publicAddress: null,
      userAgent: 'Openline',
      bindingsFile: null,
      delegate: recorded.delegate,
    },
    { clock, epochMs: () => clock.nowMs(), random: () => 0.5, makeTransports: network.transportsAt(ENGINE) },
  );
  engine.configure({
    accounts: [],
    peers: [{ ref: 'gateway', cidrs: ['10.0.0.2'] }],
    trunks: [],
    stationName: 'Radio',
  });
  await engine.start();
});

function send(startLine: string, headers: readonly string[], body = ''): void {
  const type =
    body === ''
      ? []
      : [body.startsWith('v=0') ? 'Content-Type: application/sdp' : 'Content-Type: application/dtmf-relay'];
  const lines = [startLine, ...headers, ...type, `Content-Length: ${body.length}`, '', body];
  network.inject(PEER, ENGINE, Buffer.from(lines.join('\r\n')));
}

/** A request of the peer's dialog; `tag`: ours, once known. */
function ask(
  method: string,
  cseq: number,
  tag: string | null,
  body = '',
  extra: readonly string[] = [],
): void {
  send(
    `${method} sip:studio@${ENGINE} SIP/2.0`,
    [
      `Via: SIP/2.0/UDP ${PEER};branch=z9hG4bK${method}${cseq}`,
      `From: <sip:555@${PEER}>;tag=peer`,
      `To: <sip:studio@${ENGINE}>${tag === null ? '' : `;tag=${tag}`}`,
      'Call-ID: by-hand',
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:555@${PEER}>`,
      ...extra,
    ],
    body,
  );
}

const last = (start: RegExp): string =>
  network.sent.findLast((each) => each.from === ENGINE && start.test(each.startLine))?.text ?? '';
const count = (start: RegExp): number =>
  network.sent.filter((each) => each.from === ENGINE && start.test(each.startLine)).length;
const toTag = (text: string): string => /\r\nTo: [^\r]*;tag=([^;\r]+)/.exec(text)?.[1] ?? '';

const dial = (uri = `sip:555@${PEER}`): OutgoingInvite => ({
  target: { kind: 'uri', uri, ref: 'gateway' },
  from: { number: '123', displayName: null },
  offer: (address) => sdpOf(address),
});

/** The peer's response to the last request of ours of that method. */
function reply(method: string, status: number, tag: string, body = '', extra: readonly string[] = []): void {
  const request = last(new RegExp(`^${method} `));
  const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map(
    (name) => new RegExp(`^${name}: .*$`, 'm').exec(request)?.[0] ?? '',
  );
  const to = /^To: [^\r]*/m.exec(request)?.[0] ?? '';
  const tagged = to.includes(';tag=') || tag === '' ? to : `${to};tag=${tag}`;
  send(
    `SIP/2.0 ${status} Hand-made`,
    [...copied.map((each) => each.trim()), tagged, `Contact: <sip:555@${PEER}>`, ...extra],
    body,
  );
}

it('an INVITE without offer gets ours, and the ACK brings the answer', async () => {
  ask('INVITE', 1, null);
  await clock.advance(10);
  const answer = last(/^SIP\/2\.0 200/);
  expect(answer).toContain('m=audio');
  expect(recorded.calls[0]?.session.offer).toBeNull();
  ask('ACK', 1, toTag(answer), sdpOf(PEER));
  await clock.advance(10);
  expect(recorded.calls[0]?.recorded.log).toEqual(['answer', 'confirmed']);
  expect(recorded.calls[0]?.recorded.answers).toEqual([sdpOf(PEER)]);
});

it('an INVITE without offer whose ACK brings no answer is ended', async () => {
  ask('INVITE', 1, null);
  await clock.advance(10);
  ask('ACK', 1, toTag(last(/^SIP\/2\.0 200/)));
  await clock.advance(10);
  expect(recorded.calls[0]?.recorded.ends).toMatchObject([{ by: 'local', how: 'error' }]);
  expect(count(/^BYE/)).toBe(1);
});

it('digits come in INFO, an older CSeq is refused, an UPDATE brings an offer', async () => {
  ask('INVITE', 10, null, sdpOf(PEER));
  await clock.advance(10);
  const tag = toTag(last(/^SIP\/2\.0 200/));
  ask('ACK', 10, tag);
  ask('INFO', 11, tag, 'Signal=5\r\nDuration=160\r\n');
  ask('INFO', 12, tag, 'Signal= 11\r\n');
  ask('UPDATE', 13, tag, sdpOf(PEER, 5000));
  await clock.advance(10);
  expect(recorded.calls[0]?.recorded.log).toEqual(['confirmed', 'dtmf 5', 'dtmf #', 'offer']);
  ask('INFO', 9, tag, 'Signal=1\r\n');
  await clock.advance(10);
  expect(last(/^SIP\/2\.0/)).toMatch(/^SIP\/2\.0 500 /);
});

it('a reliable provisional is acknowledged once, and its SDP is the answer of an empty 2xx', async () => {
  const call = recordedSession(ENGINE);
  engine.invite(dial(), call.delegate);
  await clock.advance(10);
  const reliable = ['Require: 100rel', 'RSeq: 7'];
  reply('INVITE', 183, 'far', sdpOf(PEER), reliable);
  await clock.advance(10);
  expect(last(/^PRACK/)).toContain('\r\nRAck: 7 1 INVITE\r\n');
  reply('PRACK', 200, 'far');
  reply('INVITE', 183, 'far', sdpOf(PEER), reliable);
  await clock.advance(10);
  expect(count(/^PRACK/)).toBe(1);
  reply('INVITE', 200, 'far');
  await clock.advance(10);
  expect(call.log).toEqual(['progress 183 sdp', 'answer']);
  expect(call.answers).toEqual([sdpOf(PEER)]);
});

it('timer C: a far end that rings for more than three minutes without a word is cancelled', async () => {
  const call = recordedSession(ENGINE);
  engine.invite(dial(), call.delegate);
  await clock.advance(10);
  reply('INVITE', 180, 'far');
  await clock.advance(180_000);
  expect(count(/^CANCEL/)).toBe(0);
  await clock.advance(5100);
  expect(count(/^CANCEL/)).toBe(1);
  reply('CANCEL', 200, 'far');
  reply('INVITE', 487, 'far');
  await clock.advance(10);
  expect(call.ends).toMatchObject([{ by: 'remote', how: 'refused', status: 487 }]);
  expect(count(/^ACK/)).toBe(1);
});

it('a second answer from behind a forking proxy is acknowledged and ended, a repeated one acknowledged again', async () => {
  const call = recordedSession(ENGINE);
  engine.invite(dial(), call.delegate);
  await clock.advance(10);
  reply('INVITE', 200, 'one', sdpOf(PEER));
  reply('INVITE', 200, 'two', sdpOf(PEER));
  reply('INVITE', 200, 'one', sdpOf(PEER));
  await clock.advance(10);
  expect(call.log).toEqual(['answer']);
  expect(count(/^ACK/)).toBe(3);
  expect(count(/^BYE/)).toBe(1);
  expect(last(/^BYE/)).toContain(';tag=two');
});

it('422 raises the session interval and the call is tried again', async () => {
  const call = recordedSession(ENGINE);
  engine.invite(dial(), call.delegate);
  await clock.advance(10);
  reply('INVITE', 422, 'far', '', ['Min-SE: 3600']);
  await clock.advance(10);
  expect(last(/^INVITE/)).toMatch(/\r\nSession-Expires: 3600\r\nMin-SE: 3600\r\n/);
  expect(call.ends).toHaveLength(0);
});

it('a request over 1300 bytes goes by TCP where the transport was left open, and back to UDP when nobody listens', async () => {
  const call = recordedSession(ENGINE);
  const large = { ...dial(), offer: (address: string) => sdpOf(address) + 'a=x\r\n'.repeat(250) };
  engine.invite(large, call.delegate);
  await clock.advance(10);
  const invites = network.sent.filter((each) => each.startLine.startsWith('INVITE'));
  expect(invites.map((each) => each.transport)).toEqual(['tcp', 'udp']);
  expect(invites[1]?.text.match(/^Via: /gm)).toHaveLength(1);
});

it('routes of a proxy are followed, in the right order', async () => {
  const call = recordedSession(ENGINE);
  const session = engine.invite(dial(), call.delegate);
  await clock.advance(10);
  reply('INVITE', 200, 'far', sdpOf(PEER), ['Record-Route: <sip:10.0.0.9;lr>, <sip:10.0.0.8;lr>']);
  await clock.advance(10);
  session.end();
  const bye = last(/^BYE/);
  expect(bye).toMatch(/^BYE sip:555@10\.0\.0\.2 SIP/);
  expect(bye.match(/^Route: .*$/gm)).toEqual(['Route: <sip:10.0.0.8;lr>', 'Route: <sip:10.0.0.9;lr>']);
  expect(network.sent.findLast((each) => each.startLine.startsWith('BYE'))?.to).toBe('10.0.0.8');
});

it.each([
  ['by From', '<sip:+2203@h>', [], { user: '+2203', displayName: '' }],
  [
    'by a tel URI, without its separators',
    '<tel:+220-(3)-01.02>',
    [],
    { user: '+22030102', displayName: '' },
  ],
  [
    'by what the gateway asserts, rather than by From',
    '<sip:gw@h>',
    ['P-Asserted-Identity: "Ceesay, Awa" <sip:+2207@h>, <tel:+2207>'],
    { user: '+2207', displayName: 'Ceesay, Awa' },
  ],
  [
    'by the identity of older gateways',
    '<sip:gw@h>',
    [
      'Remote-Party-ID: <sip:+9@h>;party=called',
      'Remote-Party-ID: "Awa" <sip:+2207@h>;party=calling;privacy=off',
    ],
    { user: '+2207', displayName: 'Awa' },
  ],
  [
    'by nothing where an older gateway says that it is private',
    '"Awa" <sip:+2207@h>',
    ['Remote-Party-ID: "Awa" <sip:+2207@h>;party=calling;privacy=full'],
    { user: '', displayName: '' },
  ],
  [
    'by nothing where the number is withheld',
    '"Restricted" <sip:restricted@h>',
    [],
    { user: '', displayName: '' },
  ],
  ['in ISO 8859-1', '"Jos\xe9" <sip:+2207@h>', [], { user: '+2207', displayName: 'José' }],
  ['in UTF-8', '"Jos\xc3\xa9" <sip:+2207@h>', [], { user: '+2207', displayName: 'José' }],
])('who calls is known %s', async (_how, from, extra, expected) => {
  const headers = [
    `Via: SIP/2.0/UDP ${PEER};branch=z9hG4bKwho`,
    `From: ${from};tag=peer`,
    `To: <sip:studio@${ENGINE}>`,
    'Call-ID: who',
    'CSeq: 1 INVITE',
    `Contact: <sip:555@${PEER}>`,
    ...extra,
  ];
  const bytes = [`INVITE sip:studio@${ENGINE} SIP/2.0`, ...headers, 'Content-Length: 0', '', ''].join('\r\n');
  network.inject(PEER, ENGINE, Buffer.from(bytes, 'latin1'));
  await clock.advance(10);
  expect(recorded.calls[0]?.session.remote).toMatchObject(expected);
});

it('an SDP whose type was forgotten is an offer', async () => {
  const headers = [
    `Via: SIP/2.0/UDP ${PEER};branch=z9hG4bKuntyped`,
    `From: <sip:555@${PEER}>;tag=peer`,
    `To: <sip:studio@${ENGINE}>`,
    'Call-ID: untyped',
    'CSeq: 1 INVITE',
    `Contact: <sip:555@${PEER}>`,
  ];
  const body = sdpOf(PEER);
  const bytes = [
    `INVITE sip:studio@${ENGINE} SIP/2.0`,
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
  network.inject(PEER, ENGINE, Buffer.from(bytes));
  await clock.advance(10);
  expect(recorded.calls[0]?.session.offer).toBe(body);
});

it('a far end that gives its loopback as Contact is answered where it was heard from', async () => {
  ask('INVITE', 1, null, sdpOf(PEER));
  await clock.advance(10);
  const tag = toTag(last(/^SIP\/2.0 200/));
  ask('ACK', 1, tag);
  await clock.advance(10);
  ask('UPDATE', 2, tag, '', ['Contact: <sip:555@127.0.0.1>']);
  await clock.advance(10);
  recorded.calls[0]?.session.end();
  await clock.advance(10);
  expect(network.sent.find((each) => each.startLine.startsWith('BYE'))?.to).toBe(PEER);
});
