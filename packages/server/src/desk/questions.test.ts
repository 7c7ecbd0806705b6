// A caller in ivr leaves a question: greeting, beep, recording; hang-up, key or time; what is kept and who is told.
import { beforeEach, describe, expect, test } from 'vitest';
import { Studio } from './testing/studio.ts';

let studio: Studio;
let call: string;

beforeEach(async () => {
  studio = await new Studio().open();
});

/** A caller in ivr, who has heard greeting and beep. */
async function asked(number = '+220111'): Promise<string> {
  call = await studio.caller('ivr', number);
  studio.exchange.hearPrompt(call);
  await studio.settle();
  studio.broadcaster.clear();
  return call;
}

const kept = () => studio.questions.fetch({ ...everything }).questions;
const everything = {
  tags: [],
  bucketIds: [],
  ids: [],
  from: null,
  to: null,
  search: null,
  limit: 50,
  cursor: null,
};
const recordings = () => [...studio.exchange.recordings.keys()];
const updates = () => studio.broadcaster.dataOf('questions:update');

test('a question needs no key: it ends with the call, is filed in the current bucket and told to all', async () => {
  await asked();
  const [id = ''] = recordings();
  expect(kept()).toEqual([]);
  studio.exchange.recorded = { durationMs: 8_000, loudMs: 6_000 };
  studio.exchange.end(call);
  await studio.settle();
  const question = {
    id,
    timestamp: studio.now,
    endpoint: '+220111',
    name: null,
    duration_ms: 8_000,
    audio_url: `/audio/${id}.wav`,
    bucket_id: 'morning',
    tags: [],
    favorite: false,
    mark: null,
    call_id: expect.any(String),
  };
  expect(updates()).toEqual([{ [id]: question }]);
  expect(kept()).toMatchObject([{ id, bucketId: 'morning', durationMs: 8_000 }]);
  // The audio belongs to the question alone.
  expect(studio.history()[0]?.recordings).toEqual([]);
});

test('who is asked is recorded for the time that the settings allow, from the greeting on', async () => {
  await studio.caller('ivr');
  expect(studio.exchange.performed.find(({ type }) => type === 'recordQuestion')).toMatchObject({
    maxMs: 180_000,
  });
});

describe('the greeting is', () => {
  const greeting = (id: string) => {
    const place = studio.exchange.calls.get(id)?.place;
    return place?.kind === 'ivr' ? place.prompt : 'elsewhere';
  };

  test("the current bucket's", async () => {
    studio.bucket = { id: 'election', greeting: 'election-night' };
    expect(greeting(await studio.caller('ivr'))).toBe('election-night');
  });

  test("the line's, when the bucket has none", async () => {
    const id = studio.exchange.callIn({ kind: 'line', lineId: 'mobile' });
    await studio.settle();
    studio.mode('mobile-1', 'ivr');
    await studio.settle();
    expect(greeting(id)).toBe('mobile');
  });

  test('the built-in one, when neither has one, and also when there is no bucket', async () => {
    expect(greeting(await studio.caller('ivr'))).toBeNull();
    studio.bucket = null;
    expect(greeting(await studio.caller('ivr'))).toBeNull();
  });
});

describe('the last words are said, and the call is ended,', () => {
  const endings: [string, () => void][] = [
    ['when # is pressed', () => studio.exchange.press(call, '#')],
    ['when the time is up', () => studio.exchange.fillRecording(recordings()[0] ?? '')],
  ];
  test.each(endings)('%s', async (_what, end) => {
    await asked();
    end();
    await studio.settle();
    expect(studio.exchange.calls.get(call)?.place).toEqual({ kind: 'ivr', step: 'thanks', prompt: 'bye' });
    expect(studio.channel('studio-1').mode).toBe('ivr');
    expect(kept()).toHaveLength(1);
    studio.exchange.hearPrompt(call);
    await studio.settle();
    expect(studio.exchange.calls.has(call)).toBe(false);
    expect(studio.channel('studio-1').mode).toBe('free');
    expect(kept()).toHaveLength(1);
    expect(studio.questions.open()).toEqual([]);
    expect(studio.history()[0]?.hangup_cause).toBe('normal');
  });
});

test('other keys, and # while the greeting is heard, do nothing', async () => {
  call = await studio.caller('ivr');
  studio.exchange.press(call, '#');
  studio.exchange.hearPrompt(call);
  await studio.settle();
  for (const digit of ['1', '*', '0']) studio.exchange.press(call, digit);
  await studio.settle();
  expect(studio.exchange.calls.get(call)?.place).toMatchObject({ step: 'question' });
  expect(recordings()).toHaveLength(1);
});

test('a caller who is moved has left a question with what was said, and is not hung up', async () => {
  await asked();
  studio.mode('studio-1', 'on_hold');
  await studio.settle();
  expect(kept()).toHaveLength(1);
  expect(recordings()).toEqual([]);
  studio.mode('studio-1', 'ivr');
  await studio.settle();
  expect(recordings()).toHaveLength(1);
  studio.exchange.press(call, '#');
  studio.exchange.hearPrompt(call);
  await studio.settle();
  studio.exchange.press(call, '#');
  await studio.settle();
  studio.mode('studio-1', 'master');
  await studio.settle();
  studio.exchange.hearPrompt(call);
  await studio.settle();
  expect(studio.channel('studio-1').mode).toBe('master');
  expect(kept()).toHaveLength(2);
});

