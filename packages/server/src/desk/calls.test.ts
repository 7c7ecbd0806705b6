// Calls that come in and go out: which channel, who is turned away, who answers by itself, what is dialled.
import { beforeEach, describe, expect, test } from 'vitest';
import type { DeskLine } from './config.ts';
import { Studio, studioConfig } from './testing/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio().open();
});

const errors = () => studio.broadcaster.dataOf('event_error').map(({ event, code }) => [event, code]);
const awa = { number: '+2203001234', name: 'Awa', location: null, notes: null, point: null };
const outgoing = () =>
  [...studio.exchange.calls.values()].find(
    ({ direction, owner }) => direction === 'out' && owner.kind === 'line',
  );

describe('a call that comes in', () => {
  test('rings on the first free channel of its line, with a record and a card', async () => {
    await studio.ringing('+220111');
    expect(studio.channel('studio-1')).toMatchObject({
      mode: 'ring',
      direction: 'in',
      contact: { number: '+220111', name: null },
      timestamp: studio.now,
    });
    await studio.ringing('+220222');
    expect(studio.channel('studio-2').contact?.number).toBe('+220222');
    const [record] = studio.history();
    expect(record).toMatchObject({
      id: studio.channel('studio-2').call_id,
      answered: false,
      hangup_cause: null,
    });
  });

  test.each(['3001234', '2203001234', '+2203001234'])(
    'from %s is filed and known by its full number',
    async (given) => {
      studio.store.saveContact(awa);
      await studio.ringing(given);
      expect(studio.channel('studio-1').contact).toMatchObject({ number: '+2203001234', name: 'Awa' });
      const [record] = studio.history();
      expect(record).toMatchObject({ number: '+2203001234', name: 'Awa' });
    },
  );

  test.each(['112', 'reception', ''])('from %j keeps what the network gave', async (given) => {
    await studio.ringing(given);
    expect(studio.channel('studio-1').contact?.number).toBe(given);
  });

  test('is broadcast as only what changed', async () => {
    studio.wait(1);
    await studio.ringing('+220111');
    const [update] = studio.broadcaster.dataOf('channelUpdate');
    expect(Object.keys(update ?? {})).toEqual(['studio-1']);
    expect(Object.keys(update?.['studio-1'] ?? {}).toSorted()).toEqual(
      ['call_id', 'caller', 'contact', 'direction', 'mode', 'screening', 'timestamp'].toSorted(),
    );
  });

  test('is turned away with busy when no channel is free, and is in the history all the same', async () => {
    for (let index = 0; index < 3; index += 1) await studio.ringing();
    const late = await studio.ringing('+220999');
    expect(studio.placeOf(late)).toBe('gone');
    expect(studio.exchange.performed).toContainEqual({ type: 'reject', call: late, why: 'busy' });
    const missed = studio.history().find(({ number }) => number === '+220999');
    expect(missed).toMatchObject({ channel_id: null, answered: false, hangup_cause: 'busy' });
  });

  test('that gives up while it rings is a missed call', async () => {
    const call = await studio.ringing();
    studio.exchange.end(call, 'cancelled');
    await studio.settle();
    const [missed] = studio.history();
    expect(missed).toMatchObject({ answered: false, duration_ms: 0, hangup_cause: 'cancelled' });
    expect(missed?.modes.map(({ mode }) => mode)).toEqual(['ring']);
  });

  test('has its whole way in its record: modes, time on air, cause', async () => {
    studio.send('masterOnAir', true);
    const call = await studio.caller('on_hold');
    studio.wait(5_000);
    studio.mode('studio-1', 'master');
    await studio.settle();
    studio.wait(20_000);
    studio.send('masterOnAir', false);
    studio.wait(4_000);
    studio.exchange.end(call, 'rtp_timeout', 'engine');
    await studio.settle();
    const [record] = studio.history();
    expect(record).toMatchObject({ answered: true, on_air_ms: 20_000, hangup_cause: 'rtp_timeout' });
    expect(record?.modes.map(({ mode }) => mode)).toEqual(['ring', 'on_hold', 'master']);
  });

  test.each(['master', 'ivr', 'on_hold'])(
    'is answered by itself into %s when the channel says so',
    async (mode) => {
      expect(studio.send('channelAutoAnswer', { 'studio-1': mode })).toBeNull();
      await studio.ringing();
      expect(studio.channel('studio-1').mode).toBe(mode);
    },
  );

  test('is answered by itself to a user who is free', async () => {
    await studio.phone('anna');
    studio.send('channelAutoAnswer', { 'studio-1': 'anna' });
    await studio.ringing();
    expect(studio.channel('studio-1').mode).toBe('anna');
  });

  test('rings when the user who should have it is away, talking, or on air', async () => {
    studio.send('channelAutoAnswer', { 'studio-1': 'anna', 'studio-2': 'anna', 'studio-3': 'anna' });
    await studio.ringing();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', pending: null });
    await studio.phone('anna');
    studio.mode('studio-1', 'anna');
    await studio.settle();
    await studio.ringing();
    expect(studio.channel('studio-2')).toMatchObject({ mode: 'ring', pending: null });
    expect(studio.channel('studio-1').mode).toBe('anna');
    studio.mode('anna', 'master');
    await studio.settle();
    await studio.ringing();
    expect(studio.channel('studio-3')).toMatchObject({ mode: 'ring', pending: null });
    expect(errors()).toEqual([]);
  });

  test('finds its line down: the channels are defunct, and free when it is back', async () => {
    studio.exchange.setLine('studio', 'down');
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'defunct', error: 'not registered' });
    expect(studio.channel('mobile-1').mode).toBe('free');
    expect(studio.desk.state().lines['studio']?.status).toBe('down');
    studio.exchange.setLine('studio', 'up');
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'free', error: null });
  });
});

