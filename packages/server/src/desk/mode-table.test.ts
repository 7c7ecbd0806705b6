// The table of modes, a row a cell, and a test for each of its notes. Who may go where is written down here a second
// time, in the plainest form; the desk runs whole, on the fake exchange.
import { beforeEach, describe, expect, test } from 'vitest';
import type { CallId } from './ports/exchange.ts';
import { Studio } from './testing/studio.ts';

let studio: Studio;
let call: CallId;

beforeEach(async () => {
  studio = await new Studio().open();
  call = '';
});

/** Brings studio-1 into a state; anna's phone is connected. */
const states: Record<string, () => Promise<void>> = {
  defunct: async () => {
    studio.exchange.setLine('studio', 'down');
    await studio.settle();
  },
  free: () => Promise.resolve(),
  'ring in': async () => {
    call = await studio.ringing();
  },
  dial: () => dialOut(),
  'ring out': async () => {
    await dialOut();
    studio.exchange.ring(call);
    await studio.settle();
  },
  ivr: async () => {
    call = await studio.caller('ivr');
  },
  on_hold: async () => {
    call = await studio.caller('on_hold');
  },
  'ring in, ben rung': async () => {
    await studio.phone('ben', false);
    call = await studio.ringing();
    studio.mode('studio-1', 'ben');
    await studio.settle();
  },
  'on_hold, ben rung': async () => {
    await studio.phone('ben', false);
    call = await studio.caller('on_hold');
    studio.mode('studio-1', 'ben');
    await studio.settle();
  },
  master: async () => {
    call = await studio.caller('master');
  },
  ben: async () => {
    await studio.phone('ben');
    call = await studio.caller('ben');
  },
};

async function dialOut(): Promise<void> {
  studio.send('channelCallNumber', { 'studio-1': { number: '+220111', mode: 'on_hold' } });
  await studio.settle();
  call = [...studio.exchange.calls.values()].find(({ direction }) => direction === 'out')?.call ?? '';
}

const placeIn: Record<string, () => string> = {
  master: () => 'air',
  on_hold: () => 'hold',
  ivr: () => 'ivr',
  anna: () => `private ${studio.phoneOf('anna')}`,
  ben: () => `private ${studio.phoneOf('ben')}`,
};

const unanswered = 'channel_not_answered';
const table: [now: string, asked: string, outcome: string][] = [
  ['ring in', 'free', 'ends'],
  ['ring in', 'master', 'moves'],
  ['ring in', 'on_hold', 'moves'],
  ['ring in', 'ivr', 'moves'],
  ['ring in', 'anna', 'moves'],
  ['dial', 'free', 'ends'],
  ['dial', 'master', unanswered],
  ['dial', 'on_hold', unanswered],
  ['dial', 'ivr', unanswered],
  ['dial', 'anna', unanswered],
  ['ring out', 'free', 'ends'],
  ['ring out', 'master', unanswered],
  ['ring out', 'on_hold', unanswered],
  ['ring out', 'ivr', unanswered],
  ['ring out', 'anna', unanswered],
  ...['ivr', 'on_hold', 'master', 'ben'].flatMap((now): [string, string, string][] => [
    [now, 'free', 'ends'],
    ...['master', 'on_hold', 'ivr', 'anna', 'ben'].map((asked): [string, string, string] => [
      now,
      asked,
      now === asked ? 'stays' : 'moves',
    ]),
  ]),
  ['ring in, ben rung', 'free', 'ends'],
  ['ring in, ben rung', 'master', 'moves'],
  ['ring in, ben rung', 'on_hold', 'moves'],
  ['ring in, ben rung', 'ivr', 'moves'],
  ['ring in, ben rung', 'anna', 'moves'],
  ['ring in, ben rung', 'ben', 'stays'],
  ['on_hold, ben rung', 'free', 'ends'],
  ['on_hold, ben rung', 'master', 'moves'],
  ['on_hold, ben rung', 'on_hold', 'waits no more'],
  ['on_hold, ben rung', 'ivr', 'moves'],
  ['on_hold, ben rung', 'anna', 'moves'],
  ['on_hold, ben rung', 'ben', 'stays'],
  ['free', 'free', 'stays'],
  ['free', 'master', 'channel_free'],
  ['free', 'on_hold', 'channel_free'],
  ['free', 'ivr', 'channel_free'],
  ['free', 'anna', 'channel_free'],
  ['defunct', 'free', 'channel_defunct'],
  ['defunct', 'master', 'channel_defunct'],
  ['defunct', 'on_hold', 'channel_defunct'],
  ['defunct', 'ivr', 'channel_defunct'],
  ['defunct', 'anna', 'channel_defunct'],
];

