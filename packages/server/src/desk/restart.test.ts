// The server or the engine dies: what the desk finds again, what it closes, and that the same calls go on.
import { beforeEach, describe, expect, test } from 'vitest';
import { Studio } from './testing/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio().open();
});

/** `kill -9` of the server; the exchange goes on. */
async function restart(): Promise<void> {
  const { exchange, store } = studio;
  exchange.loseServer();
  const next = new Studio(exchange, store, undefined, 'next');
  next.wait(studio.now + 1_000 - next.now);
  exchange.reconnect((fact) => next.desk.onFact(fact));
  studio = next;
  await studio.settle();
}

const history = () => studio.history();

describe('the server is killed and starts again', () => {
  test('every call is where it was, with its card, record and timer, and can be moved and dropped', async () => {
    await studio.phone('anna');
    const onAir = await studio.caller('master', '+220111');
    await studio.caller('on_hold', '+220222');
    await studio.caller('anna', '+220333');
    studio.send('channelContactInfo', { 'studio-1': { name: 'Awa' } });
    studio.send('channelVolume', { 'studio-1': 33 });
    studio.send('channelMuted', { 'studio-2': true });
    studio.send('channelAutoAnswer', { 'mobile-1': 'ivr' });
    studio.send('masterOnAir', true);
    studio.send('hostVolume', 60);
    await studio.settle();
    studio.wait(30_000);
    const before = studio.desk.state();
    await restart();
    const { channels } = before.mixer;
    // Since when somebody is free, the new server cannot know.
    for (const id of ['ben', 'mobile-1']) {
      Object.assign(channels[id] ?? {}, { timestamp: studio.channel(id).timestamp });
    }
    expect(studio.desk.state()).toEqual(before);
    studio.mode('studio-1', 'on_hold');
    studio.mode('studio-3', 'free');
    await studio.settle();
    expect(studio.placeOf(onAir)).toBe('hold');
    expect(studio.channel('studio-3').mode).toBe('free');
    expect(studio.channel('anna').mode).toBe('free');
    expect(history()).toHaveLength(3);
  });

  test('the queue, what was decided about each caller, the lock and the settings of the show are as they were', async () => {
    await studio.phone('anna');
    await studio.caller('master', '+220111');
    await studio.caller('on_hold', '+220222');
    await studio.caller('anna', '+220333');
    studio.send('channelLock', { 'studio-1': true });
    studio.send('queue:screening', { 'studio-2': 'ready', 'studio-3': 'next' });
    studio.send('queue:priority', { 'studio-2': 2 });
    studio.send('queue:order', ['studio-2', 'studio-3']);
    studio.send('queue:onNext', 'hold');
    studio.send('linesBusy', true);
    studio.send('channelContactInfo', { 'studio-2': { point: 'The rain' } });
    await studio.settle();
    const before = studio.desk.state();
    expect(before.queue).toEqual({
      order: ['studio-2', 'studio-3'],
      by_hand: true,
      on_next: 'hold',
      lines_busy: true,
    });
    await restart();
    const { mixer, queue } = studio.desk.state();
    expect(queue).toEqual(before.queue);
    for (const id of ['studio-1', 'studio-2', 'studio-3']) {
      expect(mixer.channels[id]).toEqual(before.mixer.channels[id]);
    }
    expect(mixer.channels['studio-3']).toMatchObject({ screening: 'ready', mode: 'anna' });
    expect(mixer.channels['studio-2']?.contact).toMatchObject({ point: 'The rain' });
    expect(studio.mode('studio-1', 'free')).toBe('channel_locked');
    const call = studio.exchange.callIn({ kind: 'line', lineId: 'studio' }, '+220444');
    await studio.settle();
    expect(studio.placeOf(call)).toBe('gone');
  });

  test('who was taken to air as the server died has the others make room all the same', async () => {
    const former = await studio.caller('master', '+220111');
    const next = await studio.caller('on_hold', '+220222');
    studio.send('queue:screening', { 'studio-2': 'ready' });
    studio.send('queue:onNext', 'hold');
    studio.exchange.isEager = false;
    studio.send('queue:next', { channel_id: 'studio-2' });
    studio.exchange.carryOutNext();
    studio.exchange.isEager = true;
    await restart();
    expect([studio.placeOf(next), studio.placeOf(former)]).toEqual(['air', 'hold']);
    expect(studio.desk.state().queue.order).toEqual([]);
  });

  test('a caller who left the queue meanwhile is not in it', async () => {
    const call = await studio.caller('on_hold', '+220111');
    await studio.caller('on_hold', '+220222');
    studio.send('queue:screening', { 'studio-1': 'ready', 'studio-2': 'ready' });
    studio.exchange.loseServer();
    studio.exchange.end(call);
    await restart();
    expect(studio.desk.state().queue.order).toEqual(['studio-2']);
  });

  test('a call that ended meanwhile is closed where it was last seen', async () => {
    const call = await studio.caller('on_hold');
    studio.wait(60_000);
    studio.exchange.loseServer();
    studio.exchange.end(call);
    await restart();
    expect(studio.channel('studio-1').mode).toBe('free');
    expect(history()).toMatchObject([{ hangup_cause: 'unknown', answered: true }]);
    expect(history()[0]?.duration_ms).toBeLessThan(60_000);
    expect(studio.store.openCalls()).toEqual([]);
  });

  test('a call that came meanwhile rings', async () => {
    studio.exchange.loseServer();
    studio.exchange.callIn({ kind: 'line', lineId: 'studio' }, '+220444');
    await restart();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', contact: { number: '+220444' } });
  });

  test('a number that was being dialled still goes where it was meant to', async () => {
    const phone = await studio.phone('anna');
    studio.send('callNumber', { number: '+220999', mode: 'anna' });
    await studio.settle();
    await restart();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'dial', pending: 'anna' });
    const call = [...studio.exchange.calls.values()].find(({ direction }) => direction === 'out')?.call ?? '';
    studio.exchange.pickUp(call);
    await studio.settle();
    expect(studio.placeOf(call)).toBe(`private ${phone}`);
  });

  test.each(['dialling', 'ringing'])(
    "a user's phone that is %s for a caller is not left so: the wish is forgotten with the server",
    async (state) => {
      await studio.phone('anna', false);
      const caller = await studio.ringing();
      studio.mode('studio-1', 'anna');
      await studio.settle();
      if (state === 'ringing') studio.exchange.ring(studio.phoneOf('anna'));
      await studio.settle();
      await restart();
      expect([...studio.exchange.calls.keys()]).toEqual([caller]);
      expect(studio.channel('anna')).toMatchObject({ mode: 'free', pending: null });
      expect(studio.channel('studio-1')).toMatchObject({ mode: 'ring', pending: null });
      expect(studio.mode('studio-1', 'anna')).toBeNull();
      await studio.settle();
      expect(studio.channel('anna').mode).toBe('ring');
    },
  );

  test('recordings go on, and end in the same record', async () => {
    const call = await studio.caller('on_hold');
    studio.send('channelRecording', { 'studio-1': true });
    studio.send('masterRecording', true);
    await studio.settle();
    await restart();
    expect(studio.channel('studio-1').recording).toBe(true);
    expect(studio.desk.state().mixer.master.recording).toBe(true);
    expect(studio.exchange.recordings.size).toBe(2);
    studio.exchange.end(call);
    studio.send('masterRecording', false);
    await studio.settle();
    expect(history().map(({ recordings }) => recordings.length)).toEqual([1, 1]);
  });

  test('an armed recording and its channel stay armed', async () => {
    studio.send('channelRecording', { 'studio-1': true });
    await restart();
    expect(studio.channel('studio-1').recording).toBe(true);
  });
});

