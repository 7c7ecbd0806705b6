import type { ServerFrame } from '@openline/protocol';
import { beforeEach, expect, test } from 'vitest';
import { Studio, studioConfig } from './testing/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio(undefined, undefined, { ...studioConfig, hostFeed: 'webrtc' }).open();
});

/** Connects, and all that follows of it; its id. */
async function connect(
  {
    as = 'user',
    client = 'c1',
    by = 'anna',
    replace = false,
  }: { as?: 'user' | 'host'; client?: string; by?: string; replace?: boolean } = {},
  on = studio,
): Promise<string> {
  const refused = on.sendAs(by, 'headset:connect', { sdp: 'an offer', as, replace }, client);
  expect(refused).toBeNull();
  await on.settle();
  return answersTo(client, on).at(-1)?.headset ?? '';
}

function told<E extends ServerFrame['event']>(client: string, event: E, on = studio) {
  return on.broadcaster
    .receivedBy(client)
    .filter((frame): frame is Extract<ServerFrame, { event: E }> => frame.event === event)
    .map(({ data }) => data as Extract<ServerFrame, { event: E }>['data']);
}
const answersTo = (client: string, on = studio) => told(client, 'headset:answer', on);

test('a headset that is connected is answered, and its user is there and hears the program', async () => {
  expect(studio.user('anna').connection).toBeNull();
  const headset = await connect();
  expect(answersTo('c1')).toEqual([{ headset, sdp: 'answer to an offer' }]);
  expect(answersTo('c2')).toEqual([]);
  expect(studio.user('anna').connection).toEqual({ by: 'headset', away: false });
  expect(studio.channel('anna').mode).toBe('free');
  expect(studio.placeOf(headset)).toBe('monitor');
});

test('the answer carries the id of the event', async () => {
  studio.send('headset:connect', { sdp: 'an offer', as: 'user' }, 'c1', 'screener', 'e7');
  await studio.settle();
  const frame = studio.broadcaster.receivedBy('c1').find(({ event }) => event === 'headset:answer');
  expect(frame?.id).toBe('e7');
});

test('a caller is put private with it, and both go to air, without any telephone ringing', async () => {
  const headset = await connect();
  const caller = await studio.caller('anna');
  expect(studio.placeOf(headset)).toBe(`private ${caller}`);
  expect(studio.mode('anna', 'master')).toBeNull();
  await studio.settle();
  expect([studio.placeOf(headset), studio.placeOf(caller)]).toEqual(['air', 'air']);
  expect(studio.channel('anna').mode).toBe('master');
});

