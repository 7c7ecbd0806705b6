// `userWhisper`: who may whisper to whom, when it is shown, and how it ends by itself.
import type { Role } from '@openline/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { Studio } from './testing/studio.ts';

let studio: Studio;
let caller: string;

beforeEach(async () => {
  studio = await new Studio().open();
  await studio.phone('anna');
  await studio.phone('ben');
  studio.mode('anna', 'master');
  caller = await studio.caller('master');
  studio.broadcaster.clear();
});

const whisper = (data: Record<string, string | null>, role: Role = 'producer') =>
  studio.send('userWhisper', data, 'c1', role)?.code ?? null;
const heard = () => studio.exchange.calls.get(studio.phoneOf('anna'))?.whisper ?? null;
const shown = () => studio.user('anna').whisper;

test('a user on air whispers to a caller on air; it is shown when it is heard', async () => {
  expect(whisper({ anna: 'studio-1' })).toBeNull();
  expect(shown()).toBeNull();
  await studio.settle();
  expect([heard(), shown()]).toEqual([caller, 'studio-1']);
  expect(studio.broadcaster.dataOf('userUpdate')).toEqual([{ anna: { whisper: 'studio-1' } }]);
  expect(whisper({ anna: 'studio-1' })).toBeNull();
  await studio.settle();
  expect(studio.broadcaster.dataOf('userUpdate')).toHaveLength(1);
});

test('a whisper ends when it is asked to, and may go to somebody else', async () => {
  studio.mode('ben', 'master');
  whisper({ anna: 'studio-1' });
  await studio.settle();
  whisper({ anna: 'ben' });
  await studio.settle();
  expect([heard(), shown()]).toEqual([studio.phoneOf('ben'), 'ben']);
  whisper({ anna: null });
  await studio.settle();
  expect([heard(), shown()]).toEqual([null, null]);
});

test('the last of several that come at once is the one that holds', async () => {
  studio.mode('ben', 'master');
  await studio.settle();
  whisper({ anna: 'studio-1' });
  whisper({ anna: 'ben' });
  whisper({ anna: null });
  whisper({ anna: 'studio-1' });
  await studio.settle();
  expect([heard(), shown()]).toEqual([caller, 'studio-1']);
});

describe('is refused', () => {
  test.each([
    ['a user who is not on air', { ben: 'studio-1' }, 'whisper_off_air'],
    ['a channel that is not on air', { anna: 'studio-2' }, 'whisper_off_air'],
    ['a user to themselves', { anna: 'anna' }, 'whisper_off_air'],
    ['a user to one who is not on air', { anna: 'ben' }, 'whisper_off_air'],
    ['a channel that does not exist', { anna: 'studio-9' }, 'unknown_channel'],
    ['a user who does not exist', { eve: 'studio-1' }, 'unknown_user'],
    ['what is no channel', { anna: '' }, 'bad_data'],
  ])('%s', async (_who, data, code) => {
    expect(whisper(data)).toBe(code);
    await studio.settle();
    expect(studio.broadcaster.sent.filter(({ frame }) => frame.event !== 'event_error')).toEqual([]);
  });

  test('to a screener, because it touches the air', () => {
    expect(whisper({ anna: 'studio-1' }, 'screener')).toBe('forbidden');
  });

  test('later, when the engine could not do it: the client is told, nothing is shown', async () => {
    studio.exchange.failures.set('whisper', { ok: false, code: 'failed', msg: 'no' });
    expect(whisper({ anna: 'studio-1' })).toBeNull();
    await studio.settle();
    expect(shown()).toBeNull();
    expect(studio.broadcaster.dataOf('event_error')).toMatchObject([
      { event: 'userWhisper', key: 'anna', code: 'exchange_failed' },
    ]);
    expect(whisper({ anna: 'studio-1' })).toBeNull();
    await studio.settle();
    expect(shown()).toBe('studio-1');
  });
});

describe('ends by itself', () => {
  const endings: [string, () => unknown][] = [
    ['the caller is put on hold', () => studio.mode('studio-1', 'on_hold')],
    ['the caller is asked for a question', () => studio.mode('studio-1', 'ivr')],
    ['the caller goes to somebody in private', () => studio.mode('studio-1', 'ben')],
    ['the caller hangs up', () => studio.exchange.end(caller)],
    ['the user leaves the air', () => studio.mode('anna', 'free')],
    ["the user's phone is gone", () => studio.exchange.end(studio.phoneOf('anna'))],
  ];
  test.each(endings)('when %s', async (_what, end) => {
    whisper({ anna: 'studio-1' });
    await studio.settle();
    end();
    await studio.settle();
    expect(shown()).toBeNull();
    expect(studio.broadcaster.dataOf('userUpdate')).toEqual([
      { anna: { whisper: 'studio-1' } },
      { anna: { whisper: null } },
    ]);
    const isThere = [...studio.exchange.calls.values()].some(({ whisper: to }) => to !== null);
    expect(isThere).toBe(false);
  });
});

test('a restarted server finds the whisper, and a restarted engine has none', async () => {
  whisper({ anna: 'studio-1' });
  await studio.settle();
  studio.exchange.loseServer();
  const next = new Studio(studio.exchange, studio.store, undefined, 'next', studio.questions);
  studio.exchange.reconnect((fact) => next.desk.onFact(fact));
  await next.settle();
  expect(next.user('anna').whisper).toBe('studio-1');
  studio.exchange.crash();
  await next.settle();
  studio.exchange.comeBack();
  await next.settle();
  expect(next.user('anna').whisper).toBeNull();
});