describe('the engine dies', () => {
  test('lines are defunct, records closed with the reason, and pending moves told off', async () => {
    await studio.caller('master');
    studio.send('channelRecording', { 'studio-1': true });
    await studio.settle();
    studio.wait(9_000);
    studio.mode('studio-1', 'on_hold');
    studio.exchange.crash();
    await studio.settle();
    expect(studio.channel('studio-1')).toMatchObject({ mode: 'defunct', pending: null, recording: false });
    expect(studio.channel('mobile-1')).toMatchObject({ mode: 'defunct', error: 'the engine has stopped' });
    expect(history()).toMatchObject([
      { hangup_cause: 'exchange_stopped', answered: true, recordings: [{ duration_ms: 9_000 }] },
    ]);
    expect(studio.broadcaster.dataOf('event_error')).toMatchObject([{ code: 'exchange_down' }]);
    expect(studio.mode('studio-1', 'master')).toBe('channel_defunct');
    expect(studio.send('callNumber', { number: '+220999', mode: 'ivr' })?.code).toBe('exchange_down');
    expect(studio.send('masterRecording', true)?.code).toBe('exchange_down');
  });

  test('back again it is told the levels of the program, and takes calls', async () => {
    studio.send('masterOnAir', true);
    studio.send('masterVolume', 50);
    await studio.settle();
    studio.exchange.crash();
    await studio.settle();
    studio.exchange.comeBack();
    await studio.settle();
    expect(studio.exchange.program).toEqual({ levelDb: -10, isMuted: false, isOnAir: true });
    await studio.caller('on_hold');
    expect(studio.channel('studio-1').mode).toBe('on_hold');
  });
});
