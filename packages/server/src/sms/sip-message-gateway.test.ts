import { expect, test } from 'vitest';
import type {
  SipText,
  SipTextReceiver,
  SipTextResult,
  SipTexts,
  SipTextToSend,
} from '../desk/ports/sip-texts.ts';
import { smsGatewayConformance } from '../desk/testing/sms-gateway-conformance.ts';
import { TextDesk } from '../desk/records/testing/text-desk.ts';
import { buildCpim } from './cpim.ts';
import { SipMessageGateway } from './sip-message-gateway.ts';

/** SIP without a network; like the engine it sends the same try once. */
class FakeSip implements SipTexts {
  receiver: SipTextReceiver | null = null;
  isConnected = true;
  readonly sent: SipTextToSend[] = [];
  readonly statuses: number[] = [];
  isToAccount = false;
  readonly #tries = new Map<string, SipTextResult>();

  receiveTexts(receiver: SipTextReceiver | null): void {
    this.receiver = receiver;
    receiver?.onConnected(this.isConnected);
  }
  sendText(text: SipTextToSend): Promise<SipTextResult> {
    if (!this.isConnected) return Promise.resolve({ ok: false, code: 'down', msg: 'no engine' });
    const name = `${text.messageId}#${text.attempt}`;
    const known = this.#tries.get(name);
    if (known) return Promise.resolve(known);
    const status = this.statuses.shift() ?? 200;
    if (status < 300) this.sent.push(text);
    const result = { ok: true, status, isToAccount: this.isToAccount } as const;
    this.#tries.set(name, result);
    return Promise.resolve(result);
  }
  connect(isConnected: boolean): void {
    this.isConnected = isConnected;
    this.receiver?.onConnected(isConnected);
  }
  bring(text: Partial<SipText>): number {
    const status = this.receiver?.onText({
      owner: { kind: 'line', lineId: 'studio' },
      sender: '+2207000001',
      contentType: 'text/plain;charset=UTF-8',
      body: 'hello',
      callId: 'c1',
      cseq: 1,
      sentAt: null,
      ...text,
    });
    return status ?? 503;
  }
}

const now = 1_700_000_000_000;
function gatewayOn(sip: FakeSip, asksForDelivery = false): SipMessageGateway {
  return new SipMessageGateway({
    sip,
    config: () => ({ lines: ['studio'], accounts: ['anna-phone'], asksForDelivery }),
    now: () => now,
    onProblem: () => undefined,
  });
}

smsGatewayConformance('SIP MESSAGE', () => {
  const sip = new FakeSip();
  let count = 0;
  return Promise.resolve({
    gateway: gatewayOn(sip),
    route: { lineId: 'studio', endpoint: '+2207000001' },
    bring(sender, body) {
      count += 1;
      const status = sip.bring({ sender, body, callId: `c${count}` });
      return Promise.resolve({ isAcknowledged: status === 200 });
    },
    received: () => Promise.resolve(sip.sent.map(({ body }) => body)),
    refuseNext: (isForNow) => () => sip.statuses.push(isForNow ? 503 : 404),
    goAway: () => sip.connect(false),
    comeBack: () => sip.connect(true),
    close: () => undefined,
  });
});

/** The whole way: SIP below, the station's texts above. */
function station(asksForDelivery = false) {
  const sip = new FakeSip();
  const desk = new TextDesk();
  desk.messages.replaceGateways([gatewayOn(sip, asksForDelivery)]);
  return { sip, desk };
}

test('a MESSAGE that is sent again after a lost 200 is there once', async () => {
  const { sip, desk } = station();
  expect(sip.bring({ callId: 'a', cseq: 1 })).toBe(200);
  expect(sip.bring({ callId: 'a', cseq: 1 })).toBe(200);
  expect(sip.bring({ callId: 'a', cseq: 2 })).toBe(200);
  expect(sip.bring({ callId: 'b', cseq: 1, sentAt: now })).toBe(200);
  expect(sip.bring({ callId: 'c', cseq: 1, sentAt: now })).toBe(200);
  expect(desk.shown()).toHaveLength(2);
  await desk.pass(6 * 60_000);
  sip.bring({ callId: 'a', cseq: 3 });
  expect(desk.shown()).toHaveLength(3);
});

