// Screening: how a caller becomes ready, who is next, what "next to air" does, who is kept on air, who hears busy.
import { beforeEach, describe, expect, test } from 'vitest';
import { Studio, studioConfig } from './testing/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio().open();
});

const queue = () => studio.desk.state().queue;
const screening = (id: string) => studio.channel(id).screening;
const code = (event: Parameters<Studio['send']>[0], data: unknown, client = 'c1') =>
  studio.send(event, data, client)?.code ?? null;

/** So many on hold, on studio-1 and on, a second apart. */
async function waiting(count: number): Promise<string[]> {
  const calls: string[] = [];
  for (let index = 1; index <= count; index += 1) {
    calls.push(await studio.caller('on_hold', `+22011${index}`));
    studio.wait(1_000);
  }
  return calls;
}

async function ready(count: number): Promise<string[]> {
  const calls = await waiting(count);
  for (let index = count; index >= 1; index -= 1) {
    expect(code('queue:screening', { [`studio-${index}`]: 'ready' })).toBeNull();
  }
  return calls;
}

describe('the screening of a caller', () => {
  test('is new from the first ring, talking in a private talk, and new again when that ended without a word', async () => {
    await studio.phone('anna');
    await studio.ringing();
    const seen = [screening('studio-1')];
    for (const mode of ['on_hold', 'anna', 'on_hold', 'master', 'on_hold', 'ivr', 'free']) {
      studio.mode('studio-1', mode);
      await studio.settle();
      seen.push(screening('studio-1'));
    }
    expect(seen).toEqual(['new', 'new', 'talking', 'new', null, 'new', 'new', null]);
  });

  test('that was set by hand stays where they wait, also when it was said in the talk, until the next talk', async () => {
    await studio.phone('anna');
    await studio.caller('anna');
    expect(code('queue:screening', { 'studio-1': 'ready' })).toBeNull();
    const seen = [screening('studio-1')];
    for (const mode of ['on_hold', 'ivr', 'on_hold', 'anna']) {
      studio.mode('studio-1', mode);
      await studio.settle();
      seen.push(screening('studio-1'));
    }
    expect(seen).toEqual(['ready', 'ready', 'ready', 'ready', 'talking']);
    expect(queue().order).toEqual([]);
  });

  test('begins with an outgoing call when it is answered', async () => {
    studio.send('callNumber', { number: '+220999', mode: 'on_hold' });
    await studio.settle();
    expect(screening('studio-1')).toBeNull();
    expect(code('queue:screening', { 'studio-1': 'ready' })).toBe('channel_not_answered');
    const [call] = studio.exchange.calls.keys();
    studio.exchange.pickUp(call ?? '');
    await studio.settle();
    expect(screening('studio-1')).toBe('new');
  });

  test.each([
    ['anna', 'own_channel'],
    ['studio-9', 'unknown_channel'],
    ['studio-2', 'channel_free'],
    ['studio-1', 'channel_on_air'],
  ])('of %s cannot be set: %s', async (id, refusal) => {
    await studio.caller('master');
    expect(code('queue:screening', { [id]: 'ready' })).toBe(refusal);
    expect(code('queue:priority', { [id]: 1 })).toBe(refusal);
    expect(queue().order).toEqual([]);
  });

  test('and everything decided about them ends with the call', async () => {
    const [call] = await ready(1);
    studio.send('queue:priority', { 'studio-1': 2 });
    studio.exchange.end(call ?? '');
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ screening: null, priority: 0 });
    expect(queue().order).toEqual([]);
    await studio.ringing();
    expect(studio.channel('studio-1')).toMatchObject({ screening: 'new', priority: 0 });
  });
});

