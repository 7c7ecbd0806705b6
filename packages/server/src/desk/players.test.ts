// What is played from files: who may, to whom, when it is shown, how it ends, and that a new server finds it.
import type { Role } from '@openline/protocol';
import { beforeEach, expect, test } from 'vitest';
import { Studio } from './testing/studio.ts';

let studio: Studio;
beforeEach(async () => {
  studio = await new Studio().open();
});

const QUESTION = '/audio/q1.wav';
const play = (data: object, role: Role = 'producer') =>
  studio.send('media:play', data, 'c1', role)?.code ?? null;
const shown = () => Object.entries(studio.desk.state().mixer.players);
const heard = () => [...studio.exchange.players.values()];
const firstId = () => shown()[0]?.[0] ?? '';

test('a question is played to air: shown when it is heard, until it is over', async () => {
  expect(play({ audio_url: QUESTION, to: 'air', title: 'Question of Awa' })).toBeNull();
  expect(shown()).toEqual([]);
  await studio.settle();
  expect(heard()).toMatchObject([
    { file: { kind: 'recording', name: 'q1' }, to: null, levelDb: 0, fromMs: 0 },
  ]);
  expect(shown().map(([, state]) => state)).toMatchObject([
    { audio_url: QUESTION, title: 'Question of Awa', to: 'air', level: 75, duration_ms: 5000, from_ms: 0 },
  ]);
  const id = firstId();
  studio.broadcaster.clear();
  studio.exchange.endPlaying(id);
  await studio.settle();
  expect(shown()).toEqual([]);
  expect(studio.broadcaster.dataOf('playerUpdate')).toEqual([{ [id]: null }]);
});

test("a prompt is played into a user's ear from where it is wanted, and goes with the user", async () => {
  await studio.phone('anna');
  expect(play({ audio_url: '/api/prompts/jingle', to: 'anna', from_ms: 1500, level: 50 })).toBeNull();
  await studio.settle();
  expect(heard()).toMatchObject([
    { file: { kind: 'prompt', id: 'jingle' }, to: studio.phoneOf('anna'), levelDb: -10, fromMs: 1500 },
  ]);
  expect(shown().map(([, { title, to }]) => [title, to])).toEqual([['jingle', 'anna']]);
  studio.exchange.end(studio.phoneOf('anna'));
  await studio.settle();
  expect(shown()).toEqual([]);
});

test('its fader and its stop are told to the exchange, the fader to the others', async () => {
  play({ audio_url: QUESTION, to: 'air' });
  await studio.settle();
  const id = firstId();
  studio.broadcaster.clear();
  expect(studio.send('media:volume', { [id]: 50 })).toBeNull();
  await studio.settle();
  expect(heard()[0]?.levelDb).toBe(-10);
  expect(studio.broadcaster.dataOf('playerVolumeChange')).toEqual([{ [id]: 50 }]);
  expect(studio.broadcaster.dataOf('playerUpdate')).toEqual([]);
  expect(studio.send('media:stop', [id])).toBeNull();
  await studio.settle();
  expect([heard(), shown()]).toEqual([[], []]);
  expect(studio.send('media:stop', [id])?.code).toBe('unknown_player');
  expect(studio.send('media:volume', { [id]: 50 })?.code).toBe('unknown_player');
});

test('what cannot be played is refused later, and what cannot be now at once', async () => {
  expect(play({ audio_url: QUESTION, to: 'nobody' })).toBe('unknown_user');
  expect(play({ audio_url: QUESTION, to: 'anna' })).toBe('user_unreachable');
  for (const url of ['/audio/../secret.wav', '/etc/passwd', '/audio/q1', '/api/prompts/A', ''])
    expect(play({ audio_url: url, to: 'air' })).toBe('bad_data');
  expect(play({ audio_url: '/audio/missing.wav', to: 'air' })).toBeNull();
  await studio.settle();
  expect(studio.broadcaster.dataOf('event_error')).toMatchObject([
    { event: 'media:play', code: 'unplayable' },
  ]);
  for (let count = 0; count < 4; count += 1) expect(play({ audio_url: QUESTION, to: 'air' })).toBeNull();
  expect(play({ audio_url: QUESTION, to: 'air' })).toBe('too_many_players');
  studio.exchange.crash();
  await studio.settle();
  expect(shown()).toEqual([]);
  expect(play({ audio_url: QUESTION, to: 'air' })).toBe('exchange_down');
});

test('what is on air is for a producer, an ear for a screener', async () => {
  await studio.phone('ben');
  expect(play({ audio_url: QUESTION, to: 'air' }, 'screener')).toBe('forbidden_on_air');
  expect(play({ audio_url: QUESTION, to: 'ben' }, 'viewer')).toBe('forbidden');
  expect(play({ audio_url: QUESTION, to: 'ben' }, 'screener')).toBeNull();
  play({ audio_url: QUESTION, to: 'air' });
  await studio.settle();
  const [ear, air] = shown().map(([id]) => id);
  expect(studio.send('media:stop', [air], 'c1', 'screener')?.code).toBe('forbidden_on_air');
  expect(studio.send('media:volume', { [String(air)]: 10 }, 'c1', 'screener')?.code).toBe('forbidden_on_air');
  expect(studio.send('media:stop', [ear], 'c1', 'screener')).toBeNull();
});

test('one that is stopped while its file is opened is stopped as soon as it is heard', async () => {
  play({ audio_url: QUESTION, to: 'air' });
  studio.exchange.carryOutNext();
  const [{ player } = { player: '' }] = heard();
  expect(studio.send('media:stop', [player])).toBeNull();
  await studio.settle();
  expect([heard(), shown()]).toEqual([[], []]);
});

test('a new server finds what is played, also what the former one had only asked for', async () => {
  play({ audio_url: QUESTION, to: 'air', title: 'One' });
  await studio.settle();
  const before = shown();
  play({ audio_url: QUESTION, to: 'air', title: 'Two' });
  const { exchange, store } = studio;
  exchange.carryOutNext();
  const second = heard()[1];
  exchange.players.delete(second?.player ?? '');
  exchange.loseServer();
  const next = new Studio(exchange, store, undefined, 'g1-');
  exchange.reconnect((fact) => next.desk.onFact(fact));
  await next.settle();
  studio = next;
  expect(shown()).toEqual(before);
  if (!second) throw new Error('nothing was asked for');
  const { player, startedAt, tag } = second;
  exchange.players.set(player, second);
  exchange.tell({ type: 'playing', player, startedAt, durationMs: 5000, tag });
  await studio.settle();
  expect(shown().map(([, { title }]) => title)).toEqual(['One', 'Two']);
});
