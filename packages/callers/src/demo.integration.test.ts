/** The demo's listeners and phones against a real engine, in a hurry. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startDemo } from './demo.ts';
import { EngineProcess, eventually } from './testing/engine-process.ts';

let engine: EngineProcess;
let stop: () => Promise<void> = async () => {};

beforeEach(async () => {
  engine = await EngineProcess.start();
  stop = await startDemo({
    studio: engine.uri,
    phones: [{ username: 'anna', password: 'secret-of-anna' }],
    gateway: { username: 'network', password: 'secret-of-network' },
    hurry: 20,
    log: () => {},
  });
});

afterEach(async () => {
  await stop();
  await engine.stop();
});

const count = (event: string) => engine.events.filter((one) => one.event === event).length;

it('listeners ring, lose patience, talk when they are taken, hang up and call again', async () => {
  const first = await engine.until('leg.offered', ({ remote }) => remote.displayName === 'Awa Ceesay');
  await engine.request('leg.answer', { leg: first.leg, place: { kind: 'air' } });
  await engine.until('leg.media', ({ leg }) => leg === first.leg);
  expect(await engine.until('leg.ended', ({ leg }) => leg === first.leg)).toMatchObject({
    cause: 'normal',
    by: 'remote',
  });
  await engine.until('leg.ended', ({ cause }) => cause === 'cancelled');
  await engine.until(
    'leg.offered',
    ({ leg, remote }) => remote.displayName === 'Awa Ceesay' && leg !== first.leg,
  );
});

it('the phones of the station register and pick up', async () => {
  await engine.until('account.state', ({ isRegistered }) => isRegistered);
  await engine.request('leg.dial', {
    leg: 'anna-1',
    target: { kind: 'account', username: 'anna', isAutoAnswer: true },
    from: { number: null, displayName: null },
    place: { kind: 'air' },
    levels: {},
    tag: {},
  });
  expect(await engine.until('leg.media')).toEqual({ leg: 'anna-1' });
});

it('listeners write, each from a number of their own', async () => {
  const first = await engine.until('message.received');
  expect(first).toMatchObject({
    from: { user: '+2203066006' },
    text: expect.stringContaining('Rice is 1900'),
  });
});

it('the network takes the calls to listeners', async () => {
  await engine.until('account.state', ({ username, isRegistered }) => username === 'network' && isRegistered);
  await engine.request('leg.dial', {
    leg: 'out-1',
    target: { kind: 'account-number', username: 'network', number: '+2203066006' },
    from: { number: null, displayName: null },
    place: { kind: 'air' },
    levels: {},
    tag: {},
  });
  expect(await engine.until('leg.media', ({ leg }) => leg === 'out-1')).toEqual({ leg: 'out-1' });
});

it('everybody hangs up when it ends', async () => {
  await eventually('three callers', () => count('leg.offered') >= 3);
  await stop();
  stop = async () => {};
  await eventually('the last call to end', () => count('leg.ended') >= count('leg.offered'));
  expect(count('leg.ended')).toBe(count('leg.offered'));
});