test('a clock that was never set does not make two texts one', () => {
  const { sip, desk } = station();
  sip.bring({ callId: 'a', sentAt: 0 });
  sip.bring({ callId: 'b', sentAt: 0 });
  expect(desk.shown()).toHaveLength(2);
});

test.each([
  [{ owner: { kind: 'line', lineId: 'without' } } as const, 403],
  [{ contentType: 'text/html' }, 415],
  [{ contentType: 'message/cpim', body: 'no envelope' }, 415],
  [{ contentType: 'message/imdn+xml', body: '<imdn/>' }, 200],
  [{ owner: { kind: 'user', userId: 'anna' }, sender: 'anna-phone' } as const, 200],
])('%j is answered with %d', (text, status) => {
  expect(station().sip.bring(text)).toBe(status);
});

test('a text in an envelope is opened, and known again by its own name', () => {
  const { sip, desk } = station();
  const body = buildCpim({ id: 'imdn-1', to: 'studio', content: 'in an envelope', at: now });
  sip.bring({ contentType: 'message/cpim', body, callId: 'a' });
  sip.bring({ contentType: 'message/cpim', body, callId: 'b' });
  expect(desk.shown().map(({ content }) => content)).toEqual(['in an envelope']);
});

test('a phone that is not registered now is tried later, a number that does not exist is not', async () => {
  const { sip, desk } = station();
  sip.isToAccount = true;
  sip.statuses.push(404);
  const id = desk.send('hello', { endpoint: 'anna-phone' });
  await desk.settle();
  expect(desk.shown()).toMatchObject([{ status: 'queued', error: 'the phone is not registered' }]);
  await desk.pass(5_000);
  expect(desk.statuses(id).at(-1)).toBe('sent');
  sip.isToAccount = false;
  sip.statuses.push(404);
  desk.send('hello', { endpoint: '+2209999999' });
  await desk.settle();
  expect(desk.shown().at(-1)).toMatchObject({ status: 'failed', error: '404 Not Found' });
});

test('an engine that goes away before it answers is asked about the same try, so that nothing is sent twice', async () => {
  const { sip, desk } = station();
  const answer = sip.sendText.bind(sip);
  sip.sendText = async (text) => {
    await answer(text);
    return { ok: false, code: 'down', msg: 'the connection broke' };
  };
  const id = desk.send('once');
  await desk.settle();
  expect(desk.shown()).toMatchObject([{ status: 'queued', error: 'the connection broke' }]);
  sip.sendText = answer;
  await desk.pass(5_000);
  expect(desk.statuses(id).at(-1)).toBe('sent');
  expect(sip.sent.map(({ attempt }) => attempt)).toEqual([1]);
});

test('delivered is what the phone says of it', async () => {
  const { sip, desk } = station(true);
  const id = desk.send('hello');
  await desk.settle();
  expect(sip.sent).toMatchObject([{ contentType: 'message/cpim' }]);
  expect(sip.sent[0]?.body).toContain(`imdn.Message-ID: ${id}`);
  const note = `<imdn><message-id>${id}</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>`;
  expect(sip.bring({ contentType: 'message/imdn+xml', body: note })).toBe(200);
  expect(desk.statuses(id)).toEqual(['queued', 'sending', 'sent', 'delivered']);
  expect(desk.shown()).toHaveLength(1);
});

test('a phone that takes plain texts only gets them plain, from then on at once', async () => {
  const { sip, desk } = station(true);
  sip.statuses.push(415);
  desk.send('one');
  await desk.settle();
  desk.send('two');
  await desk.settle();
  expect(sip.sent.map(({ contentType, body }) => [contentType, body])).toEqual([
    ['text/plain;charset=UTF-8', 'one'],
    ['text/plain;charset=UTF-8', 'two'],
  ]);
});
