// The leveller of callers' channels: what the exchange is told, what clients see, what the settings change.
import { beforeEach, expect, test } from 'vitest';
import { studioConfig, Studio } from './testing/studio.ts';

const asSet = { targetDb: -20, rangeDb: 12, gateDb: -45, duckDb: 0 };
const shown = { on: true, target_db: -20, range_db: 12, gate_db: -45, duck: false, differs: false };

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio().open();
});

const levellerOf = (call: string) => studio.exchange.calls.get(call)?.levels.leveller;

test('callers are levelled as the settings say; users and the host are not', async () => {
  const call = await studio.caller('on_hold');
  await studio.phone('anna');
  expect(levellerOf(call)).toEqual(asSet);
  expect(levellerOf(studio.phoneOf('anna'))).toBeNull();
  expect(studio.channel('studio-1').leveller).toEqual(shown);
  expect(studio.channel('anna').leveller).toBeNull();
});

test('a change is for the channel: the call hears it at once, everybody is told, the next call has it too', async () => {
  const call = await studio.caller('master');
  studio.broadcaster.clear();
  expect(studio.send('channelLeveller', { 'studio-1': { duck: true, gate_db: -50 } })).toBeNull();
  await studio.settle();
  expect(levellerOf(call)).toEqual({ ...asSet, gateDb: -50, duckDb: 6 });
  const leveller = { ...shown, gate_db: -50, duck: true, differs: true };
  expect(studio.broadcaster.sent).toEqual([
    {
      audience: { to: 'all' },
      frame: { event: 'channelUpdate', data: { 'studio-1': { leveller } } },
    },
  ]);
  studio.send('channelMode', { 'studio-1': 'free' });
  await studio.settle();
  expect(levellerOf(await studio.caller('on_hold'))).toEqual({ ...asSet, gateDb: -50, duckDb: 6 });
});

test('it can be switched off, and given back to the settings', async () => {
  const call = await studio.caller('on_hold');
  studio.send('channelLeveller', { 'studio-1': { on: false } });
  await studio.settle();
  expect(levellerOf(call)).toBeNull();
  expect(studio.channel('studio-1').leveller).toEqual({ ...shown, on: false, differs: true });
  studio.send('channelLeveller', { 'studio-1': { on: true } });
  await studio.settle();
  expect(studio.channel('studio-1').leveller).toEqual(shown);
  studio.send('channelLeveller', { 'studio-1': { on: false } });
  studio.send('channelLeveller', { 'studio-1': null });
  await studio.settle();
  expect(levellerOf(call)).toEqual(asSet);
});

test('new settings are heard by the calls that are up, but for what was set by hand', async () => {
  const first = await studio.caller('on_hold');
  const second = await studio.caller('on_hold');
  studio.send('channelLeveller', { 'studio-2': { on: true } });
  studio.desk.configure({ ...studioConfig, leveller: { isOn: false, isDucked: true } });
  await studio.settle();
  expect(levellerOf(first)).toBeNull();
  expect(levellerOf(second)).toEqual({ ...asSet, duckDb: 6 });
  expect(studio.channel('studio-1').leveller).toMatchObject({ on: false, duck: true, differs: false });
  expect(studio.channel('studio-2').leveller).toMatchObject({ on: true, duck: true, differs: true });
});

test('it is of callers, and of channels that there are', () => {
  expect(studio.send('channelLeveller', { anna: { on: true } })).toMatchObject({ code: 'own_channel' });
  expect(studio.send('channelLeveller', { 'studio-9': null })).toMatchObject({ code: 'unknown_channel' });
});
