import type { ChannelState, Role } from '@openline/protocol';
import { describe, expect, it } from 'vitest';
import { isUnderWay, modeOfAct, openActs, type Surroundings, viewOfStrip } from './strip-view.ts';

const free: ChannelState = {
  type: 'sip',
  label: 'Studio line 1',
  number: '+2207000001',
  line_id: 'studio',
  direction: null,
  mode: 'free',
  timestamp: 0,
  level: 75,
  muted: false,
  recording: false,
  autoanswer: null,
  contact: null,
  call_id: null,
  error: null,
  pending: null,
  quality: null,
  held_by_remote: false,
  leveller: null,
  screening: null,
  priority: 0,
  locked: false,
  caller: null,
};
interface Scene {
  role?: Role;
  myMode?: string;
  isOnAir?: boolean;
}

function around({ role = 'producer', myMode = 'free', isOnAir = true }: Scene = {}): Surroundings {
  return {
    userNames: { anna: 'Anna', ben: 'Ben' },
    me: { id: 'anna', role },
    myMode,
    isOnAir,
  };
}

const inMode = (mode: string, more: Partial<ChannelState> = {}): ChannelState => ({
  ...free,
  direction: 'in',
  mode,
  ...more,
});

describe('what a strip shows', () => {
  it.each([
    ['ring', 'in', 'ring', 'ringing', 'incoming'],
    ['ring', 'out', 'quiet', 'calling', 'outgoing'],
    ['dial', 'out', 'quiet', 'dialling', 'outgoing'],
    ['ivr', 'in', 'ivr', 'ivr', 'keypad'],
    ['on_hold', 'in', 'hold', 'onHold', 'pause'],
    ['anna', 'in', 'private', 'withYou', 'headset'],
    ['ben', 'in', 'private', 'withUser', 'headset'],
    ['master', 'in', 'air', 'onAir', 'air'],
    ['free', null, 'quiet', 'free', 'phone'],
    ['defunct', null, 'defunct', 'defunct', 'unplugged'],
  ] as const)('in %s (%s): %s, %s, %s', (mode, direction, tone, word, icon) => {
    expect(viewOfStrip(inMode(mode, { direction }), around())).toMatchObject({ tone, word, icon });
  });

  it('shows a caller in the program as an outline while the program is off air', () => {
    expect(viewOfStrip(inMode('master'), around({ isOnAir: false }))).toMatchObject({
      tone: 'air-off',
      word: 'offAir',
    });
  });

  it('names the user that the caller is private with, also one it does not know', () => {
    expect(viewOfStrip(inMode('ben'), around()).userName).toBe('Ben');
    expect(viewOfStrip(inMode('u9'), around()).userName).toBe('u9');
  });

  it('has no call while the channel is free or its line is down', () => {
    const hasCall = (mode: string) => viewOfStrip(inMode(mode), around()).hasCall;
    expect(['free', 'defunct', 'ring', 'master'].map(hasCall)).toEqual([false, false, true, true]);
  });
});

describe('what a producer can press, the likeliest first', () => {
  it.each([
    ['ring', 'in', ['screen', 'hold', 'air', 'ivr', 'reject']],
    ['ring', 'out', ['cancel']],
    ['dial', 'out', ['cancel']],
    ['ivr', 'in', ['hold', 'air', 'screen', 'drop']],
    ['on_hold', 'in', ['screen', 'ready', 'air', 'priority', 'ivr', 'drop']],
    ['master', 'in', ['hold', 'screen', 'ivr', 'drop', 'lock']],
    ['anna', 'in', ['ready', 'air', 'airBoth', 'hold', 'ivr', 'drop']],
    ['ben', 'in', ['hold', 'air', 'screen', 'ivr', 'drop']],
    ['free', null, ['dial']],
    ['defunct', null, []],
  ] as const)('in %s (%s): %j', (mode, direction, acts) => {
    expect(viewOfStrip(inMode(mode, { direction }), around()).acts).toEqual(acts);
  });

  it.each(['ring', 'ivr', 'on_hold', 'master', 'ben'])(
    'cannot take the caller in %s aside without a headset, nor while on air',
    (mode) => {
      expect(viewOfStrip(inMode(mode), around({ myMode: 'defunct' })).acts).not.toContain('screen');
      expect(viewOfStrip(inMode(mode), around({ myMode: 'master' })).acts).not.toContain('screen');
      expect(viewOfStrip(inMode(mode), around({ myMode: 'free' })).acts).toContain('screen');
    },
  );

  it('puts hold first on a ringing call that cannot be taken aside', () => {
    expect(viewOfStrip(inMode('ring'), around({ myMode: 'defunct' })).acts[0]).toBe('hold');
  });
});