describe('the order of the queue', () => {
  test('is by priority, then by who has waited longest, whoever was ready first', async () => {
    await ready(3);
    expect(queue()).toMatchObject({ order: ['studio-1', 'studio-2', 'studio-3'], by_hand: false });
    studio.send('queue:priority', { 'studio-3': 1 });
    expect(queue().order).toEqual(['studio-3', 'studio-1', 'studio-2']);
    studio.send('queue:priority', { 'studio-2': 2 });
    expect(queue().order).toEqual(['studio-2', 'studio-3', 'studio-1']);
  });

  test('by hand stays, and who comes later stands behind those of the same priority', async () => {
    await ready(3);
    studio.send('queue:screening', { 'studio-1': 'new' });
    expect(code('queue:order', ['studio-3', 'studio-2'])).toBeNull();
    studio.send('queue:screening', { 'studio-1': 'ready' });
    expect(queue()).toMatchObject({ order: ['studio-3', 'studio-2', 'studio-1'], by_hand: true });
    studio.send('queue:priority', { 'studio-1': 1 });
    expect(queue().order).toEqual(['studio-1', 'studio-3', 'studio-2']);
    expect(code('queue:order', [])).toBeNull();
    studio.send('queue:priority', { 'studio-1': 0 });
    expect(queue()).toMatchObject({ order: ['studio-1', 'studio-2', 'studio-3'], by_hand: false });
  });

  test('by hand is over with the last of the queue', async () => {
    await ready(2);
    studio.send('queue:order', ['studio-2']);
    expect(queue()).toMatchObject({ order: ['studio-2', 'studio-1'], by_hand: true });
    studio.send('queue:screening', { 'studio-1': 'new', 'studio-2': 'new' });
    expect(queue()).toMatchObject({ order: [], by_hand: false });
  });

  test('passes over who has just left, and refuses what is no channel of callers', async () => {
    const calls = await ready(2);
    studio.exchange.end(calls[0] ?? '');
    await studio.settle();
    expect(code('queue:order', ['studio-1', 'studio-2', 'studio-2'])).toBeNull();
    expect(queue().order).toEqual(['studio-2']);
    expect(code('queue:order', ['studio-2', 'studio-9'])).toBe('unknown_channel');
    expect(code('queue:order', ['anna'])).toBe('own_channel');
  });

  test('has one next at most, and they are its head', async () => {
    await ready(3);
    studio.send('queue:screening', { 'studio-3': 'next' });
    expect(queue().order).toEqual(['studio-3', 'studio-1', 'studio-2']);
    studio.send('queue:screening', { 'studio-2': 'next' });
    expect(queue().order).toEqual(['studio-2', 'studio-1', 'studio-3']);
    studio.send('queue:priority', { 'studio-1': 2 });
    expect(queue().order[0]).toBe('studio-2');
    studio.send('queue:order', ['studio-1', 'studio-2', 'studio-3']);
    expect(queue().order).toEqual(['studio-1', 'studio-2', 'studio-3']);
    expect(['studio-1', 'studio-2', 'studio-3'].map(screening)).toEqual(['ready', 'ready', 'ready']);
  });

  test('goes to all, whole, and only when it has changed', async () => {
    await ready(2);
    studio.broadcaster.clear();
    studio.send('queue:order', ['studio-2']);
    studio.send('queue:order', ['studio-2', 'studio-1']);
    expect(studio.broadcaster.sent).toEqual([
      {
        audience: { to: 'all' },
        frame: { event: 'queueUpdate', data: { order: ['studio-2', 'studio-1'], by_hand: true } },
      },
    ]);
  });
});

describe('next to air', () => {
  test('pressed by two in the same instant takes one caller, and both are answered', async () => {
    const calls = await ready(3);
    expect(code('queue:next', { channel_id: 'studio-1' }, 'c1')).toBeNull();
    expect(code('queue:next', { channel_id: 'studio-1' }, 'c2')).toBeNull();
    await studio.settle();
    expect(code('queue:next', { channel_id: 'studio-1' }, 'c2')).toBeNull();
    await studio.settle();
    expect(calls.map((call) => studio.placeOf(call))).toEqual(['air', 'hold', 'hold']);
    expect(queue().order).toEqual(['studio-2', 'studio-3']);
    expect(studio.broadcaster.dataOf('event_error')).toEqual([]);
  });

  test('with a head that is no more is refused, and nobody goes', async () => {
    const calls = await ready(2);
    studio.send('queue:priority', { 'studio-2': 1 });
    expect(code('queue:next', { channel_id: 'studio-1' })).toBe('queue_moved');
    expect(code('queue:next', { channel_id: 'studio-3' })).toBe('queue_moved');
    expect(code('queue:next', { channel_id: 'studio-9' })).toBe('unknown_channel');
    expect(code('queue:next', { channel_id: 'anna' })).toBe('own_channel');
    await studio.settle();
    expect(calls.map((call) => studio.placeOf(call))).toEqual(['hold', 'hold']);
  });

  test('is told of to the one who pressed, when it does not come to it', async () => {
    await ready(1);
    studio.broadcaster.clear();
    expect(code('queue:next', { channel_id: 'studio-1' })).toBeNull();
    studio.exchange.crash();
    await studio.settle();
    expect(studio.broadcaster.dataOf('event_error')).toMatchObject([
      { event: 'queue:next', code: 'exchange_down' },
    ]);
  });

  test.each([
    ['keep', 'air', 'master'],
    ['hold', 'hold', 'on_hold'],
    ['drop', 'gone', 'free'],
  ] as const)('who is on air is dealt with as the show has it: %s', async (what, place, mode) => {
    const former = await studio.caller('master');
    await studio.phone('ben');
    studio.mode('ben', 'master');
    const next = await studio.caller('on_hold');
    studio.send('queue:screening', { 'studio-2': 'ready' });
    expect(code('queue:onNext', what)).toBeNull();
    studio.exchange.performed.length = 0;
    studio.send('queue:next', { channel_id: 'studio-2' });
    await studio.settle();
    expect([studio.placeOf(next), studio.placeOf(former)]).toEqual(['air', place]);
    expect([studio.channel('studio-1').mode, studio.channel('ben').mode]).toEqual([mode, 'master']);
    // The next one first: the air is never empty in between.
    const moved = studio.exchange.performed.flatMap((command) => {
      if (command.type === 'move') return command.moves.map(({ call }) => call);
      return command.type === 'hangUp' ? [command.call] : [];
    });
    expect(moved).toEqual(what === 'keep' ? [next] : [next, former]);
  });

  test('who is on air stays there until the next one is heard, and when that one never is', async () => {
    const former = await studio.caller('master');
    studio.send('queue:onNext', 'drop');
    const next = await studio.ringing();
    studio.send('queue:screening', { 'studio-2': 'ready' });
    studio.exchange.isEager = false;
    studio.send('queue:next', { channel_id: 'studio-2' });
    await studio.settle();
    expect(studio.placeOf(former)).toBe('air');
    expect(studio.channel('studio-2')).toMatchObject({ mode: 'ring', pending: 'master' });
    expect(queue().order).toEqual(['studio-2']);
    studio.exchange.isEager = true;
    studio.exchange.end(next);
    await studio.settle();
    expect(studio.placeOf(former)).toBe('air');
    const [second] = await waiting(1);
    studio.send('queue:screening', { 'studio-2': 'ready' });
    studio.send('queue:onNext', 'keep');
    studio.send('queue:next', { channel_id: 'studio-2' });
    await studio.settle();
    expect([studio.placeOf(former), studio.placeOf(second ?? '')]).toEqual(['air', 'air']);
  });

  test('keeps whoever was locked in the last moment', async () => {
    const former = await studio.caller('master');
    await studio.caller('on_hold');
    studio.send('queue:screening', { 'studio-2': 'ready' });
    studio.send('queue:onNext', 'drop');
    studio.send('queue:next', { channel_id: 'studio-2' });
    expect(code('channelLock', { 'studio-1': true })).toBeNull();
    await studio.settle();
    expect(studio.placeOf(former)).toBe('air');
    expect(studio.channel('studio-2').mode).toBe('master');
  });
});

