// The broadcast delay as the desk keeps it: asked for, told of, dumped, and never lost in silence.
import { beforeEach, describe, expect, test } from 'vitest';
import { Studio } from './testing/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await new Studio().open();
});

const master = () => studio.desk.state().mixer.master;
const full = { state: 'full', depthMs: 8_000, targetMs: 8_000, isSafe: true } as const;

async function delayed(): Promise<void> {
  studio.send('masterDelay', 8);
  await studio.settle();
  studio.exchange.setDelay(full);
  await studio.settle();
}

async function restart(): Promise<void> {
  const { exchange, store } = studio;
  exchange.loseServer();
  const next = new Studio(exchange, store, undefined, 'next');
  exchange.reconnect((fact) => next.desk.onFact(fact));
  studio = next;
  await studio.settle();
}

async function crash(): Promise<void> {
  studio.exchange.crash();
  await studio.settle();
  studio.exchange.comeBack();
  await studio.settle();
}

describe('the delay', () => {
  test('is asked of the exchange, and shown as the exchange says that it is', async () => {
    expect(studio.send('masterDelay', 8)).toBeNull();
    await studio.settle();
    expect(studio.exchange.performed).toContainEqual({ type: 'delay', targetMs: 8_000 });
    expect(master()).toMatchObject({ delay: 8, delay_state: { state: 'bypass', depth_ms: 0 } });
    studio.broadcaster.clear();
    studio.exchange.setDelay({ state: 'building', depthMs: 2_500, targetMs: 8_000, isSafe: false });
    await studio.settle();
    expect(studio.broadcaster.sent).toMatchObject([
      {
        audience: { to: 'all' },
        frame: {
          event: 'masterUpdate',
          data: { delay_state: { state: 'building', depth_ms: 2_500, safe: false } },
        },
      },
    ]);
  });

  test('is found again by a server that starts anew, and not touched', async () => {
    await delayed();
    studio.exchange.performed.length = 0;
    await restart();
    expect(master()).toMatchObject({ delay: 8, delay_state: { state: 'full', depth_ms: 8_000, safe: true } });
    expect(studio.exchange.performed).not.toContainEqual(expect.objectContaining({ type: 'delay' }));
    expect(studio.desk.state().alarms).toEqual({});
  });

  test('that the exchange has lost comes back in bypass, with an alarm that outlives the server', async () => {
    await delayed();
    await crash();
    const lost = { delay: 0, delay_state: { state: 'bypass', depth_ms: 0, safe: false } };
    expect(master()).toMatchObject(lost);
    expect(studio.desk.state().alarms).toEqual({ delay_lost: expect.stringContaining('8 s') });
    await restart();
    expect(master()).toMatchObject(lost);
    expect(studio.desk.state().alarms).toHaveProperty('delay_lost');
  });

  test.each([8, 0])('ends that alarm when it is set again, or given up: %i s', async (delayS) => {
    await delayed();
    await crash();
    expect(studio.send('masterDelay', delayS)).toBeNull();
    await studio.settle();
    expect(studio.desk.state().alarms).toEqual({});
    await restart();
    expect(studio.desk.state().alarms).toEqual({});
  });

  test('cannot be set while the exchange is away', async () => {
    studio.exchange.crash();
    await studio.settle();
    expect(studio.send('masterDelay', 8)?.code).toBe('exchange_down');
    expect(studio.send('masterDump', null)?.code).toBe('exchange_down');
  });
});

describe('a dump', () => {
  test('takes what the settings say out, and what was taken out is told to all, with who did it', async () => {
    await delayed();
    studio.broadcaster.clear();
    expect(studio.send('masterDump', null)).toBeNull();
    await studio.settle();
    expect(studio.exchange.performed.at(-1)).toMatchObject({ type: 'dump', dumpMs: 3_000 });
    expect(master().delay_state).toMatchObject({ state: 'building', depth_ms: 5_000 });
    const [entry, ...others] = studio.history().filter(({ type }) => type === 'dump');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ type: 'dump', duration_ms: 3_000, hangup_cause: 'normal' });
    expect(entry?.name).not.toBeNull();
    expect(entry?.recordings).toMatchObject([{ duration_ms: 3_000 }]);
    const told = studio.broadcaster.sent.filter(({ frame }) => frame.event === 'calls:update');
    expect(told.at(-1)).toMatchObject({ audience: { to: 'all' }, frame: { data: { [entry!.id]: entry } } });
  });

  test('is refused while nothing is delayed', () => {
    expect(studio.send('masterDump', null)?.code).toBe('nothing_delayed');
    expect(studio.history()).toEqual([]);
  });

  test('that came too late is told to who asked, and leaves an entry without a recording', async () => {
    await delayed();
    studio.exchange.failures.set('dump', { ok: false, code: 'wrong_state', msg: 'nothing is delayed' });
    studio.broadcaster.clear();
    expect(studio.send('masterDump', null)).toBeNull();
    await studio.settle();
    const errors = studio.broadcaster.sent.filter(({ frame }) => frame.event === 'event_error');
    expect(errors).toMatchObject([{ frame: { data: { event: 'masterDump', code: 'nothing_delayed' } } }]);
    expect(studio.history()).toMatchObject([{ type: 'dump', recordings: [] }]);
  });

  test('is for producers', async () => {
    await delayed();
    expect(studio.send('masterDump', null, 'c1', 'screener')?.code).toBe('forbidden');
    expect(studio.send('masterDump', null, 'c1', 'producer')).toBeNull();
  });
});