describe('a caller who has been screened', () => {
  it.each(['ready', 'next'] as const)('and is %s goes to air with the largest button', (screening) => {
    const strip = viewOfStrip(inMode('on_hold', { screening }), around());
    expect(strip.acts).toEqual(['air', 'screen', 'waiting', 'priority', 'ivr', 'drop']);
    expect(strip.screening).toBe(screening);
  });

  it('is first made ready where nobody has a headset to screen with', () => {
    const strip = viewOfStrip(inMode('on_hold', { screening: 'new' }), around({ myMode: 'defunct' }));
    expect(strip.acts[0]).toBe('ready');
  });

  it('says how far the screening is only where the mode does not say it', () => {
    const said = (mode: string) => viewOfStrip(inMode(mode, { screening: 'talking' }), around()).screening;
    expect(['on_hold', 'ivr', 'anna', 'ring'].map(said)).toEqual(['talking', 'talking', null, null]);
  });
});

describe('a caller on air', () => {
  const onAir = (more: Partial<ChannelState>, scene?: Scene) =>
    viewOfStrip(inMode('master', more), around(scene));

  it('who is locked can be neither dropped nor moved, but unlocked', () => {
    const strip = onAir({ locked: true });
    expect(strip.acts).toEqual(onAir({}).acts);
    expect(openActs(strip)).toEqual(['lock']);
    expect(onAir({}).barred).toEqual([]);
  });

  it('can be whispered to by who is on air too, and by nobody else', () => {
    expect(onAir({}, { myMode: 'master' }).acts).toContain('whisper');
    expect(onAir({}, { myMode: 'free' }).acts).not.toContain('whisper');
    expect(onAir({}, { myMode: 'master', role: 'screener' }).acts).not.toContain('whisper');
  });
});

describe('what the other roles can press', () => {
  it.each([
    ['ring', ['screen', 'hold', 'ivr', 'reject']],
    ['ivr', ['screen', 'hold', 'drop']],
    ['on_hold', ['screen', 'ready', 'priority', 'ivr', 'drop']],
    ['master', []],
    ['anna', ['ready', 'hold', 'ivr', 'drop']],
    ['free', ['dial']],
  ] as const)('a screener in %s: %j, nothing that touches the air', (mode, acts) => {
    expect(viewOfStrip(inMode(mode), around({ role: 'screener' })).acts).toEqual(acts);
  });

  it.each(['ring', 'ivr', 'on_hold', 'master', 'anna', 'ben', 'free', 'dial', 'defunct'])(
    'a viewer in %s: nothing',
    (mode) => {
      const view = viewOfStrip(inMode(mode), around({ role: 'viewer' }));
      expect([view.acts, view.canMute, view.canLevel, view.canRecord]).toEqual([[], false, false, false]);
    },
  );

  it('leaves the level and mute of a caller on air to producers', () => {
    const screener = viewOfStrip(inMode('master'), around({ role: 'screener' }));
    const producer = viewOfStrip(inMode('master'), around());
    expect([screener.canLevel, screener.canMute, screener.canSetLeveller]).toEqual([false, false, false]);
    expect([producer.canLevel, producer.canMute, producer.canSetLeveller]).toEqual([true, true, true]);
  });
});

describe('the controls of a strip', () => {
  it('does not offer to mute a caller in the voice menu', () => {
    expect(viewOfStrip(inMode('ivr'), around()).canMute).toBe(false);
  });

  it('lets the card be finished after the caller has hung up', () => {
    const contact = { number: '+2207', name: 'Awa', location: null, notes: null, point: null };
    expect(viewOfStrip({ ...free, contact }, around()).canWriteCard).toBe(true);
    expect(viewOfStrip(free, around()).canWriteCard).toBe(false);
  });

  it('asks for the mode that the act means', () => {
    const acts = ['air', 'airBoth', 'hold', 'screen', 'ivr', 'drop', 'reject', 'cancel'] as const;
    expect(acts.map((act) => modeOfAct(act, 'anna'))).toEqual([
      'master',
      'master',
      'on_hold',
      'anna',
      'ivr',
      'free',
      'free',
      'free',
    ]);
  });

  it('says where a channel is being moved to, whoever moves it', () => {
    expect(viewOfStrip(inMode('ring', { pending: 'ben' }), around()).pendingWord).toBe('withUser');
    expect(viewOfStrip(inMode('on_hold', { pending: 'master' }), around()).pendingWord).toBe('onAir');
    expect(viewOfStrip(inMode('on_hold'), around()).pendingWord).toBeNull();
  });

  it('knows which of its buttons is under way', () => {
    const moving = inMode('on_hold', { pending: 'master' });
    expect(isUnderWay('air', moving, 'anna')).toBe(true);
    expect(isUnderWay('drop', moving, 'anna')).toBe(false);
    expect(isUnderWay('dial', inMode('free'), 'anna')).toBe(false);
  });
});