describe('a lock', () => {
  test.each(['free', 'on_hold', 'ivr', 'anna'])('keeps a caller on air who is moved to %s', async (mode) => {
    await studio.phone('anna');
    const call = await studio.caller('master');
    expect(code('channelLock', { 'studio-1': true })).toBeNull();
    expect(studio.mode('studio-1', mode)).toBe('channel_locked');
    expect(studio.mode('anna', 'studio-1')).toBe('channel_locked');
    expect(studio.mode('studio-1', 'master')).toBeNull();
    await studio.settle();
    expect(studio.placeOf(call)).toBe('air');
    expect(code('channelLock', { 'studio-1': false })).toBeNull();
    expect(studio.mode('studio-1', mode)).toBeNull();
    await studio.settle();
    expect(studio.placeOf(call)).not.toBe('air');
  });

  test('keeps nobody who hangs up, and is not there for the next caller', async () => {
    const call = await studio.caller('master');
    studio.send('channelLock', { 'studio-1': true });
    studio.exchange.end(call);
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'free', locked: false });
    await studio.caller('master');
    expect(studio.channel('studio-1').locked).toBe(false);
  });

  test('is for who is on air, and not for who is on the way off', async () => {
    await studio.caller('on_hold');
    expect(code('channelLock', { 'studio-1': true })).toBe('channel_not_on_air');
    expect(code('channelLock', { 'studio-2': true })).toBe('channel_not_on_air');
    expect(code('channelLock', { 'studio-2': false })).toBeNull();
    expect(code('channelLock', { 'studio-9': true })).toBe('unknown_channel');
    expect(code('channelLock', { anna: true })).toBe('own_channel');
    studio.mode('studio-1', 'master');
    await studio.settle();
    studio.mode('studio-1', 'free');
    expect(code('channelLock', { 'studio-1': true })).toBe('channel_busy_changing');
  });

  test('outlives settings that know the line no more', async () => {
    const call = await studio.caller('master');
    await studio.caller('master');
    studio.send('channelLock', { 'studio-1': true });
    studio.desk.configure({ ...studioConfig, lines: studioConfig.lines.slice(1) });
    await studio.settle();
    expect(studio.placeOf(call)).toBe('air');
    expect(Object.keys(studio.desk.state().mixer.channels)).not.toContain('studio-2');
  });
});

