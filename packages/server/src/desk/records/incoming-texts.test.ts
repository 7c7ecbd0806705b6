import { splitText } from '@openline/protocol';
import { expect, test } from 'vitest';
import { PARTS_WAIT_MS } from './incoming-texts.ts';
import { TextDesk } from './testing/text-desk.ts';

test('a text is filed in the current bucket, by the number in E.164, and shown to everybody', () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ sender: '700 00 01', content: 'Good morning 🌞' });
  expect(desk.shown()).toMatchObject([
    {
      type: 'sms_in',
      status: 'received',
      endpoint: '+2207000001',
      name: 'Awa',
      content: 'Good morning 🌞',
      channel_id: 'studio-1',
      bucket_id: 'b1',
      timestamp: desk.at,
      incomplete: false,
    },
  ]);
  expect(desk.broadcaster.sent.map(({ audience }) => audience)).toEqual([{ to: 'all' }]);
  expect(desk.texts).toEqual(['+2207000001']);
});

test('a text that is told apart by nothing but its gateway name is there once, however often it is delivered', () => {
  const desk = new TextDesk();
  for (let n = 0; n < 3; n += 1) desk.gateway.deliver({ gatewayMessageId: 'x1' });
  expect(desk.shown()).toHaveLength(1);
  desk.gateway.deliver({ gatewayMessageId: 'x2' });
  expect(desk.shown()).toHaveLength(2);
});

test('the same sender, time and text is the same text, over a restart too', () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ sentAt: 5_000 });
  desk.restart();
  desk.gateway.deliver({ sentAt: 5_000, gatewayMessageId: 'new name' });
  expect(desk.shown()).toHaveLength(1);
  desk.gateway.deliver({ sentAt: 6_000 });
  desk.gateway.deliver({ sentAt: 5_000, content: 'hello!' });
  desk.gateway.deliver({ sentAt: 5_000, sender: '+2207000002' });
  expect(desk.shown()).toHaveLength(4);
});

test('sent again under a weak name it is the same for a while, and a new one later', async () => {
  const desk = new TextDesk();
  const resend = { name: 'call-1', withinMs: 60_000 };
  desk.gateway.deliver({ resend });
  await desk.pass(30_000);
  desk.gateway.deliver({ resend });
  expect(desk.shown()).toHaveLength(1);
  desk.gateway.deliver({ resend, content: 'something else' });
  expect(desk.shown()).toHaveLength(2);
  await desk.pass(60_001);
  desk.gateway.deliver({ resend });
  expect(desk.shown()).toHaveLength(3);
});

test('a text that could not be kept is not acknowledged, and is taken when it comes again', () => {
  const desk = new TextDesk();
  desk.store.failures = 1;
  expect(() => desk.gateway.deliver({ content: 'late' })).toThrow('the disk is full');
  expect(desk.shown()).toEqual([]);
  desk.gateway.deliver({ content: 'late' });
  expect(desk.shown()).toMatchObject([{ content: 'late' }]);
});

test('the first word tags, whatever its case, and nothing else does', () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ content: '  vote: 3' });
  desk.gateway.deliver({ content: 'Song please' });
  desk.gateway.deliver({ content: 'my vote' });
  expect(desk.shown().map(({ tags }) => tags)).toEqual([['vote'], ['Request'], []]);
});

test('a text from the phone of a user goes by the name of the account', () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ owner: { kind: 'user', userId: 'anna' }, sender: 'anna-phone' });
  expect(desk.shown()).toMatchObject([{ endpoint: 'anna-phone', channel_id: 'anna' }]);
});