/** Brings the desk there and asks; what it was before, and the refusal's code. */
async function ask(now: string, asked: string) {
  await studio.phone('anna');
  if (asked === 'ben' && !now.endsWith('ben rung')) await studio.phone('ben');
  await states[now]?.();
  const before = studio.desk.state();
  studio.broadcaster.clear();
  return { before, code: studio.mode('studio-1', asked) };
}

const accepted = ['moves', 'ends', 'waits no more'];

describe('the table', () => {
  test.each(table.filter(([, , outcome]) => outcome === 'moves'))(
    '%s, asked %s: moves',
    async (now, asked) => {
      const { before, code } = await ask(now, asked);
      expect(code).toBeNull();
      const { mode } = before.mixer.channels['studio-1'] ?? {};
      expect(studio.channel('studio-1')).toMatchObject({ mode, pending: asked });
      await studio.settle();
      expect(studio.channel('studio-1')).toMatchObject({ mode: asked, pending: null });
      expect(studio.placeOf(call)).toBe(placeIn[asked]?.());
    },
  );

  test.each(table.filter(([, , outcome]) => outcome === 'waits no more'))(
    '%s, asked %s: stays there, and waits no more',
    async (now, asked) => {
      const { code } = await ask(now, asked);
      expect(code).toBeNull();
      await studio.settle();
      expect(studio.channel('studio-1')).toMatchObject({ mode: asked, pending: null });
      expect(studio.placeOf(call)).toBe(placeIn[asked]?.());
    },
  );

  test.each(table.filter(([now, asked]) => now.endsWith('ben rung') && asked !== 'ben'))(
    "%s, asked %s: the user's phone rings no longer",
    async (now, asked) => {
      await ask(now, asked);
      await studio.settle();
      expect(studio.channel('ben')).toMatchObject({ mode: 'free', pending: null });
      expect([...studio.exchange.calls.values()].map(({ owner }) => owner)).not.toContainEqual({
        kind: 'user',
        userId: 'ben',
      });
    },
  );

  test.each(table.filter(([, , outcome]) => outcome === 'ends'))('%s, asked %s: ends', async (now, asked) => {
    const { code } = await ask(now, asked);
    expect(code).toBeNull();
    expect(studio.channel('studio-1').pending).toBe('free');
    await studio.settle();
    const after = { mode: 'free', direction: null, call_id: null, pending: null };
    expect(studio.channel('studio-1')).toMatchObject(after);
    expect(studio.placeOf(call)).toBe('gone');
  });

  test.each(table.filter(([, , outcome]) => !accepted.includes(outcome)))(
    '%s, asked %s: %s, and nothing changes',
    async (now, asked, outcome) => {
      const { before, code } = await ask(now, asked);
      expect(code ?? 'stays').toBe(outcome);
      await studio.settle();
      expect(studio.desk.state()).toEqual(before);
      expect(studio.broadcaster.sent).toEqual([]);
    },
  );

  test.each(['ring', 'dial', 'defunct'])('%s cannot be asked for', async (asked) => {
    await studio.caller('on_hold');
    expect(studio.mode('studio-1', asked)).toBe('bad_mode');
  });

  test('a user who is not there cannot be asked for, nor a channel that is not there be moved', async () => {
    await studio.caller('on_hold');
    expect(studio.mode('studio-1', 'carla')).toBe('unknown_user');
    expect(studio.mode('studio-9', 'master')).toBe('unknown_channel');
    expect(studio.mode('constructor', 'master')).toBe('unknown_channel');
    expect(studio.mode('studio-1', 'toString')).toBe('unknown_user');
  });
});