test('candidates go both ways, to that browser alone', async () => {
  const headset = await connect();
  expect(told('c1', 'headset:candidate')).toEqual([
    { headset, candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', mid: '0' },
  ]);
  expect(told('c2', 'headset:candidate')).toEqual([]);
  expect(studio.send('headset:candidate', { headset, candidate: 'theirs', mid: '0' })).toBeNull();
  await studio.settle();
  expect(studio.exchange.performed.at(-1)).toEqual({
    type: 'candidate',
    call: headset,
    candidate: 'theirs',
    mid: '0',
  });
});

test('while its network is away it is shown so, and it comes back by another offer, also from a new connection', async () => {
  const headset = await connect();
  studio.exchange.setAway(headset, true);
  await studio.settle();
  expect(studio.user('anna').connection).toEqual({ by: 'headset', away: true });
  expect(studio.send('headset:reconnect', { headset, sdp: 'another' }, 'c9')).toBeNull();
  await studio.settle();
  expect(answersTo('c9')).toEqual([{ headset, sdp: 'answer to another' }]);
  expect(studio.user('anna').connection).toEqual({ by: 'headset', away: false });
  studio.exchange.end(headset, 'rtp_timeout', 'engine');
  await studio.settle();
  expect(told('c9', 'headset:ended')).toEqual([{ headset, why: 'lost' }]);
  expect(told('c1', 'headset:ended')).toEqual([]);
});

test('a headset that goes away is like a telephone that goes away: the caller goes on hold', async () => {
  const headset = await connect();
  const caller = await studio.caller('anna');
  studio.exchange.end(headset, 'rtp_timeout', 'engine');
  await studio.settle();
  expect(studio.placeOf(caller)).toBe('hold');
  expect(studio.channel('anna').mode).toBe('defunct');
  expect(studio.user('anna').connection).toBeNull();
});

test('it hangs up, once', async () => {
  const headset = await connect();
  expect(studio.send('headset:disconnect', { headset })).toBeNull();
  await studio.settle();
  expect(told('c1', 'headset:ended')).toEqual([{ headset, why: 'hung_up' }]);
  expect(studio.placeOf(headset)).toBe('gone');
  expect(studio.send('headset:disconnect', { headset })?.code).toBe('unknown_headset');
});

test('nobody touches the headset of another', async () => {
  const headset = await connect();
  for (const [event, data] of [
    ['headset:disconnect', { headset }],
    ['headset:reconnect', { headset, sdp: 'x' }],
    ['headset:candidate', { headset, candidate: 'x', mid: '0' }],
  ] as const) {
    expect(studio.sendAs('ben', event, data, 'c2')?.code).toBe('unknown_headset');
  }
  expect(studio.user('anna').connection?.by).toBe('headset');
});

test('of a telephone and a headset the newest is used, and the telephone is rung again when the headset has gone', async () => {
  const phone = await studio.phone('anna');
  expect(studio.user('anna').connection).toEqual({ by: 'phone', away: false });
  const headset = await connect();
  expect(studio.placeOf(phone ?? '')).toBe('gone');
  expect(studio.user('anna').connection).toEqual({ by: 'headset', away: false });
  const again = await studio.phone('anna');
  expect(studio.placeOf(again ?? '')).toBe('monitor');
  expect(studio.placeOf(headset)).toBe('gone');
  expect(told('c1', 'headset:ended')).toEqual([{ headset, why: 'replaced' }]);
  studio.exchange.end(again ?? '');
  await studio.settle();
  expect(studio.channel('anna').mode).toBe('free');
});

test('a page that is loaded again on air takes the headset over there', async () => {
  const first = await connect();
  expect(studio.mode('anna', 'master')).toBeNull();
  await studio.settle();
  const second = await connect({ client: 'c9' });
  expect(studio.placeOf(second)).toBe('air');
  expect(studio.channel('anna').mode).toBe('master');
  expect(studio.placeOf(first)).toBe('gone');
});

test.each(['a headset', 'a telephone'])(
  'a private talk goes on when %s takes the place of a headset, and nobody goes on hold in between',
  async (what) => {
    await connect();
    const caller = await studio.caller('anna');
    studio.exchange.performed.length = 0;
    const next =
      what === 'a headset' ? await connect({ client: 'c9' }) : ((await studio.phone('anna')) ?? '');
    expect(studio.placeOf(caller)).toBe(`private ${next}`);
    expect(studio.placeOf(next)).toBe(`private ${caller}`);
    expect(studio.channel('anna').mode).toBe('studio-1');
    const moves = studio.exchange.performed.flatMap((command) =>
      command.type === 'move' ? command.moves : [],
    );
    expect(moves.filter(({ place }) => place.kind === 'hold')).toEqual([]);
  },
);

test('a telephone that takes the place of a headset on air goes on air', async () => {
  await connect();
  expect(studio.mode('anna', 'master')).toBeNull();
  await studio.settle();
  const phone = await studio.phone('anna');
  expect(studio.placeOf(phone ?? '')).toBe('air');
});

test('a headset that takes a place and fails leaves the caller on hold', async () => {
  await connect();
  const caller = await studio.caller('anna');
  studio.exchange.failures.set('connect', { ok: false, code: 'failed', msg: 'no such sound' });
  expect(studio.send('headset:connect', { sdp: 'bad', as: 'user' }, 'c9')).toBeNull();
  await studio.settle();
  expect(studio.placeOf(caller)).toBe('hold');
  expect(told('c9', 'event_error')).toMatchObject([{ event: 'headset:connect', code: 'exchange_failed' }]);
});

test('a caller who waits for a telephone that rings is given the headset that is connected meanwhile', async () => {
  studio.exchange.isEager = false;
  await studio.phone('anna', false);
  const call = await studio.ringing();
  expect(studio.mode('studio-1', 'anna')).toBeNull();
  await studio.settle();
  expect(studio.channel('anna').mode).toBe('ring');
  studio.exchange.isEager = true;
  const headset = await connect();
  expect(studio.placeOf(call)).toBe(`private ${headset}`);
});

test('without an exchange no headset is connected, and those that were are told', async () => {
  const headset = await connect();
  studio.exchange.crash();
  await studio.settle();
  expect(told('c1', 'headset:ended')).toEqual([{ headset, why: 'failed' }]);
  expect(studio.send('headset:connect', { sdp: 'x', as: 'user' })?.code).toBe('exchange_down');
});

test('after a restart of the server the headset is found again, and its browser goes on with it', async () => {
  const headset = await connect();
  const caller = await studio.caller('anna');
  const { exchange, store, questions } = studio;
  exchange.loseServer();
  const next = new Studio(exchange, store, { ...studioConfig, hostFeed: 'webrtc' }, 'n', questions);
  exchange.reconnect((fact) => next.desk.onFact(fact));
  await next.settle();
  expect(next.user('anna').connection).toEqual({ by: 'headset', away: false });
  expect(next.channel('anna').mode).toBe('studio-1');
  expect(next.placeOf(caller)).toBe(`private ${headset}`);
  expect(next.send('headset:reconnect', { headset, sdp: 'again' }, 'c5')).toBeNull();
  await next.settle();
  expect(answersTo('c5', next)).toEqual([{ headset, sdp: 'answer to again' }]);
});

test('the studio desk is heard by the headset of a producer, and the server finds it again', async () => {
  expect(studio.desk.state().mixer.host).toMatchObject({
    feed: 'webrtc',
    connected: false,
    connection: null,
  });
  const headset = await connect({ as: 'host' });
  expect(studio.placeOf(headset)).toBe('host');
  const shown = { connected: true, connection: { by: 'headset', away: false }, user: 'anna' };
  expect(studio.desk.state().mixer.host).toMatchObject(shown);
  expect(studio.user('anna').connection).toBeNull();
  const { exchange, store, questions } = studio;
  exchange.loseServer();
  const next = new Studio(exchange, store, { ...studioConfig, hostFeed: 'webrtc' }, 'n', questions);
  exchange.reconnect((fact) => next.desk.onFact(fact));
  await next.settle();
  expect(next.desk.state().mixer.host).toMatchObject(shown);
  expect(next.sendAs('ben', 'headset:disconnect', { headset })?.code).toBe('unknown_headset');
  expect(next.send('headset:disconnect', { headset })).toBeNull();
  await next.settle();
  expect(next.desk.state().mixer.host).toMatchObject({ connected: false, connection: null, user: null });
});

test('the studio desk is not taken from somebody by accident, but it can be', async () => {
  const annas = await connect({ as: 'host' });
  const asHost = (replace: boolean) => ({ sdp: 'x', as: 'host', replace });
  expect(studio.sendAs('ben', 'headset:connect', asHost(false), 'c2')).toMatchObject({
    code: 'host_taken',
    msg: 'Anna is connected as the studio desk.',
  });
  const bens = await connect({ as: 'host', by: 'ben', client: 'c2', replace: true });
  expect(studio.placeOf(bens)).toBe('host');
  expect(told('c1', 'headset:ended')).toEqual([{ headset: annas, why: 'replaced' }]);
  // Whoever is away does not hold it.
  studio.exchange.setAway(bens, true);
  await studio.settle();
  expect(studio.placeOf(await connect({ as: 'host' }))).toBe('host');
});

test('the studio desk is for a producer, and only where the settings say so', async () => {
  const asHost = { sdp: 'x', as: 'host' };
  expect(studio.send('headset:connect', asHost, 'c1', 'screener')?.code).toBe('forbidden_on_air');
  expect(studio.send('headset:connect', { sdp: 'x', as: 'user' }, 'c1', 'screener')).toBeNull();
  const elsewhere = await new Studio().open();
  expect(elsewhere.send('headset:connect', asHost)?.code).toBe('host_elsewhere');
});

test('whoever has no channel of their own has no headset', () => {
  expect(studio.sendAs('nobody', 'headset:connect', { sdp: 'x', as: 'user' })?.code).toBe('unknown_user');
});

test('a browser is told the servers of the settings', async () => {
  const servers = [{ urls: 'turn:turn.example.net', username: 'u', credential: 'p' }];
  const other = await new Studio(undefined, undefined, { ...studioConfig, iceServers: servers }).open();
  expect(other.send('headset:servers', null)).toBeNull();
  expect(told('c1', 'headset:servers', other)).toEqual([{ servers }]);
});
