import { expect, test } from 'vitest';
import { FakeSmsGateway } from '../testing/fake-sms-gateway.ts';
import { MemoryMessageStore } from '../testing/memory-message-store.ts';
import { retryAfterMs } from './outgoing-texts.ts';
import { anna, TextDesk, textsConfig } from './testing/text-desk.ts';

const down = { ok: false, isRetryable: true, reason: 'no network' } as const;

test('it is stored as queued before anything is sent, told to the sender, then sent', async () => {
  const desk = new TextDesk();
  const id = desk.send('hello');
  const [first, second] = desk.broadcaster.sent;
  expect(first).toEqual({
    audience: { to: 'self', client: anna.client },
    frame: { event: 'messages:sent', data: { t1: id } },
  });
  expect(second?.frame.event).toBe('messages:update');
  await desk.settle();
  expect(desk.statuses(id)).toEqual(['queued', 'sending', 'sent']);
  expect(desk.gateway.sent).toEqual([
    { messageId: id, attempt: 1, lineId: 'studio', endpoint: '+2207000001', content: 'hello' },
  ]);
  expect(desk.texts).toEqual(['+2207000001']);
});

test('a gateway that is down for an hour loses nothing, and sends nothing twice', async () => {
  const desk = new TextDesk();
  desk.gateway.answers.push(...Array.from({ length: 1_000 }, () => down));
  const ids = Array.from({ length: 20 }, (_, n) => desk.send(`text ${n}`, { endpoint: `70000${n + 10}` }));
  for (let minute = 0; minute < 60; minute += 1) {
    await desk.pass(60_000);
    if (minute === 30) desk.restart();
  }
  expect(desk.gateway.sent).toEqual([]);
  expect(new Set(ids.map((id) => desk.statuses(id).at(-1)))).toEqual(new Set(['queued']));
  expect(desk.shown()[0]?.error).toBe('no network');
  desk.gateway.answers.length = 0;
  await desk.pass(5 * 60_000);
  expect(desk.gateway.sent.map(({ messageId }) => messageId).toSorted()).toEqual(ids.toSorted());
  expect(new Set(ids.map((id) => desk.statuses(id).at(-1)))).toEqual(new Set(['sent']));
});

test('a gateway that says itself that it is not well is not asked, and at once when it is well', async () => {
  const desk = new TextDesk();
  desk.gateway.become({ isWell: false, msg: 'unplugged' });
  const id = desk.send('hello');
  await desk.pass(3_600_000);
  expect(desk.gateway.asked).toBe(0);
  desk.gateway.become({ isWell: true, msg: null });
  await desk.settle();
  expect(desk.statuses(id)).toEqual(['queued', 'sending', 'sent']);
  expect(desk.health).toEqual([
    { gatewayId: 'fake', isWell: false },
    { gatewayId: 'fake', isWell: true },
  ]);
});

test('it fails with the reason of the gateway: at once when that is final, at the limit when it is not', async () => {
  const desk = new TextDesk();
  desk.gateway.answers.push({ ok: false, isRetryable: false, reason: '404 Not Found' });
  const id = desk.send('hello');
  await desk.settle();
  expect(desk.statuses(id)).toEqual(['queued', 'sending', 'failed']);
  expect(desk.shown()[0]?.error).toBe('404 Not Found');

  desk.messages.configure({ ...textsConfig, retryLimit: 3 });
  desk.gateway.answers.push(down, down, down);
  const other = desk.send('again');
  await desk.pass(3_600_000);
  expect(desk.statuses(other)).toEqual([
    'queued',
    'sending',
    'queued',
    'sending',
    'queued',
    'sending',
    'failed',
  ]);
  expect(desk.gateway.sent).toEqual([]);
});

test('the pauses between tries double, up to five minutes', () => {
  expect([1, 2, 3, 7, 50].map(retryAfterMs)).toEqual([5_000, 10_000, 20_000, 300_000, 300_000]);
});

test('a restart in the middle asks for the same attempt, which the gateway does not send again', async () => {
  const gateway = new FakeSmsGateway();
  const store = new MemoryMessageStore();
  const desk = new TextDesk(gateway, store);
  const id = desk.send('once only');
  await desk.settle();
  expect(gateway.sent).toHaveLength(1);
  // Its answer was on the way when the server died.
  const message = store.find(id);
  if (message) store.save({ ...message, status: 'sending', isAccepted: false });
  desk.restart();
  await desk.settle();
  expect(gateway.asked).toBe(2);
  expect(gateway.sent).toHaveLength(1);
  expect(store.find(id)).toMatchObject({ status: 'sent', attempts: 1 });
});

test('what a gateway keeps is not asked about after a restart, its report ends it', async () => {
  const desk = new TextDesk();
  desk.gateway.answers.push({ ok: true, isSent: false });
  const id = desk.send('hello');
  await desk.settle();
  desk.restart();
  await desk.pass(3_600_000);
  expect(desk.gateway.asked).toBe(1);
  desk.gateway.report({ messageId: id, outcome: 'sent', reason: null, isRetryable: false });
  desk.gateway.report({ messageId: id, outcome: 'delivered', reason: null, isRetryable: false });
  desk.gateway.report({ messageId: id, outcome: 'sent', reason: null, isRetryable: false });
  desk.gateway.report({ messageId: 'nobody', outcome: 'sent', reason: null, isRetryable: false });
  expect(desk.statuses(id)).toEqual(['queued', 'sending', 'sending', 'sent', 'delivered']);
});

test('what a gateway gives up for now is tried again, as another attempt', async () => {
  const desk = new TextDesk();
  desk.gateway.answers.push({ ok: true, isSent: false });
  const id = desk.send('hello');
  await desk.settle();
  desk.gateway.report({ messageId: id, outcome: 'failed', reason: 'no signal', isRetryable: true });
  expect(desk.shown()[0]).toMatchObject({ status: 'queued', error: 'no signal' });
  await desk.pass(5_000);
  expect(desk.gateway.sent.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(desk.statuses(id).at(-1)).toBe('sent');
});

test('a report that comes before the answer is not undone by it', async () => {
  const desk = new TextDesk();
  desk.gateway.isSlow = true;
  const id = desk.send('hello');
  desk.gateway.report({ messageId: id, outcome: 'delivered', reason: null, isRetryable: false });
  desk.gateway.release();
  await desk.settle();
  expect(desk.statuses(id)).toEqual(['queued', 'sending', 'delivered']);
});

test('texts to one number go one after another', async () => {
  const desk = new TextDesk();
  desk.gateway.isSlow = true;
  desk.send('one');
  desk.at += 1;
  desk.send('two');
  desk.send('elsewhere', { endpoint: '7000009' });
  await desk.settle();
  expect(desk.gateway.asked).toBe(2);
  desk.gateway.isSlow = false;
  desk.gateway.release();
  await desk.settle();
  expect(desk.gateway.sent.map(({ content }) => content)).toEqual(['one', 'elsewhere', 'two']);
});

test('a gateway that throws is one that is down', async () => {
  const desk = new TextDesk();
  desk.gateway.send = () => Promise.reject(new Error('broken'));
  const id = desk.send('hello');
  await desk.settle();
  expect(desk.statuses(id)).toEqual(['queued', 'sending', 'queued']);
  expect(desk.problems).toEqual([]);
});