test('who hangs up before the beep has left no question', async () => {
  call = await studio.caller('ivr');
  const [id = ''] = recordings();
  studio.exchange.recorded = { durationMs: 0, loudMs: 0 };
  studio.exchange.end(call);
  await studio.settle();
  expect(kept()).toEqual([]);
  expect(studio.questions.open()).toEqual([]);
  expect(studio.questions.removed).toEqual([id]);
  expect(updates()).toEqual([]);
});

test.each([
  ['silent', { durationMs: 20_000, loudMs: 100 }],
  ['silent', { durationMs: 900, loudMs: 0 }],
  ['short', { durationMs: 1_900, loudMs: 1_500 }],
  [null, { durationMs: 2_000, loudMs: 1_500 }],
])('it is kept, and marked: %s', async (mark, recorded) => {
  await asked();
  studio.exchange.recorded = recorded;
  studio.exchange.end(call);
  await studio.settle();
  expect(kept()).toMatchObject([{ mark }]);
});

test('a name that the screener writes meanwhile is on it', async () => {
  await asked();
  studio.send('channelContactInfo', { 'studio-1': { name: 'Fatou' } });
  studio.exchange.press(call, '#');
  await studio.settle();
  expect(kept()).toMatchObject([{ name: 'Fatou' }]);
});

test('a caller whose question cannot be recorded goes on hold, for somebody to speak to', async () => {
  studio.exchange.failures.set('recordQuestion', { ok: false, code: 'failed', msg: 'the disk is full' });
  call = await studio.caller('ivr');
  expect(studio.channel('studio-1').mode).toBe('on_hold');
  expect(studio.questions.open()).toEqual([]);
});

test('an unattended station collects questions by itself', async () => {
  for (const channel of ['studio-1', 'studio-2', 'studio-3'])
    studio.send('channelAutoAnswer', { [channel]: 'ivr' });
  for (const number of ['+1', '+2', '+3']) {
    call = studio.exchange.callIn({ kind: 'line', lineId: 'studio' }, number);
    await studio.settle();
    studio.exchange.hearPrompt(call);
    await studio.settle();
    if (number === '+2') studio.exchange.press(call, '#');
    else studio.exchange.end(call);
    await studio.settle();
    studio.exchange.hearPrompt(call);
    await studio.settle();
  }
  expect(
    kept()
      .map(({ endpoint }) => endpoint)
      .toSorted(),
  ).toEqual(['+1', '+2', '+3']);
  expect(studio.exchange.calls.size).toBe(0);
});

describe('in the middle of a question', () => {
  function restarted(): Studio {
    studio.exchange.loseServer();
    const next = new Studio(studio.exchange, studio.store, undefined, 'next', studio.questions);
    for (const [id, file] of studio.audio.files) next.audio.files.set(id, file);
    studio.exchange.reconnect((fact) => next.desk.onFact(fact));
    return next;
  }

  test('the server may restart: the question goes on', async () => {
    await asked();
    const [id = ''] = recordings();
    const next = restarted();
    await next.settle();
    expect(recordings()).toEqual([id]);
    expect(next.channel('studio-1').mode).toBe('ivr');
    next.exchange.press(call, '#');
    await next.settle();
    expect(kept()).toMatchObject([{ id, durationMs: 1000 }]);
    expect(next.exchange.calls.get(call)?.place).toMatchObject({ step: 'thanks' });
  });

  test('the server may be away when the time is up, and when the last words are over', async () => {
    await asked();
    const [id = ''] = recordings();
    studio.exchange.loseServer();
    studio.exchange.fillRecording(id);
    studio.exchange.loseServer();
    studio.audio.files.set(id, { durationMs: 180_000, loudMs: 90_000 });
    const next = restarted();
    await next.settle();
    expect(kept()).toMatchObject([{ id, durationMs: 180_000 }]);
    expect(next.exchange.calls.get(call)?.place).toMatchObject({ step: 'thanks' });
    studio = next;
    const last = restarted();
    await last.settle();
    expect(last.exchange.calls.has(call)).toBe(false);
  });

  test('the engine may die: the question is as long as its file', async () => {
    await asked();
    const [id = ''] = recordings();
    studio.audio.files.set(id, { durationMs: 5_000, loudMs: 4_000 });
    studio.exchange.crash();
    await studio.settle();
    studio.exchange.comeBack();
    await studio.settle();
    expect(kept()).toMatchObject([{ id, durationMs: 5_000, mark: null }]);
    expect(studio.channel('studio-1').mode).toBe('free');
    expect(studio.questions.open()).toEqual([]);
  });

  test('both may die before anything was recorded: there is no question', async () => {
    call = await studio.caller('ivr');
    studio.exchange.crash();
    const next = restarted();
    await next.settle();
    next.exchange.comeBack();
    await next.settle();
    expect(kept()).toEqual([]);
    expect(next.questions.open()).toEqual([]);
  });
});