describe('the notes', () => {
  test('a ringing caller cannot be given to a user who has no phone', async () => {
    await studio.ringing();
    expect(studio.mode('studio-1', 'anna')).toBe('user_unreachable');
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', pending: null });
  });

  test('to a user who is private with another caller: that caller goes on hold in the same step', async () => {
    await studio.phone('anna');
    const first = await studio.caller('anna', '+2201');
    const second = await studio.caller('on_hold', '+2202');
    studio.exchange.performed.length = 0;
    studio.broadcaster.clear();
    expect(studio.mode('studio-2', 'anna')).toBeNull();
    await studio.settle();

    const phone = studio.phoneOf('anna');
    expect(studio.exchange.performed).toEqual([
      {
        type: 'move',
        moves: [
          { call: second, place: { kind: 'private', with: phone } },
          { call: phone, place: { kind: 'private', with: second } },
          { call: first, place: { kind: 'hold' } },
        ],
      },
    ]);
    expect(studio.channel('studio-1').mode).toBe('on_hold');
    expect(studio.channel('studio-2').mode).toBe('anna');
    expect(studio.channel('anna').mode).toBe('studio-2');
    const modes = studio.broadcaster.dataOf('channelUpdate').filter((data) => data['studio-1']?.mode);
    expect(modes).toHaveLength(1);
    expect(Object.keys(modes[0] ?? {}).toSorted()).toEqual(['anna', 'studio-1', 'studio-2']);
  });

  test('a ringing caller displaces the other only once they are answered', async () => {
    await studio.phone('anna');
    const first = await studio.caller('anna', '+2201');
    await studio.ringing('+2202');
    studio.exchange.isEager = false;
    studio.mode('studio-2', 'anna');
    await studio.settle();
    expect(studio.channel('studio-1').mode).toBe('anna');
    expect(studio.channel('studio-2')).toMatchObject({ mode: 'ring', pending: 'anna' });
    expect(studio.placeOf(first)).toMatch(/^private/);
    for (const id of studio.exchange.calls.keys()) studio.exchange.sendMedia(id);
    await studio.settle();
    expect(studio.channel('studio-1').mode).toBe('on_hold');
    expect(studio.channel('studio-2').mode).toBe('anna');
  });

  test('to a user who is on air: refused', async () => {
    await studio.phone('anna');
    await studio.caller('on_hold');
    studio.mode('anna', 'master');
    await studio.settle();
    expect(studio.channel('anna').mode).toBe('master');
    expect(studio.mode('studio-1', 'anna')).toBe('user_on_air');
  });

  test("a user's channel asked for master while private takes both to air in one step", async () => {
    await studio.phone('anna');
    const caller = await studio.caller('anna');
    studio.exchange.performed.length = 0;
    studio.broadcaster.clear();
    expect(studio.mode('anna', 'master')).toBeNull();
    expect(studio.channel('anna').pending).toBe('master');
    expect(studio.channel('studio-1').pending).toBe('master');
    await studio.settle();
    const phone = studio.phoneOf('anna');
    expect(studio.exchange.performed).toEqual([
      {
        type: 'move',
        moves: [
          { call: phone, place: { kind: 'air' } },
          { call: caller, place: { kind: 'air' } },
        ],
      },
    ]);
    expect(studio.channel('anna').mode).toBe('master');
    expect(studio.channel('studio-1').mode).toBe('master');
    const together = studio.broadcaster
      .dataOf('channelUpdate')
      .filter((data) => data['anna']?.mode === 'master');
    expect(together).toHaveLength(1);
    expect(together[0]?.['studio-1']?.mode).toBe('master');
  });

  test("a user's channel asked for free ends the private talk: the caller goes on hold, the phone stays", async () => {
    const phone = await studio.phone('anna');
    const caller = await studio.caller('anna');
    expect(studio.mode('anna', 'free')).toBeNull();
    await studio.settle();
    expect(studio.channel('anna').mode).toBe('free');
    expect(studio.channel('studio-1').mode).toBe('on_hold');
    expect(studio.placeOf(caller)).toBe('hold');
    expect(studio.placeOf(phone ?? '')).toBe('monitor');
  });

  test("a user's channel asked for free takes the user off air", async () => {
    const phone = await studio.phone('anna');
    studio.mode('anna', 'master');
    await studio.settle();
    expect(studio.placeOf(phone ?? '')).toBe('air');
    studio.mode('anna', 'free');
    await studio.settle();
    expect(studio.channel('anna').mode).toBe('free');
    expect(studio.placeOf(phone ?? '')).toBe('monitor');
  });

  test("a user's own channel asked for a call is the same as the call asked for the user", async () => {
    await studio.phone('anna');
    await studio.caller('on_hold');
    expect(studio.mode('anna', 'studio-1')).toBeNull();
    await studio.settle();
    expect(studio.channel('studio-1').mode).toBe('anna');
    expect(studio.channel('anna').mode).toBe('studio-1');
  });

  test.each(['on_hold', 'ivr', 'ring', 'ben'])(
    "a user's own channel cannot be asked for %s",
    async (asked) => {
      await studio.phone('anna');
      expect(studio.mode('anna', asked)).toBe('bad_mode');
    },
  );

  test('an incoming call is shown in its mode only when sound flows there', async () => {
    studio.exchange.isEager = false;
    const id = await studio.ringing();
    studio.mode('studio-1', 'master');
    await studio.settle();
    expect(studio.placeOf(id)).toBe('air');
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', pending: 'master' });
    studio.exchange.sendMedia(id);
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'master', pending: null });
  });

  test('a move is shown when the exchange has accepted it, and taken back with the reason when it has not', async () => {
    await studio.caller('on_hold');
    studio.exchange.failures.set('move', { ok: false, code: 'failed', msg: 'no port is left' });
    expect(studio.send('channelMode', { 'studio-1': 'master' }, 'c1', 'producer', '7')).toBeNull();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'on_hold', pending: 'master' });
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'on_hold', pending: null });
    const errors = studio.broadcaster.sent.filter(({ frame }) => frame.event === 'event_error');
    expect(errors).toEqual([
      {
        audience: { to: 'self', client: 'c1' },
        frame: {
          event: 'event_error',
          data: {
            event: 'channelMode',
            key: 'studio-1',
            code: 'exchange_failed',
            msg: 'The telephone engine could not do it: no port is left.',
          },
          // Of the event that it belongs to, which was accepted before.
          id: '7',
        },
      },
    ]);
  });

  test('two clients that move the same call: one wins, the other is refused, nobody sees a mix', async () => {
    const id = await studio.caller('on_hold');
    studio.broadcaster.clear();
    expect(studio.send('channelMode', { 'studio-1': 'master' }, 'c1')).toBeNull();
    expect(studio.send('channelMode', { 'studio-1': 'ivr' }, 'c2')?.code).toBe('channel_busy_changing');
    expect(studio.send('channelMode', { 'studio-1': 'master' }, 'c2')).toBeNull();
    await studio.settle();
    expect(studio.placeOf(id)).toBe('air');
    const modes = studio.broadcaster.dataOf('channelUpdate').flatMap((data) => data['studio-1']?.mode ?? []);
    expect(modes).toEqual(['master']);
  });

  test('whoever asks: a wish that waits for a phone is replaced by the next one, also while the phone is only dialled', async () => {
    await studio.phone('ben', false);
    const id = await studio.caller('on_hold');
    expect(studio.send('channelMode', { 'studio-1': 'ben' }, 'c1')).toBeNull();
    expect(studio.send('channelMode', { 'studio-1': 'master' }, 'c2')).toBeNull();
    await studio.settle();
    expect(studio.placeOf(id)).toBe('air');
    expect(studio.channel('ben')).toMatchObject({ mode: 'free', pending: null });
    expect(studio.exchange.calls.size).toBe(1);
    expect(studio.broadcaster.dataOf('event_error')).toEqual([]);
  });

  test('a wish that is refused leaves the one that waits', async () => {
    await studio.phone('ben', false);
    await studio.caller('on_hold');
    studio.mode('studio-1', 'ben');
    await studio.settle();
    expect(studio.mode('studio-1', 'anna')).toBe('user_unreachable');
    expect(studio.mode('studio-1', 'master', 'screener')).toBe('forbidden_on_air');
    await studio.settle();
    expect(studio.channel('studio-1').pending).toBe('ben');
    studio.exchange.pickUp(studio.phoneOf('ben'));
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ben', pending: null });
  });

  test('once the phone is picked up the move is on its way, and nobody else moves the caller', async () => {
    await studio.phone('ben', false);
    await studio.caller('on_hold');
    studio.mode('studio-1', 'ben');
    await studio.settle();
    studio.exchange.pickUp(studio.phoneOf('ben'));
    while (!studio.exchange.canCarryOut) studio.exchange.tellNext();
    expect(studio.mode('studio-1', 'master')).toBe('channel_busy_changing');
    await studio.settle();
    expect(studio.channel('studio-1').mode).toBe('ben');
  });

  test('a called party who has answered and waits for a phone can be taken elsewhere', async () => {
    await studio.phone('ben', false);
    studio.send('channelCallNumber', { 'studio-1': { number: '+220111', mode: 'ben' } });
    await studio.settle();
    const out = [...studio.exchange.calls.values()].find(({ owner }) => owner.kind === 'line')?.call ?? '';
    studio.exchange.pickUp(out);
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', pending: 'ben' });
    expect(studio.mode('studio-1', 'on_hold')).toBeNull();
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'on_hold', pending: null });
    expect(studio.placeOf(out)).toBe('hold');
    expect(studio.exchange.calls.get(out)?.tag).toMatchObject({ channel: 'studio-1', goal: 'on_hold' });
    expect([...studio.exchange.calls.keys()]).toEqual([out]);
  });

  test('hanging up is allowed while a move is on its way', async () => {
    const id = await studio.caller('on_hold');
    studio.mode('studio-1', 'master');
    expect(studio.mode('studio-1', 'free')).toBeNull();
    await studio.settle();
    expect(studio.placeOf(id)).toBe('gone');
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'free', pending: null });
  });

  test('a caller who hangs up leaves the card until the next call', async () => {
    const id = await studio.caller('on_hold', '+220777');
    studio.send('channelContactInfo', { 'studio-1': { name: 'Awa' } });
    studio.exchange.end(id);
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'free', direction: null, call_id: null });
    expect(studio.channel('studio-1').contact).toMatchObject({ number: '+220777', name: 'Awa' });
    expect(studio.send('channelContactInfo', { 'studio-1': { notes: 'call back' } })).toBeNull();
    expect(studio.store.findContact('+220777')).toMatchObject({ name: 'Awa', notes: 'call back' });
    await studio.ringing('+220888');
    expect(studio.channel('studio-1').contact).toMatchObject({ number: '+220888', name: null });
  });

  test('a caller who hangs up while private leaves the user free, with the program to hear', async () => {
    const phone = await studio.phone('anna');
    const id = await studio.caller('anna');
    studio.exchange.end(id);
    await studio.settle();
    expect(studio.channel('anna')).toMatchObject({ mode: 'free', pending: null });
    expect(studio.placeOf(phone ?? '')).toBe('monitor');
  });

  test('a user whose phone hangs up while private leaves the caller on hold', async () => {
    const phone = await studio.phone('anna');
    const id = await studio.caller('anna');
    studio.exchange.end(phone ?? '');
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'on_hold', pending: null });
    expect(studio.placeOf(id)).toBe('hold');
    expect(studio.channel('anna').mode).toBe('free');
  });

  test('a caller who is moved away leaves the user free in the same step', async () => {
    const phone = await studio.phone('anna');
    await studio.caller('anna');
    studio.exchange.performed.length = 0;
    studio.mode('studio-1', 'master');
    await studio.settle();
    expect(studio.exchange.performed).toHaveLength(1);
    expect(studio.channel('anna').mode).toBe('free');
    expect(studio.placeOf(phone ?? '')).toBe('monitor');
  });

  test('what is on air is for a producer', async () => {
    await studio.caller('on_hold');
    expect(studio.mode('studio-1', 'master', 'screener')).toBe('forbidden_on_air');
    expect(studio.mode('studio-1', 'ivr', 'viewer')).toBe('forbidden');
    expect(studio.mode('studio-1', 'ivr', 'screener')).toBeNull();
    await studio.settle();
    studio.mode('studio-1', 'master');
    await studio.settle();
    for (const asked of ['free', 'on_hold'])
      expect(studio.mode('studio-1', asked, 'screener')).toBe('forbidden_on_air');
    const code = studio.send('channelMuted', { 'studio-1': true }, 'c2', 'screener')?.code;
    expect(code).toBe('forbidden_on_air');
  });
});
