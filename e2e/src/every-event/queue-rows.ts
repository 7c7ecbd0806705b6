/** The rows of the table for the screening of callers: who is ready, who is next, who is kept on air, who hears busy. */
import { expect } from 'vitest';
import { badFlags, keyed, type Row } from './row.ts';
import type { Stage } from './stage.ts';

const orderIs = (order: readonly string[]) => (data: { order?: readonly string[] }) =>
  data.order?.join() === order.join();

export const queueRows: Readonly<Record<string, Row>> = {
  'queue:screening': {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('on_hold');
      expect(stage.witness.channel(channel).screening).toBe('new');
      await stage.accept(
        'queue:screening',
        { [channel]: 'ready' },
        { to: 'all', event: 'queueUpdate', fits: orderIs([channel]) },
      );
      await stage.witness.until('it is shown', () => stage.witness.channel(channel).screening === 'ready');
    },
    bad: [
      ...keyed('studio-1', ['waiting', null, true, 'ready']),
      { nowhere: 'ready' },
      { anna: 'ready' },
      'ready',
    ],
    mayNot: 'viewer',
  },
  'queue:priority': {
    succeeds: async (stage) => {
      const [first, second] = await twoReady(stage);
      await stage.accept(
        'queue:priority',
        { [second]: 2 },
        { to: 'all', event: 'queueUpdate', fits: orderIs([second, first]) },
      );
      expect(stage.witness.channel(second).priority).toBe(2);
    },
    bad: [...keyed('studio-1', [3, -1, 0.5, '1', null, 1]), { nowhere: 1 }, { anna: 1 }, 1],
    mayNot: 'viewer',
  },
  'queue:order': {
    succeeds: async (stage) => {
      const [first, second] = await twoReady(stage);
      const told = { to: 'all', event: 'queueUpdate' } as const;
      await stage.accept('queue:order', [second, first], { ...told, fits: orderIs([second, first]) });
      await stage.accept('queue:order', [], { ...told, fits: orderIs([first, second]) });
    },
    bad: [['nowhere'], ['anna'], [null], [['studio-1']], { 'studio-1': 1 }, 'studio-1', null],
    mayNot: 'viewer',
  },
  'queue:next': {
    succeeds: async (stage) => {
      const [first, second] = await twoReady(stage);
      await stage.accept(
        'queue:next',
        { channel_id: first },
        { to: 'all', event: 'queueUpdate', fits: orderIs([second]) },
      );
      await stage.until(first, 'master');
    },
    bad: [{ channel_id: 'nowhere' }, { channel_id: 'studio-1' }, { channel_id: null }, {}, 'studio-1', null],
    mayNot: 'screener',
  },
  'queue:onNext': {
    succeeds: async (stage) => {
      for (const what of ['drop', 'keep'] as const) {
        await stage.accept('queue:onNext', what, {
          to: 'all',
          event: 'queueUpdate',
          fits: (data) => data.on_next === what,
        });
      }
    },
    bad: ['mute', true, null, {}, ['hold']],
    mayNot: 'screener',
  },
  channelLock: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('master');
      const lock = (isLocked: boolean) =>
        stage.accept(
          'channelLock',
          { [channel]: isLocked },
          { to: 'all', event: 'channelUpdate', fits: (data) => data[channel]?.locked === isLocked },
        );
      await lock(true);
      expect(await stage.producer.emit('channelMode', { [channel]: 'free' })).toMatchObject({
        ok: false,
        error: { code: 'channel_locked', key: channel },
      });
      await lock(false);
    },
    bad: [...keyed('studio-1', [...badFlags, true]), { nowhere: true }, { anna: true }, true],
    mayNot: 'screener',
  },
  channelLeveller: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('on_hold');
      const now = { on: true, target_db: -20, range_db: 12, gate_db: -45, duck: false, differs: false };
      const change = (value: unknown, after: unknown) =>
        stage.accept(
          'channelLeveller',
          { [channel]: value },
          {
            to: 'all',
            event: 'channelUpdate',
            fits: (data) => JSON.stringify(data[channel]?.leveller) === JSON.stringify(after),
          },
        );
      await change({ duck: true, target_db: -16 }, { ...now, target_db: -16, duck: true, differs: true });
      await change({ on: false }, { ...now, on: false, target_db: -16, duck: true, differs: true });
      await change(null, now);
    },
    bad: [
      ...keyed('studio-1', [true, { on: 1 }, { target_db: 0 }, { range_db: -1 }, { loud: true }]),
      { nowhere: { on: true } },
      { anna: { on: true } },
      null,
    ],
    mayNot: 'viewer',
  },
  linesBusy: {
    succeeds: async (stage) => {
      for (const areBusy of [true, false]) {
        await stage.accept('linesBusy', areBusy, {
          to: 'all',
          event: 'queueUpdate',
          fits: (data) => data.lines_busy === areBusy,
        });
      }
    },
    bad: badFlags,
    mayNot: 'screener',
  },
};

/** Two who wait to go to air, the one who has waited longer first. */
async function twoReady(stage: Stage): Promise<[string, string]> {
  const { channel: first } = await stage.caller('on_hold');
  const { channel: second } = await stage.caller('on_hold');
  await stage.accept(
    'queue:screening',
    { [second]: 'ready', [first]: 'ready' },
    { to: 'all', event: 'queueUpdate', fits: orderIs([first, second]) },
  );
  return [first, second];
}