describe('lines busy', () => {
  test('lets new callers hear busy and be missed; no strip lights up, calls that are up go on', async () => {
    const call = await studio.caller('on_hold');
    const ringing = await studio.ringing();
    expect(code('linesBusy', true)).toBeNull();
    expect(queue().lines_busy).toBe(true);
    studio.exchange.performed.length = 0;
    studio.broadcaster.clear();
    studio.wait(1_000);
    const turnedAway = await studio.ringing('+220777');
    expect(studio.exchange.performed).toEqual([{ type: 'reject', call: turnedAway, why: 'busy' }]);
    expect(studio.broadcaster.dataOf('channelUpdate')).toEqual([]);
    expect(studio.history()[0]).toMatchObject({
      number: '+220777',
      channel_id: null,
      answered: false,
      hangup_cause: 'busy',
    });
    expect([studio.placeOf(call), studio.channel('studio-2').mode]).toEqual(['hold', 'ring']);
    expect(studio.placeOf(ringing)).not.toBe('gone');
    studio.send('linesBusy', false);
    await studio.ringing();
    expect(studio.channel('studio-3').mode).toBe('ring');
  });

  test('leaves blocked numbers to their count, and the station free to dial', async () => {
    studio.store.blocked.add('+220666');
    studio.send('linesBusy', true);
    await studio.ringing('+220666');
    expect(studio.history()).toEqual([]);
    expect(studio.store.blockedCalls.get('+220666')).toBe(1);
    expect(studio.send('callNumber', { number: '+220999', mode: 'on_hold' })).toBeNull();
  });
});

describe('who calls', () => {
  test('is known by the calls before: how many, when last, when last on air', async () => {
    const first = studio.now;
    studio.send('masterOnAir', true);
    const call = await studio.caller('master', '+220111');
    expect(studio.channel('studio-1').caller).toEqual({
      calls: 1,
      last_on_air: null,
      last_call: null,
      blocked: false,
    });
    studio.wait(5_000);
    studio.exchange.end(call);
    await studio.settle();
    studio.wait(60_000);
    const second = studio.now;
    studio.exchange.end(await studio.caller('on_hold', '+220111'));
    await studio.settle();
    studio.wait(60_000);
    await studio.ringing('+220111');
    expect(studio.channel('studio-1').caller).toEqual({
      calls: 3,
      last_on_air: first,
      last_call: second,
      blocked: false,
    });
  });

  test('is nobody known where the number is withheld', async () => {
    await studio.ringing('');
    expect(studio.channel('studio-1').caller).toBeNull();
  });

  test('is known too when they are called', async () => {
    studio.exchange.end(await studio.ringing('+2203001234'));
    await studio.settle();
    studio.wait(1_000);
    studio.send('callNumber', { number: '3001234', mode: 'on_hold' });
    expect(studio.channel('studio-1').caller).toMatchObject({ calls: 2 });
  });
});

describe('what the caller wants to say', () => {
  test('belongs to the call: it is in the history, and the next call begins without', async () => {
    const call = await studio.caller('on_hold', '+220111');
    studio.broadcaster.clear();
    expect(code('channelContactInfo', { 'studio-1': { name: 'Awa', point: 'The rain' } })).toBeNull();
    expect(studio.channel('studio-1').contact).toMatchObject({ name: 'Awa', point: 'The rain' });
    expect(studio.broadcaster.dataOf('channelContactInfo')).toEqual([
      { 'studio-1': { name: 'Awa', point: 'The rain' } },
    ]);
    expect(studio.history()[0]).toMatchObject({ name: 'Awa', point: 'The rain' });
    studio.exchange.end(call);
    studio.wait(1_000);
    await studio.ringing('+220111');
    expect(studio.channel('studio-1').contact).toMatchObject({ name: 'Awa', point: null });
    expect(studio.history()[0]?.point).toBeNull();
  });

  test('alone makes no card in the address book', async () => {
    await studio.caller('on_hold', '+220111');
    studio.send('channelContactInfo', { 'studio-1': { point: 'The rain' } });
    expect(studio.store.findContact('+220111')).toBeNull();
    expect(code('channelContactInfo', { 'studio-1': { point: 5 } })).toBe('bad_data');
  });

  test('can be written down after they have hung up, but not into an entry that was deleted', async () => {
    const call = await studio.caller('on_hold', '+220111');
    const id = studio.channel('studio-1').call_id ?? '';
    studio.exchange.end(call);
    await studio.settle();
    studio.broadcaster.clear();
    expect(code('channelContactInfo', { 'studio-1': { point: 'The rain' } })).toBeNull();
    expect(studio.store.findCall(id)?.point).toBe('The rain');
    expect(studio.broadcaster.dataOf('calls:update')).toMatchObject([{ [id]: { point: 'The rain' } }]);
    studio.store.calls.delete(id);
    expect(code('channelContactInfo', { 'studio-1': { point: 'The sun' } })).toBeNull();
    expect(studio.store.findCall(id)).toBeNull();
  });
});
