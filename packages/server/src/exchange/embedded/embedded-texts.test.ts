import type { ControlClient, ControlEvents } from '@openline/engine';
import { expect, test } from 'vitest';
import type { ExchangeConfig } from '../../desk/ports/exchange.ts';
import type { SipText, SipTextToSend } from '../../desk/ports/sip-texts.ts';
import { EmbeddedTexts } from './embedded-texts.ts';

const account = (username: string) => ({ username, password: 'p' });
const line = { number: null, trust: [], accounts: [], register: null, gateway: null };
const config: ExchangeConfig = {
  stationName: 'Radio',
  lines: [
    { ...line, id: 'uri', number: '+2201', gateway: 'sip:10.0.0.9:5080' },
    {
      ...line,
      id: 'trunk',
      register: { server: 'sip:x.example', username: 'u', password: 'p', transport: 'udp' },
    },
    { ...line, id: 'gsm', accounts: [account('goip1'), account('goip2')] },
    { ...line, id: 'nothing' },
  ],
  phones: [{ userId: 'anna', ...account('anna-phone') }],
  host: null,
  hold: { kind: 'program' },
  outputs: [],
  rtpTimeoutMs: 1,
  dialTimeoutMs: 1,
  dumpMs: 3_000,
};

const received: ControlEvents['message.received'] = {
  message: 'm1',
  origin: { kind: 'account', ref: 'line:gsm' },
  from: { user: '+2207', host: 'x', displayName: '' },
  called: 'studio',
  text: 'hello',
  at: 1,
  contentType: 'text/plain',
  callId: 'c1',
  cseq: 2,
  sentAt: 5,
};

function open(statuses: number[] = []) {
  const requests: { command: string; data: unknown }[] = [];
  const client = {
    request: (command: string, data: unknown) => {
      requests.push({ command, data });
      return Promise.resolve({ ok: true, data: { status: statuses.shift() ?? 200 } });
    },
    close: () => undefined,
  } as ControlClient;
  const log = { warn: () => undefined };
  return { requests, texts: new EmbeddedTexts({ client: () => client, config: () => config, log }) };
}

const send = (more: Partial<SipTextToSend>): SipTextToSend => ({
  messageId: 'm1',
  attempt: 1,
  lineId: null,
  endpoint: '+2207000001',
  contentType: 'text/plain',
  body: 'hi',
  ...more,
});

test('a text is answered with what the receiver says of it', () => {
  const { requests, texts } = open();
  const taken: SipText[] = [];
  texts.receiveTexts({
    onText: (text) => (taken.push(text), 200),
    onConnected: () => undefined,
  });
  texts.take(received);
  expect(taken).toEqual([
    {
      owner: { kind: 'line', lineId: 'gsm' },
      sender: '+2207',
      contentType: 'text/plain',
      body: 'hello',
      callId: 'c1',
      cseq: 2,
      sentAt: 5,
    },
  ]);
  texts.take({ ...received, message: 'm2', origin: { kind: 'peer', ref: 'stranger' } });
  texts.receiveTexts(null);
  texts.take({ ...received, message: 'm3' });
  expect(requests.map(({ data }) => data)).toEqual([
    { message: 'm1', status: 200 },
    { message: 'm2', status: 404 },
    { message: 'm3', status: 503 },
  ]);
});

test.each([
  [{ lineId: 'uri' }, { kind: 'uri', uri: 'sip:+2207000001@10.0.0.9:5080', ref: 'line:uri' }],
  [{ lineId: 'trunk' }, { kind: 'trunk', ref: 'line:trunk', number: '+2207000001' }],
  [{ lineId: 'gsm' }, { kind: 'account-number', username: 'goip1', number: '+2207000001' }],
  [{ endpoint: 'anna-phone' }, { kind: 'account', username: 'anna-phone', isAutoAnswer: false }],
  [{ endpoint: 'sip:x@10.0.0.1' }, { kind: 'uri', uri: 'sip:x@10.0.0.1', ref: 'host' }],
] as const)('%j goes by %j', async (text, target) => {
  const { requests, texts } = open();
  expect(await texts.sendText(send(text))).toMatchObject({ ok: true, status: 200 });
  const data = { target, message: 'm1', attempt: 1 };
  expect(requests).toMatchObject([{ command: 'message.send', data }]);
});

test('the next account of a line is asked where the first is not registered', async () => {
  const { requests, texts } = open([404, 202]);
  expect(await texts.sendText(send({ lineId: 'gsm' }))).toEqual({ ok: true, status: 202, isToAccount: true });
  expect(requests).toHaveLength(2);
});

test('a line without any way out says so', async () => {
  const { texts } = open();
  expect(await texts.sendText(send({ lineId: 'nothing' }))).toMatchObject({ ok: false, code: 'nowhere' });
  expect(await texts.sendText(send({}))).toMatchObject({ ok: false, code: 'nowhere' });
});

test('the connection is told at once and at every change', () => {
  const { texts } = open();
  const told: boolean[] = [];
  texts.setConnected(true);
  texts.receiveTexts({ onText: () => 200, onConnected: (isConnected) => void told.push(isConnected) });
  texts.setConnected(true);
  texts.setConnected(false);
  expect(told).toEqual([true, false]);
});