describe("a user's phone", () => {
  test('is rung for a caller; the caller is answered when it is picked up, and both are private in one move', async () => {
    await studio.phone('anna', false);
    const caller = await studio.ringing();
    expect(studio.channel('anna').mode).toBe('free');
    expect(studio.mode('studio-1', 'anna')).toBeNull();
    await studio.settle();
    expect(studio.channel('anna')).toMatchObject({ mode: 'ring', pending: 'studio-1' });
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', pending: 'anna' });
    studio.exchange.performed.length = 0;
    studio.exchange.pickUp(studio.phoneOf('anna'));
    await studio.settle();
    expect(studio.exchange.performed.map(({ type }) => type)).toEqual(['answer', 'move']);
    expect(studio.placeOf(caller)).toBe(`private ${studio.phoneOf('anna')}`);
    expect(studio.channel('studio-1').mode).toBe('anna');
  });

  test('stays connected, so that the next talk needs no ringing', async () => {
    await studio.phone('anna', false);
    await studio.caller('on_hold');
    studio.mode('studio-1', 'anna');
    await studio.settle();
    studio.exchange.pickUp(studio.phoneOf('anna'));
    await studio.settle();
    studio.mode('studio-1', 'on_hold');
    await studio.settle();
    expect(studio.placeOf(studio.phoneOf('anna'))).toBe('monitor');
    studio.exchange.performed.length = 0;
    studio.mode('studio-1', 'anna');
    await studio.settle();
    expect(studio.exchange.performed.map(({ type }) => type)).toEqual(['move']);
  });

  test('that is not picked up leaves the caller ringing, and tells who asked', async () => {
    await studio.phone('anna', false);
    await studio.ringing();
    studio.mode('studio-1', 'anna');
    await studio.settle();
    studio.exchange.end(studio.phoneOf('anna'), 'no_answer');
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', pending: null });
    expect(studio.channel('anna').mode).toBe('free');
    expect(errors()).toEqual([['channelMode', 'user_did_not_answer']]);
  });

  test('stops ringing when the caller has hung up', async () => {
    await studio.phone('anna', false);
    const caller = await studio.ringing();
    studio.mode('studio-1', 'anna');
    await studio.settle();
    studio.exchange.end(caller, 'cancelled');
    await studio.settle();
    expect(studio.channel('anna')).toMatchObject({ mode: 'free', pending: null });
    expect([...studio.exchange.calls.keys()]).toEqual([]);
  });

  test('that calls in is answered at once and hears the program', async () => {
    const phone = await studio.phone('anna');
    expect(studio.placeOf(phone ?? '')).toBe('monitor');
    expect(studio.channel('anna').mode).toBe('free');
  });

  test('is defunct while it is not registered', async () => {
    expect(studio.channel('anna').mode).toBe('defunct');
    await studio.phone('anna', false);
    expect(studio.channel('anna').mode).toBe('free');
    studio.exchange.setReachable({ kind: 'user', userId: 'anna' }, false);
    await studio.settle();
    expect(studio.channel('anna').mode).toBe('defunct');
    expect(studio.mode('anna', 'master')).toBe('user_not_connected');
  });

  test('is rung for a user who asks for the air, and goes there when it is picked up', async () => {
    await studio.phone('anna', false);
    expect(studio.mode('anna', 'master')).toBeNull();
    await studio.settle();
    expect(studio.channel('anna')).toMatchObject({ mode: 'ring', pending: 'master' });
    studio.exchange.pickUp(studio.phoneOf('anna'));
    await studio.settle();
    expect(studio.channel('anna')).toMatchObject({ mode: 'master', pending: null });
  });
});