test('600 characters with emoji come in whole from parts in any order', () => {
  const whole = `${'Vote 🎉 for the song! '.repeat(29)}the end`;
  const parts = splitText(whole);
  expect(Array.from(whole).length).toBeGreaterThan(580);
  for (const order of [[...parts.keys()].toReversed(), [4, 0, 8, 2, 6, 1, 9, 3, 7, 5]]) {
    const desk = new TextDesk();
    const wanted = order.filter((index) => index < parts.length);
    for (const [count, index] of wanted.entries()) {
      expect(desk.shown()).toEqual([]);
      desk.gateway.deliver({
        content: parts[index] ?? '',
        gatewayMessageId: `g${index}`,
        part: { reference: 77, part: index + 1, parts: parts.length },
      });
      if (count === 3) desk.restart();
    }
    expect(desk.shown()).toMatchObject([
      { content: whole, parts: parts.length, incomplete: false, tags: ['vote'] },
    ]);
    desk.gateway.deliver({
      content: parts[0] ?? '',
      gatewayMessageId: 'g0',
      part: { reference: 77, part: 1, parts: parts.length },
    });
    expect(desk.shown()).toHaveLength(1);
  }
});

test('parts that stay alone are shown after ten minutes, marked, and completed when the rest comes', async () => {
  const desk = new TextDesk();
  const part = (number: number, content: string): boolean =>
    desk.gateway.deliver({ content, part: { reference: 9, part: number, parts: 4 }, sentAt: 1_000 });
  part(2, 'for ');
  part(3, 'three');
  await desk.pass(PARTS_WAIT_MS - 1);
  expect(desk.shown()).toEqual([]);
  await desk.pass(1);
  expect(desk.shown()).toMatchObject([{ content: '[…] for three […]', incomplete: true, tags: [] }]);
  const shownAt = desk.shown()[0]?.timestamp;
  part(4, ', please');
  expect(desk.shown()).toMatchObject([{ content: '[…] for three, please', incomplete: true }]);
  desk.restart();
  part(1, 'Vote ');
  expect(desk.shown()).toMatchObject([
    { content: 'Vote for three, please', incomplete: false, tags: ['vote'], timestamp: shownAt },
  ]);
});

test('the ten minutes go on over a restart', async () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ content: 'half', part: { reference: 1, part: 1, parts: 2 } });
  desk.at += PARTS_WAIT_MS / 2;
  desk.restart();
  await desk.pass(PARTS_WAIT_MS / 2);
  expect(desk.shown()).toMatchObject([{ content: 'half […]', incomplete: true }]);
});

test('the reference of another text is not mixed up: of another sender, used again, or a day old', async () => {
  const desk = new TextDesk();
  const part = { reference: 1, part: 1, parts: 2 };
  desk.gateway.deliver({ content: 'a1', part });
  desk.gateway.deliver({ content: 'b1', part, sender: '+2207000002' });
  desk.at += 1;
  desk.gateway.deliver({ content: 'c1', part });
  desk.gateway.deliver({ content: 'c2', part: { ...part, part: 2 } });
  expect(desk.shown().map(({ content }) => content)).toEqual(['c1c2']);
  await desk.pass(PARTS_WAIT_MS);
  expect(desk.shown().map(({ content }) => content)).toEqual(['c1c2', 'a1 […]', 'b1 […]']);
  await desk.pass(25 * 3_600_000);
  desk.gateway.deliver({ content: 'd2', part: { ...part, part: 2 } });
  await desk.pass(PARTS_WAIT_MS);
  expect(desk.shown().map(({ content }) => content)).toContain('[…] d2');
});

test('a part that comes twice without any name is there once', () => {
  const desk = new TextDesk();
  const part = { reference: 3, part: 1, parts: 2 };
  desk.gateway.deliver({ content: 'first, ', part });
  desk.gateway.deliver({ content: 'first, ', part });
  desk.gateway.deliver({ content: 'second', part: { ...part, part: 2 } });
  expect(desk.shown()).toMatchObject([{ content: 'first, second', incomplete: false }]);
  expect(desk.store.hiddenGroups()).toEqual([]);
});

test('a header that makes no sense is no reason to lose the text', () => {
  const desk = new TextDesk();
  desk.gateway.deliver({ content: 'x', part: { reference: 1, part: 3, parts: 2 } });
  desk.gateway.deliver({ content: 'y', part: { reference: 1, part: 1, parts: 1 } });
  expect(desk.shown().map(({ content }) => content)).toEqual(['x', 'y']);
});
