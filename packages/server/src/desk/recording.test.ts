// Recordings of callers, users and the program, and where their files are filed.
import { beforeEach, expect, test } from 'vitest';
import { Studio } from './testing/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio().open();
});

const history = () => studio.history();
const recorded = () => [...studio.exchange.recordings.values()];

test('a recording runs from its button to its button, and its file is in the record of the call', async () => {
  const call = await studio.caller('on_hold');
  studio.send('channelRecording', { 'studio-1': true });
  await studio.settle();
  expect(recorded()).toEqual([call]);
  expect(history()[0]?.recordings).toEqual([]);
  studio.send('channelRecording', { 'studio-1': false });
  await studio.settle();
  expect(recorded()).toEqual([]);
  expect(history()[0]?.recordings).toEqual([
    { audio_url: expect.stringMatching(/^\/audio\/[A-Za-z0-9_-]+\.wav$/), duration_ms: 1000 },
  ]);
});

test('a recording that is armed while the channel is free starts with the sound and ends with the call', async () => {
  studio.send('channelRecording', { 'studio-1': true });
  expect(studio.channel('studio-1').recording).toBe(true);
  const call = await studio.ringing();
  expect(recorded()).toEqual([]);
  studio.mode('studio-1', 'on_hold');
  await studio.settle();
  expect(recorded()).toEqual([call]);
  studio.exchange.end(call);
  await studio.settle();
  expect(studio.channel('studio-1').recording).toBe(false);
  expect(history()[0]?.recordings).toHaveLength(1);
  expect(studio.store.openCalls()).toEqual([]);
});

test('a caller in ivr is not muted there', async () => {
  studio.send('channelMuted', { 'studio-1': true });
  const call = await studio.caller('ivr');
  expect(studio.channel('studio-1').muted).toBe(false);
  expect(studio.exchange.calls.get(call)?.levels.isInMuted).toBe(false);
  expect(studio.send('channelMuted', { 'studio-1': true })?.code).toBe('muted_in_ivr');
  expect(studio.send('channelMuted', { 'studio-1': false })).toBeNull();
});

test('the program is recorded as an entry of its own, on air or not', async () => {
  studio.send('masterRecording', true);
  await studio.settle();
  expect(recorded()).toEqual(['program']);
  studio.wait(7_000);
  studio.send('masterRecording', false);
  await studio.settle();
  expect(history()[0]).toMatchObject({ type: 'program', duration_ms: 7_000, hangup_cause: 'normal' });
  expect(history()[0]?.recordings).toHaveLength(1);
});

test("a user's conversations are recorded one by one: a private one with its caller, one on air with the user", async () => {
  await studio.phone('anna');
  studio.send('userRecording', { anna: true });
  expect(studio.channel('anna').recording).toBe(true);
  await studio.settle();
  expect(recorded()).toEqual([]);
  await studio.caller('anna', '+220111');
  expect(recorded()).toEqual([studio.phoneOf('anna')]);
  studio.mode('anna', 'master');
  await studio.settle();
  studio.mode('anna', 'free');
  await studio.settle();
  expect(recorded()).toEqual([]);
  const [talk, call] = history().toSorted((a, b) => a.number.localeCompare(b.number));
  expect(call).toMatchObject({ number: '+220111', recordings: [{ duration_ms: 1000 }] });
  expect(talk).toMatchObject({ channel_id: 'anna', name: 'Anna', recordings: [{ duration_ms: 1000 }] });
});

test('a recording that the exchange refuses is switched off, and who asked is told', async () => {
  await studio.caller('on_hold');
  studio.exchange.failures.set('record', { ok: false, code: 'failed', msg: 'the disk is full' });
  studio.send('channelRecording', { 'studio-1': true });
  await studio.settle();
  expect(studio.channel('studio-1').recording).toBe(false);
  expect(studio.broadcaster.dataOf('event_error')).toMatchObject([
    { event: 'channelRecording', key: 'studio-1', code: 'exchange_failed' },
  ]);
  expect(history()[0]?.recordings).toEqual([]);
});

test('a recording that breaks off by itself is not started again', async () => {
  const call = await studio.caller('on_hold');
  studio.send('channelRecording', { 'studio-1': true });
  await studio.settle();
  const [recording = ''] = studio.exchange.recordings.keys();
  studio.exchange.recordings.clear();
  studio.exchange.tell({
    type: 'recordingStopped',
    recording,
    durationMs: 300,
    loudMs: 0,
    error: 'the disk is full',
  });
  await studio.settle();
  expect(studio.channel('studio-1').recording).toBe(false);
  expect(studio.exchange.performed.filter(({ type }) => type === 'record')).toHaveLength(1);
  expect(studio.placeOf(call)).toBe('hold');
});