describe('the studio desk', () => {
  test('is rung once when its phone appears, and has its place in the conference', async () => {
    studio.exchange.setReachable({ kind: 'host' }, true);
    await studio.settle();
    const [call] = studio.exchange.calls.keys();
    studio.exchange.pickUp(call ?? '');
    await studio.settle();
    expect(studio.placeOf(call ?? '')).toBe('host');
    expect(studio.desk.state().mixer.host.connected).toBe(true);
    studio.exchange.end(call ?? '');
    await studio.settle();
    expect(studio.desk.state().mixer.host.connected).toBe(false);
    expect(studio.exchange.calls.size).toBe(0);
  });

  test('that calls in is answered; a second call of it replaces the first', async () => {
    const first = studio.exchange.callIn({ kind: 'host' });
    await studio.settle();
    const second = studio.exchange.callIn({ kind: 'host' });
    await studio.settle();
    expect(studio.placeOf(first)).toBe('gone');
    expect(studio.placeOf(second)).toBe('host');
    expect(studio.desk.state().mixer.host.connected).toBe(true);
  });
});

describe('a call that goes out', () => {
  test('is shown dialling, ringing, and where it was meant to go once sound flows', async () => {
    expect(studio.send('callNumber', { number: '+220 999', mode: 'on_hold', channel_id: null })).toBeNull();
    await studio.settle();
    const call = outgoing()?.call ?? '';
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'dial', direction: 'out', pending: 'on_hold' });
    studio.exchange.ring(call);
    await studio.settle();
    expect(studio.channel('studio-1').mode).toBe('ring');
    studio.exchange.isEager = false;
    studio.exchange.pickUp(call);
    await studio.settle();
    expect(studio.channel('studio-1').mode).toBe('ring');
    studio.exchange.sendMedia(call);
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'on_hold', pending: null });
    const [record] = studio.history();
    expect(record).toMatchObject({ direction: 'out', number: '+220999', answered: true });
  });

  test.each([
    ['+2207123', 'mobile-1', 'its pattern'],
    ['+220999', 'studio-1', 'being the default'],
  ])('to %s takes %s for %s', async (number, channel) => {
    studio.send('callNumber', { number, mode: 'on_hold', channel_id: null });
    await studio.settle();
    expect(studio.channel(channel).mode).toBe('dial');
  });

  const dialFor = (lines: Record<string, Partial<DeskLine>>) => {
    studio.desk.configure({
      ...studioConfig,
      lines: studioConfig.lines.map((line) => ({ ...line, ...lines[line.id] })),
    });
    return (number: string) => studio.send('callNumber', { number, mode: 'on_hold' })?.code ?? null;
  };
  const dialledOn = () =>
    studio.exchange.performed.flatMap((command) => (command.type === 'dial' ? [command.lineId] : []));

  test('takes the next line whose pattern fits when the first is full, and no line without', async () => {
    const call = dialFor({ mobile: { capacity: 1 }, studio: { capacity: 1, patterns: ['^\\+2207'] } });
    expect([call('+2207000001'), call('+2207000002'), call('+2207000003')]).toEqual([
      null,
      null,
      'no_free_channel',
    ]);
    await studio.settle();
    expect(dialledOn()).toEqual(['studio', 'mobile']);
  });

  test('takes the first line that can dial when no pattern fits, and says so when it is full', async () => {
    const call = dialFor({ studio: { canDialNumbers: false } });
    expect([call('+220999'), call('+220998')]).toEqual([null, 'no_free_channel']);
    expect(call('sip:reporter@192.0.2.1')).toBeNull();
    await studio.settle();
    expect(dialledOn()).toEqual(['mobile', 'studio']);
  });

  test('passes by a line that is down, unless the number is meant for it', async () => {
    studio.exchange.setLine('studio', 'down');
    await studio.settle();
    expect(dialFor({})('+220999')).toBeNull();
    studio.exchange.setLine('studio', 'up');
    studio.exchange.setLine('mobile', 'down');
    await studio.settle();
    expect(dialledOn()).toEqual(['mobile']);
    expect(dialFor({})('+2207123')).toBe('no_line');
  });

  test('is refused when no line has a way out', () => {
    const call = dialFor({ studio: { canDialNumbers: false }, mobile: { canDialNumbers: false } });
    expect(call('+2207123')).toBe('no_line');
    const asked = { number: '+220999', mode: 'on_hold', channel_id: 'studio-1' };
    expect(studio.send('callNumber', asked)?.code).toBe('no_way_out');
    expect(studio.send('callNumber', { ...asked, number: 'sip:reporter@192.0.2.1' })).toBeNull();
  });

  test.each([2203001234, '3001234', '300 12 34', '+220 300-1234'])(
    'to %j is dialled, allowed and remembered as the one number that it is',
    async (number) => {
      studio.store.saveContact(awa);
      expect(studio.send('callNumber', { number, mode: 'on_hold' })).toBeNull();
      await studio.settle();
      expect(studio.exchange.performed).toMatchObject([{ type: 'dial', number: '+2203001234' }]);
      expect(studio.channel('studio-1').contact).toMatchObject({ number: '+2203001234', name: 'Awa' });
    },
  );

  test('to a short code is dialled as it is, where that is allowed', async () => {
    expect(studio.send('callNumber', { number: '112', mode: 'on_hold' })?.code).toBe('number_not_allowed');
    studio.desk.configure({ ...studioConfig, dialAllow: ['^112$'] });
    expect(studio.send('callNumber', { number: '112', mode: 'on_hold' })).toBeNull();
    await studio.settle();
    expect(studio.exchange.performed).toMatchObject([{ type: 'dial', number: '112' }]);
  });

  test.each([
    [{ number: '00491', mode: 'on_hold' }, 'number_not_allowed'],
    [{ number: 'abc', mode: 'on_hold' }, 'bad_number'],
    [{ number: '+220999', mode: 'free' }, 'bad_mode'],
    [{ number: '+220999', mode: 'carla' }, 'unknown_user'],
    [{ number: '+220999', mode: 'anna' }, 'user_unreachable'],
    [{ number: '+220999', mode: 'on_hold', channel_id: 'studio-9' }, 'unknown_channel'],
    [{ number: '+220999', mode: 'on_hold', channel_id: 'anna' }, 'own_channel'],
  ])('%j is refused: %s', (data, code) => {
    expect(studio.send('callNumber', data)?.code).toBe(code);
    expect(studio.exchange.isBusy).toBe(false);
    expect(studio.broadcaster.sent).toEqual([]);
  });

  test('is refused when the minutes of the day are used up, and may be made on another day', async () => {
    studio.send('callNumber', { number: '+220999', mode: 'on_hold' });
    const [call] = studio.store.calls.values();
    if (!call) throw new Error('no record');
    const { openedAt } = call;
    studio.store.saveCall({ ...call, answeredAt: openedAt, endedAt: openedAt + 299 * 60_000 });
    expect(studio.send('callNumber', { number: '+220998', mode: 'on_hold' })).toBeNull();
    studio.store.saveCall({ ...call, answeredAt: openedAt, endedAt: openedAt + 300 * 60_000 });
    expect(studio.send('callNumber', { number: '+220997', mode: 'on_hold' })?.code).toBe('dial_limit');
    studio.wait(24 * 3_600_000);
    expect(studio.send('callNumber', { number: '+220997', mode: 'on_hold' })).toBeNull();
  });

  test('is refused while as many calls are up as may be dialled at a time', async () => {
    studio.desk.configure({ ...studioConfig, dialCallsAtOnce: 1 });
    await studio.ringing();
    expect(studio.send('callNumber', { number: '+220999', mode: 'on_hold' })).toBeNull();
    expect(studio.send('callNumber', { number: '+220998', mode: 'on_hold' })).toMatchObject({
      code: 'too_many_calls_out',
      msg: expect.stringContaining('1'),
    });
  });

  test('needs a free channel', async () => {
    await studio.ringing();
    expect(studio.send('channelCallNumber', { 'studio-1': { number: '+220999', mode: 'ivr' } })?.code).toBe(
      'channel_not_free',
    );
    studio.send('callNumber', { number: '+2207123', mode: 'on_hold' });
    expect(studio.send('callNumber', { number: '+2207124', mode: 'on_hold' })?.code).toBe('no_free_channel');
  });

  test.each(['busy', 'no_answer', 'not_found'] as const)(
    'that ends with %s frees the channel and says why',
    async (why) => {
      studio.send('callNumber', { number: '+220999', mode: 'on_hold' });
      await studio.settle();
      studio.exchange.end(outgoing()?.call ?? '', why);
      await studio.settle();
      expect(studio.channel('studio-1')).toMatchObject({ mode: 'free', error: why, pending: null });
      expect(studio.history()[0]?.hangup_cause).toBe(why);
    },
  );

  test('that cannot even be dialled frees the channel and tells who asked', async () => {
    studio.exchange.failures.set('dial', { ok: false, code: 'unreachable', msg: 'the gateway is away' });
    studio.send('callNumber', { number: '+220999', mode: 'on_hold' });
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'free', error: 'unreachable' });
    expect(errors()).toEqual([['callNumber', 'exchange_failed']]);
  });

  test('for a user lets them hear it ring, and is private with them once it is answered', async () => {
    const phone = await studio.phone('anna');
    studio.send('callNumber', { number: '+220999', mode: 'anna' });
    await studio.settle();
    expect(studio.placeOf(phone ?? '')).toBe('tone');
    const call = outgoing()?.call ?? '';
    studio.exchange.pickUp(call);
    await studio.settle();
    expect(studio.placeOf(call)).toBe(`private ${phone}`);
    expect(studio.channel('studio-1').mode).toBe('anna');
  });

  test('for a user that fails gives them the program back', async () => {
    const phone = await studio.phone('anna');
    studio.send('callNumber', { number: '+220999', mode: 'anna' });
    await studio.settle();
    studio.exchange.end(outgoing()?.call ?? '', 'busy');
    await studio.settle();
    expect(studio.placeOf(phone ?? '')).toBe('monitor');
    expect(studio.channel('anna')).toMatchObject({ mode: 'free', pending: null });
  });

  test('for a user who goes away puts the called party on hold', async () => {
    const phone = await studio.phone('anna');
    studio.send('callNumber', { number: '+220999', mode: 'anna' });
    await studio.settle();
    studio.exchange.end(phone ?? '');
    await studio.settle();
    studio.exchange.pickUp(outgoing()?.call ?? '');
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'on_hold', pending: null });
  });
});

