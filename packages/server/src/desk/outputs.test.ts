// Where the program goes: what clients see of it, and when it is an alarm.
import { beforeEach, expect, test } from 'vitest';
import { FakeExchange } from './testing/fake-exchange.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { Studio, studioConfig } from './testing/studio.ts';

const STREAM = { id: 'program', type: 'stream', label: 'Live', isDelayed: true } as const;
const ICE = { id: 'ice', type: 'icecast', label: 'Icecast', isDelayed: false } as const;
const RUNNING = { state: 'running', error: null, listeners: null } as const;
const REFUSED = { state: 'failed', error: 'no server answers there', listeners: null } as const;

let studio: Studio;

beforeEach(async () => {
  const config = { ...studioConfig, outputs: [STREAM, ICE] };
  studio = await new Studio(new FakeExchange(), new MemoryStore(), config).open();
});

const say = (outputId: string, condition: object) =>
  studio.desk.onFact({ type: 'output', outputId, ...RUNNING, ...condition });
const outputs = () => studio.desk.state().outputs;
const alarms = () => studio.desk.state().alarms;

test('every output of the settings is shown, and starts', () => {
  expect(outputs()).toEqual({
    program: {
      type: 'stream',
      label: 'Live',
      delayed: true,
      state: 'starting',
      error: null,
      listeners: null,
      timestamp: studio.now,
    },
    ice: {
      type: 'icecast',
      label: 'Icecast',
      delayed: false,
      state: 'starting',
      error: null,
      listeners: null,
      timestamp: studio.now,
    },
  });
});

test('what changes is told to all, and nothing else', () => {
  studio.wait(5_000);
  say('ice', {});
  say('ice', {});
  say('program', { listeners: 3 });
  expect(studio.broadcaster.dataOf('outputUpdate')).toEqual([
    { ice: { state: 'running', timestamp: studio.now } },
    { program: { state: 'running', listeners: 3, timestamp: studio.now } },
  ]);
});

test('one that fails is an alarm until it runs again', () => {
  say('ice', REFUSED);
  expect(outputs()['ice']).toMatchObject({ state: 'failed', error: 'no server answers there' });
  expect(alarms()).toEqual({ output_ice: 'Icecast: no server answers there' });
  say('ice', { state: 'starting' });
  expect(alarms()).toHaveProperty('output_ice');
  say('ice', {});
  expect(alarms()).toEqual({});
  expect(outputs()['ice']).toMatchObject({ state: 'running', error: null });
});

test('the time is that of the last change of state, not of the last complaint', () => {
  say('ice', REFUSED);
  const since = studio.now;
  studio.wait(60_000);
  say('ice', { ...REFUSED, error: 'something else' });
  expect(outputs()['ice']).toMatchObject({ error: 'something else', timestamp: since });
});

test('one that is taken out of the settings is gone, with its alarm; the others stay as they are', () => {
  say('ice', REFUSED);
  say('program', {});
  studio.broadcaster.clear();
  studio.desk.configure({ ...studioConfig, outputs: [STREAM] });
  expect(studio.broadcaster.dataOf('outputUpdate')).toEqual([{ ice: null }]);
  expect(alarms()).toEqual({});
  expect(outputs()['program']).toMatchObject({ state: 'running' });
  say('ice', REFUSED);
  expect(Object.keys(outputs())).toEqual(['program']);
});

test('while the exchange is away nothing goes out, and one alarm is enough', async () => {
  say('ice', REFUSED);
  say('program', {});
  studio.desk.onFact({ type: 'down', msg: 'the engine is gone' });
  expect(Object.values(outputs()).map(({ state, error }) => [state, error])).toEqual([
    ['failed', 'the engine is gone'],
    ['failed', 'the engine is gone'],
  ]);
  expect(alarms()).toEqual({});
});

test('a server that finds a running exchange takes over how its outputs are', () => {
  studio.desk.onFact({
    type: 'up',
    snapshot: {
      calls: [],
      program: { levelDb: 0, isMuted: false, isOnAir: false },
      delay: { state: 'bypass', depthMs: 0, targetMs: 0, isSafe: false },
      programRecordings: [],
      reachable: [],
      lines: [],
      players: [],
      outputs: [
        { outputId: 'ice', ...RUNNING },
        { outputId: 'program', ...REFUSED },
      ],
    },
  });
  expect(Object.values(outputs()).map(({ state }) => state)).toEqual(['failed', 'running']);
  expect(alarms()).toEqual({ output_program: 'Live: no server answers there' });
});
