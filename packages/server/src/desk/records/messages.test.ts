import { expect, test } from 'vitest';
import { anna, TextDesk } from './testing/text-desk.ts';

const codes = (refusals: { code: string }[]): string[] => refusals.map(({ code }) => code);
const text = (more: object = {}): object => ({
  t1: { type: 'sms_out', endpoint: '7000001', content: 'hello', ...more },
});

test('the line is the one that is forced, else that of the text it answers, of the conversation, of the pattern, the default', async () => {
  const desk = new TextDesk();
  const lineOf = (more: object): string | null => {
    const id = desk.send('hi', more);
    return desk.store.find(id)?.lineId ?? null;
  };
  expect(lineOf({ endpoint: '+221770000001' })).toBe('senegal');
  expect(lineOf({ endpoint: '+221770000001', channel_id: 'studio-2' })).toBe('studio');
  expect(lineOf({ endpoint: '+221770000001' })).toBe('studio');
  expect(lineOf({ endpoint: '7000002' })).toBe('studio');
  desk.gateway.deliver({ owner: { kind: 'line', lineId: 'senegal' }, sender: '+2207000003' });
  expect(lineOf({ endpoint: '7000003' })).toBe('senegal');
  const question = desk.shown().find(({ endpoint }) => endpoint === '+2207000003');
  expect(lineOf({ endpoint: '7000004', reply_to: question?.id })).toBe('senegal');
  expect(lineOf({ endpoint: 'anna-phone' })).toBeNull();
});

test('an answer is filed beside the text that it answers', () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ content: 'when?' });
  const [question] = desk.shown();
  desk.bucket = 'b2';
  const id = desk.send('at nine', { reply_to: question?.id });
  expect(desk.store.find(id)).toMatchObject({ bucketId: 'b1', replyTo: question?.id });
  expect(desk.store.find(desk.send('news'))?.bucketId).toBe('b2');
});

test('what cannot be sent is refused with the reason, the other keys are sent', () => {
  const desk = new TextDesk();
  const refusals = desk.do('messages:send', {
    bad: { type: 'sms_out', endpoint: 'no number', content: 'x' },
    line: { type: 'sms_out', endpoint: '7000001', content: 'x', channel_id: 'elsewhere-1' },
    reply: { type: 'sms_out', endpoint: '7000001', content: 'x', reply_to: 'gone' },
    long: { type: 'sms_out', endpoint: '7000001', content: 'x'.repeat(153 * 12 + 1) },
    good: { type: 'sms_out', endpoint: '7000001', content: 'x' },
  });
  expect(refusals.map(({ key, code }) => [key, code])).toEqual([
    ['bad', 'bad_number'],
    ['line', 'line_without_texts'],
    ['reply', 'unknown_message'],
    ['long', 'text_too_long'],
  ]);
  expect(Object.keys(desk.broadcaster.dataOf('messages:sent')[0] ?? {})).toEqual(['good']);
});

test('with no gateway that carries texts there, nothing is stored', () => {
  const desk = new TextDesk();
  desk.gateway.lines = [];
  expect(codes(desk.do('messages:send', text()))).toEqual(['no_text_line']);
  expect(desk.shown()).toEqual([]);
});

test('600 characters with emoji are counted as the network will', () => {
  const desk = new TextDesk();
  desk.send(`${'🎵'.repeat(10)}${'la '.repeat(196)}aa`);
  expect(desk.shown()[0]?.parts).toBe(10);
});

test('favourite is a tag; setting what holds already tells nobody', () => {
  const desk = new TextDesk();
  desk.gateway.deliver();
  const id = desk.shown()[0]?.id ?? '';
  expect(desk.do('messages:favorite', [id])).toEqual([]);
  expect(desk.shown()).toMatchObject([{ favorite: true, tags: ['favorite'] }]);
  const count = desk.broadcaster.sent.length;
  expect(desk.do('messages:favorite', [id])).toEqual([]);
  expect(desk.do('messages:addTags', { message_ids: [id], tags: ['FAVORITE'] })).toEqual([]);
  expect(desk.broadcaster.sent).toHaveLength(count);
  desk.do('messages:unfavorite', [id]);
  expect(desk.shown()).toMatchObject([{ favorite: false, tags: [] }]);
});

test('tags keep their case and are removed in any; both spellings of the event do it', () => {
  const desk = new TextDesk();
  desk.gateway.deliver();
  const id = desk.shown()[0]?.id ?? '';
  desk.do('messages:addTags', { message_ids: [id], tags: ['Funny', 'Read Out', 'funny'] });
  expect(desk.shown()[0]?.tags).toEqual(['Funny', 'Read Out']);
  desk.do('message:removeTags', { message_ids: [id], tags: ['FUNNY'] });
  desk.do('messages:removeTags', { message_ids: [id], tags: ['other'] });
  expect(desk.shown()[0]?.tags).toEqual(['Read Out']);
  expect(codes(desk.do('messages:addTags', { message_ids: ['gone'], tags: ['x'] }))).toEqual([
    'unknown_message',
  ]);
  const many = Array.from({ length: 50 }, (_, n) => `t${n}`);
  expect(codes(desk.do('messages:addTags', { message_ids: [id], tags: many }))).toEqual(['too_many_tags']);
});

