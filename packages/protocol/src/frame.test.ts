import { expect, test } from 'vitest';
import { MAX_FRAME_CHARS, olderSpellings, parseFrame } from './frame.ts';

test('a frame with an event, data and id is read', () => {
  expect(parseFrame('{"event":"ping","data":{"a":1},"id":"7"}')).toEqual({
    ok: true,
    frame: { event: 'ping', spelling: 'ping', data: { a: 1 }, id: '7' },
  });
});

test.each([
  ['not JSON', '{"event":', 'not_json', null],
  ['a bare value', '5', 'no_event', null],
  ['null', 'null', 'no_event', null],
  ['an array', '["ping"]', 'no_event', null],
  ['no event', '{"data":1}', 'no_event', null],
  ['an event that is no string', '{"event":{"a":1}}', 'no_event', null],
  ['an unknown event', '{"event":"launch"}', 'unknown_event', 'launch'],
  ['the name of something every object has', '{"event":"constructor"}', 'unknown_event', 'constructor'],
  ['__proto__ as an event', '{"event":"__proto__"}', 'unknown_event', '__proto__'],
  ['a huge frame', `{"event":"ping","data":"${'x'.repeat(MAX_FRAME_CHARS)}"}`, 'too_large', null],
])('%s is refused', (_, text, code, event) => {
  expect(parseFrame(text)).toMatchObject({ ok: false, code, event });
});

test('an id survives where the event does not, so that the ack can be sent', () => {
  expect(parseFrame('{"event":"launch","id":"9"}')).toMatchObject({ ok: false, id: '9' });
});

test('an id that is no short string is no id', () => {
  expect(parseFrame('{"event":"ping","id":5}')).toMatchObject({ ok: true, frame: { id: null } });
});

test('older spellings stand for events of today, where they are asked for', () => {
  expect(parseFrame('{"event":"messageSend"}')).toMatchObject({ ok: false, code: 'unknown_event' });
  expect(parseFrame('{"event":"messageSend"}', olderSpellings)).toMatchObject({
    frame: { event: 'messages:send', spelling: 'messageSend' },
  });
  expect(parseFrame('{"event":"constructor"}', olderSpellings)).toMatchObject({ ok: false });
});

test('half of a surrogate pair, which no store keeps, is replaced in values and keys', () => {
  const text = String.raw`{"event":"ping","data":{"a\ud800":["\udc00 \ud83d\ude00"],"__proto__":"b"}}`;
  const result = parseFrame(text);
  const data = JSON.parse('{"a\ufffd":["\ufffd 😀"],"__proto__":"b"}');
  expect(result.ok && result.frame.data).toEqual(data);
  expect(result.ok && Object.hasOwn(Object(result.frame.data), '__proto__')).toBe(true);
});
