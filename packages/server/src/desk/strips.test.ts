// Faders, mutes, cards, alarms and settings: who is told, what the exchange hears of it, what is kept.
import { beforeEach, expect, test, vi } from 'vitest';
import { studioConfig, Studio } from './testing/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio().open();
});

test('a fader goes to the exchange in dB, to the others as a level, and into the store', async () => {
  const call = await studio.caller('on_hold');
  studio.broadcaster.clear();
  expect(studio.send('channelVolume', { 'studio-1': 100 })).toBeNull();
  await studio.settle();
  expect(studio.exchange.calls.get(call)?.levels.inDb).toBeCloseTo(10);
  expect(studio.broadcaster.sent).toEqual([
    {
      audience: { to: 'others', than: 'c1' },
      frame: { event: 'channelVolumeChange', data: { 'studio-1': 100 } },
    },
  ]);
  expect(studio.store.strips.get('channel:studio-1')).toMatchObject({ level: 100 });
});

test.each([
  ['masterVolume', 40, 'masterVolumeChange', 40],
  ['hostVolume', 41, 'hostVolumeChange', 41],
  ['userVolume', { anna: 42 }, 'userVolumeChange', { anna: 42 }],
  ['channelVolume', { anna: 43 }, 'channelVolumeChange', { anna: 43 }],
] as const)('%s is echoed to the others only', (event, data, echo, echoed) => {
  expect(studio.send(event, data)).toBeNull();
  const echoes = [{ audience: { to: 'others', than: 'c1' }, frame: { event: echo, data: echoed } }];
  expect(studio.broadcaster.sent).toEqual(echoes);
});

test('nobody waits for the disk until a caller is mute: that is asked for and told before it is stored', async () => {
  await studio.caller('master');
  studio.broadcaster.clear();
  let toldBefore = 0;
  let isAskedBefore = false;
  vi.spyOn(studio.store, 'saveStrip').mockImplementation(() => {
    toldBefore = studio.broadcaster.flushed;
    isAskedBefore = studio.exchange.canCarryOut;
  });
  studio.send('channelMuted', { 'studio-1': true });
  expect(toldBefore).toBe(1);
  expect(isAskedBefore).toBe(true);
});

test('mutes of a user: the microphone is on their channel, the ear on the user', async () => {
  await studio.phone('anna');
  studio.send('channelMuted', { anna: true });
  studio.send('userMuted', { anna: true });
  studio.send('userVolume', { anna: 50 });
  await studio.settle();
  expect(studio.exchange.calls.get(studio.phoneOf('anna'))?.levels).toEqual({
    inDb: 0,
    isInMuted: true,
    outDb: -10,
    isOutMuted: true,
    leveller: null,
  });
  expect(studio.channel('anna').muted).toBe(true);
  expect(studio.user('anna')).toMatchObject({ muted: true, level: 50 });
});

test('the faders of the program and the host reach the exchange', async () => {
  const host = studio.exchange.callIn({ kind: 'host' });
  await studio.settle();
  studio.send('hostVolume', 50);
  studio.send('hostMuted', true);
  studio.send('masterProperty', { name: 'level', value: 1 });
  studio.send('masterMuted', true);
  studio.send('masterOnAir', true);
  await studio.settle();
  expect(studio.exchange.calls.get(host)?.levels).toMatchObject({ inDb: -10, isInMuted: true });
  expect(studio.exchange.program).toEqual({ levelDb: -60, isMuted: true, isOnAir: true });
});

test('a bad key of a keyed event refuses itself, the others apply', () => {
  expect(studio.send('channelVolume', { 'studio-1': 20, 'studio-9': 20, 'studio-2': 20 })).toMatchObject({
    key: 'studio-9',
    code: 'unknown_channel',
  });
  expect([studio.channel('studio-1').level, studio.channel('studio-2').level]).toEqual([20, 20]);
});

test('the length of the delay is kept and told to all', () => {
  expect(studio.send('masterDelay', 7.5)).toBeNull();
  expect(studio.broadcaster.sent).toMatchObject([
    { audience: { to: 'all' }, frame: { event: 'masterUpdate', data: { delay: 7.5 } } },
  ]);
  expect(studio.desk.state().mixer.master).toMatchObject({
    delay: 7.5,
    delay_state: { state: 'bypass', depth_ms: 0, safe: false },
  });
  studio.send('masterProperty', { name: 'delay', value: 7.5 });
  expect(studio.broadcaster.sent).toHaveLength(1);
});

test('a card goes to the others by its properties, and is found again by the number', async () => {
  const call = await studio.caller('on_hold', '+220111');
  studio.broadcaster.clear();
  expect(studio.send('channelContactInfo', { 'studio-1': { name: 'Awa', topic: 'rain' } })).toBeNull();
  expect(studio.broadcaster.sent[0]).toEqual({
    audience: { to: 'others', than: 'c1' },
    frame: { event: 'channelContactInfo', data: { 'studio-1': { name: 'Awa', topic: 'rain' } } },
  });
  expect(studio.broadcaster.dataOf('channelUpdate')).toEqual([]);
  studio.exchange.end(call);
  await studio.ringing('+220111');
  expect(studio.channel('studio-1').contact).toMatchObject({ name: 'Awa', topic: 'rain' });
});