test('many at once are one broadcast', () => {
  const desk = new TextDesk();
  for (let n = 0; n < 3; n += 1) desk.gateway.deliver({ content: `${n}` });
  const ids = desk.shown().map(({ id }) => id);
  desk.broadcaster.clear();
  expect(codes(desk.do('messages:favorite', [...ids, 'gone']))).toEqual(['unknown_message']);
  expect(desk.broadcaster.dataOf('messages:update').map((data) => Object.keys(data))).toEqual([ids]);
});

test('a deleted text is gone for everybody; one that is being sent cannot be deleted', async () => {
  const desk = new TextDesk();
  desk.gateway.deliver();
  const id = desk.shown()[0]?.id ?? '';
  expect(desk.do('messages:delete', { [id]: null })).toEqual([]);
  expect(desk.broadcaster.dataOf('messages:update').at(-1)).toEqual({ [id]: null });
  expect(codes(desk.do('messages:delete', { [id]: null }))).toEqual(['unknown_message']);
  desk.gateway.isSlow = true;
  const out = desk.send('hello');
  expect(codes(desk.do('messages:delete', { [out]: null }))).toEqual(['text_is_going_out']);
  desk.gateway.release();
  await desk.settle();
  expect(desk.do('messages:delete', { [out]: null })).toEqual([]);
});

test('a fetch goes to who asked, with filters and pages', () => {
  const desk = new TextDesk();
  for (let n = 0; n < 3; n += 1) {
    desk.at += 1;
    desk.gateway.deliver({ content: `vote ${n}` });
  }
  desk.gateway.deliver({ content: 'hello' });
  desk.do('messages:fetch', { tags: ['VOTE'], limit: 2, bucket_ids: ['b1'] });
  const [page] = desk.broadcaster.dataOf('messages:list');
  expect(page?.messages.map(({ content }) => content)).toEqual(['vote 2', 'vote 1']);
  desk.do('messages:fetch', { tags: ['VOTE'], limit: 2, cursor: page?.cursor });
  const last = desk.broadcaster.dataOf('messages:list').at(-1);
  expect(last?.messages.map(({ content }) => content)).toEqual(['vote 0']);
  expect(last?.cursor).toBeNull();
  const audiences = desk.broadcaster.sent.filter(({ frame }) => frame.event === 'messages:list');
  expect(audiences[0]?.audience).toEqual({ to: 'self', client: anna.client });
});

test('everything about a person is exported, and erased unless it is just being sent', async () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ content: 'one' });
  desk.gateway.deliver({ content: 'half', part: { reference: 1, part: 1, parts: 2 } });
  desk.gateway.deliver({ content: 'other', sender: '+2207000002' });
  desk.gateway.isSlow = true;
  desk.send('answer');
  const exported = [...desk.messages.exportOf('+2207000001')].flatMap(({ messages = [] }) => messages);
  expect(exported.map(({ content }) => content)).toEqual(['one', 'answer']);
  expect(desk.messages.erasureRefusal('+2207000001')).toMatchObject({ code: 'text_is_going_out' });
  desk.gateway.release();
  await desk.settle();
  expect(desk.messages.erasureRefusal('+2207000001')).toBeNull();
  expect(desk.messages.erase('+2207000001', 1)).toMatchObject({ erased: 1, frames: [{}] });
  expect(desk.store.ofEndpoint('+2207000001')).toHaveLength(1);
  expect(desk.messages.erase('+2207000001', 10)).toMatchObject({ erased: 1, frames: [{}] });
  expect(desk.messages.erase('+2207000001', 10)).toEqual({ erased: 0, frames: [] });
  expect(desk.store.ofEndpoint('+2207000001')).toEqual([]);
  expect(desk.store.hiddenGroups()).toEqual([]);
  expect(desk.store.ofEndpoint('+2207000002')).toHaveLength(1);
});

test('texts that are too old are removed in steps, favourites and what waits to be sent stay', () => {
  const desk = new TextDesk();
  for (let n = 0; n < 3; n += 1) desk.gateway.deliver({ content: `${n}` });
  desk.do('messages:favorite', [desk.shown()[1]?.id]);
  desk.gateway.become({ isWell: false, msg: 'unplugged' });
  desk.send('waiting');
  const later = desk.at + 366 * 86_400_000;
  const days = { recordings: 0, calls: 0, messages: 365 };
  expect(desk.messages.expire(desk.at + 1, days, 10)).toEqual([]);
  expect(desk.messages.expire(later, { ...days, messages: 0 }, 10)).toEqual([]);
  expect(desk.messages.expire(later, days, 1)).toHaveLength(1);
  expect(desk.messages.expire(later, days, 10)).toHaveLength(1);
  expect(desk.messages.expire(later, days, 10)).toEqual([]);
  expect(desk.store.ofEndpoint('+2207000001').map(({ content }) => content)).toEqual(['1', 'waiting']);
});