test('a call of an unknown line or user is turned away', async () => {
  const stranger = studio.exchange.callIn({ kind: 'line', lineId: 'nowhere' });
  const nobody = studio.exchange.callIn({ kind: 'user', userId: 'constructor' });
  await studio.settle();
  expect([studio.placeOf(stranger), studio.placeOf(nobody)]).toEqual(['gone', 'gone']);
});

describe('a test call', () => {
  const testCall = async () => {
    const call = studio.exchange.callIn({ kind: 'line', lineId: 'studio' }, '', 'Radio (test)', true);
    await studio.settle();
    return call;
  };

  test('rings and is answered as any other, and leaves nothing behind', async () => {
    const call = await testCall();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', contact: { name: 'Radio (test)' } });
    expect(studio.desk.channelOf(call)).toBe('studio-1');
    expect(studio.mode('studio-1', 'on_hold')).toBeNull();
    await studio.settle();
    expect(studio.channel('studio-1').mode).toBe('on_hold');
    expect(studio.mode('studio-1', 'ivr')).toBeNull();
    await studio.settle();
    expect(studio.mode('studio-1', 'free')).toBeNull();
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'free', contact: null });
    expect([studio.history(), studio.questions.open(), studio.desk.channelOf(call)]).toEqual([[], [], null]);
  });

  test('goes nowhere by itself', async () => {
    studio.send('channelAutoAnswer', { 'studio-1': 'master' });
    await testCall();
    expect(studio.channel('studio-1').mode).toBe('ring');
  });

  test('is refused when every channel is taken, with nothing in the history either', async () => {
    const { length } = Object.keys(studio.desk.state().mixer.channels).filter((id) =>
      id.startsWith('studio'),
    );
    for (let taken = 0; taken < length; taken += 1) await studio.ringing('+220111');
    const before = studio.history().length;
    const call = await testCall();
    expect([studio.exchange.calls.has(call), studio.history().length]).toEqual([false, before]);
  });
});