test.each([
  [{ number: '+220999' }, 'bad_data'],
  [{ name: 5 }, 'bad_data'],
  [Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`p${index}`, index])), 'bad_data'],
])('a card cannot take %j', async (properties, code) => {
  await studio.caller('on_hold', '+220111');
  studio.broadcaster.clear();
  expect(studio.send('channelContactInfo', { 'studio-1': properties })?.code).toBe(code);
  expect(studio.broadcaster.sent).toEqual([]);
});

test('a channel that never had a call has no card', () => {
  expect(studio.send('channelContactInfo', { 'studio-1': { name: 'x' } })?.code).toBe('channel_free');
});

test('quality and hold of the far end are shown on the strip', async () => {
  const call = await studio.caller('on_hold');
  studio.exchange.tell({ type: 'held', call, isHeldByRemote: true });
  const quality = {
    codec: 'PCMU',
    jitterMs: 4.0381,
    packetsReceived: 95,
    packetsLost: 5,
    framesConcealed: 5,
    bufferMs: 39.96,
    bufferMaxMs: 60,
    mos: 3.9,
  };
  studio.exchange.tell({ type: 'quality', call, quality });
  await studio.settle();
  expect(studio.channel('studio-1')).toMatchObject({
    held_by_remote: true,
    quality: {
      codec: 'PCMU',
      loss_percent: 5,
      jitter_ms: 4,
      concealed_frames: 5,
      buffer_ms: 40,
      buffer_max_ms: 60,
      mos: 3.9,
    },
  });
  expect(studio.store.findCall(studio.channel('studio-1').call_id ?? '')?.quality).toEqual(quality);
});

test('an alarm is told when it is raised and when it is over, and is in the state meanwhile', async () => {
  studio.exchange.tell({ type: 'alarm', code: 'clock_late', isRaised: true, msg: 'the clock is late' });
  await studio.settle();
  expect(studio.desk.state().alarms).toEqual({ clock_late: 'the clock is late' });
  studio.exchange.tell({ type: 'alarm', code: 'clock_late', isRaised: false, msg: '' });
  await studio.settle();
  expect(studio.desk.state().alarms).toEqual({});
  expect(studio.broadcaster.dataOf('alarm').map(({ raised }) => raised)).toEqual([true, false]);
});

test('new settings: channels that are gone are null, at once or when their call has ended; the others stay', async () => {
  for (const number of ['+2201', '+2202', '+2203']) await studio.caller('on_hold', number);
  studio.mode('studio-2', 'free');
  await studio.settle();
  studio.broadcaster.clear();
  const [studioLine, ...others] = studioConfig.lines;
  if (!studioLine) throw new Error('no line');
  studio.desk.configure({ ...studioConfig, lines: [{ ...studioLine, capacity: 1 }, ...others], users: [] });
  const [first] = studio.broadcaster.dataOf('channelUpdate');
  expect(first).toMatchObject({ 'studio-2': null, anna: null });
  expect(first).not.toHaveProperty('studio-3');
  expect(studio.broadcaster.dataOf('userUpdate')).toEqual([{ anna: null, ben: null }]);
  await studio.settle();
  // The call on the third goes on, and can be taken to air; nobody new comes in there.
  studio.mode('studio-3', 'master');
  await studio.settle();
  expect(studio.channel('studio-3').mode).toBe('master');
  const [, third] = studio.exchange.calls.keys();
  studio.exchange.end(third ?? '', 'normal');
  await studio.settle();
  expect(Object.keys(studio.desk.state().mixer.channels)).toEqual(['studio-1', 'mobile-1']);
  expect(studio.channel('studio-1')).toMatchObject({ mode: 'on_hold', label: 'Studio' });
  expect(studio.exchange.calls.size).toBe(1);
});

test('new settings without the line: its calls are hung up', async () => {
  await studio.caller('on_hold');
  studio.desk.configure({ ...studioConfig, lines: studioConfig.lines.slice(1) });
  await studio.settle();
  expect(Object.keys(studio.desk.state().mixer.channels)).toEqual(['mobile-1', 'anna', 'ben']);
  expect(studio.exchange.calls.size).toBe(0);
});

test('a store that cannot write stops no call', async () => {
  studio.store.saveCall = () => {
    throw new Error('the disk is full');
  };
  await studio.caller('master');
  expect(studio.channel('studio-1').mode).toBe('master');
  expect(studio.problems.length).toBeGreaterThan(0);
});

test('meters come by channel', async () => {
  const call = await studio.caller('on_hold');
  const meters = studio.desk.meters({
    calls: { [call]: { in: [-3, -12], out: [-60, -60] }, stranger: { in: [0, 0], out: [0, 0] } },
    players: { stranger: [0, 0] },
    program: [-1, -9],
    air: [-2, -10],
  });
  expect(meters).toEqual({
    channels: { 'studio-1': { in: [-3, -12], out: [-60, -60] } },
    host: null,
    players: {},
    program: [-1, -9],
    air: [-2, -10],
  });
});
