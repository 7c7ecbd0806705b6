/** The rows of the table for channels and dialling. */
import { expect } from 'vitest';
import { badFlags, badLevels, keyed, type Row } from './row.ts';
import { farNumber } from './stage.ts';

const dialled = { number: Number(farNumber.slice(1)), mode: 'on_hold' };

export const channelRows: Readonly<Record<string, Row>> = {
  ping: {
    succeeds: async (stage) => {
      const data = { at: 1700000000000, words: ['a'] };
      await stage.accept('ping', data, { to: 'self', event: 'pong', fits: (echo) => echo.at === data.at });
    },
    bad: 'too large',
    mayNot: 'stranger',
  },
  noop: {
    succeeds: async (stage) => {
      const own = stage.producer.frames.length;
      await stage.accept('noop', 'anything');
      const answers = stage.producer.frames.slice(own).filter(({ id }) => id !== undefined);
      expect(answers.map(({ event }) => event)).toEqual(['ack']);
    },
    bad: 'too large',
    mayNot: 'stranger',
  },

  channelProperty: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('on_hold');
      const set = (name: string, value: unknown) => ({ [channel]: { name, value } });
      for (const [name, value] of [
        ['muted', true],
        ['recording', true],
        ['autoanswer', 'on_hold'],
      ] as const) {
        await stage.accept('channelProperty', set(name, value), {
          to: 'all',
          event: 'channelUpdate',
          fits: (data) => data[channel]?.[name] === value,
        });
      }
      await stage.accept('channelProperty', set('level', 40), {
        to: 'others',
        event: 'channelVolumeChange',
        fits: (data) => data[channel] === 40,
      });
      await stage.accept('channelProperty', set('autoanswer', null));
      await stage.accept('channelProperty', set('muted', false));
      await stage.accept('channelProperty', set('mode', 'master'));
      await stage.until(channel, 'master');
    },
    bad: [
      ...keyed('studio-1', [
        { name: 'colour', value: 1 },
        { name: 'level', value: 0 },
        { name: 'muted' },
        true,
      ]),
      'studio-1',
      [],
      null,
    ],
    mayNot: 'viewer',
  },
  channelMuted: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('on_hold');
      for (const isMuted of [true, false]) {
        await stage.accept(
          'channelMuted',
          { [channel]: isMuted },
          {
            to: 'all',
            event: 'channelUpdate',
            fits: (data) => data[channel]?.muted === isMuted,
          },
        );
      }
    },
    bad: [...keyed('studio-1', badFlags), { nowhere: true }, true],
    mayNot: 'viewer',
  },
  channelMode: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('ring');
      for (const mode of ['on_hold', 'anna', 'master', 'ivr', 'free']) {
        await stage.accept('channelMode', { [channel]: mode });
        await stage.until(channel, mode);
      }
    },
    bad: [...keyed('studio-1', [true, null, {}, 'nobody', 'master']), { nowhere: 'master' }, 'master'],
    mayNot: 'viewer',
  },
  channelAutoAnswer: {
    succeeds: async (stage) => {
      const set = (mode: string | null) => ({ 'studio-1': mode });
      await stage.accept('channelAutoAnswer', set('on_hold'), {
        to: 'all',
        event: 'channelUpdate',
        fits: (data) => data['studio-1']?.autoanswer === 'on_hold',
      });
      const { channel } = await stage.caller('ring');
      await stage.until(channel, 'on_hold');
      await stage.accept('channelAutoAnswer', set(null));
    },
    bad: [...keyed('studio-1', [true, '', 'nobody', 'free', {}]), { nowhere: 'on_hold' }, null],
    mayNot: 'viewer',
  },
  channelRecording: {
    succeeds: async (stage) => {
      const { channel, call } = await stage.caller('on_hold');
      const record = String(stage.witness.channel(channel).call_id);
      await stage.accept(
        'channelRecording',
        { [channel]: true },
        {
          to: 'all',
          event: 'channelUpdate',
          fits: (data) => data[channel]?.recording === true,
        },
      );
      await stage.witness.until('some sound', () => call.rtp.hearing.last(1000).samples.length > 4000);
      await stage.accept(
        'channelRecording',
        { [channel]: false },
        {
          to: 'all',
          event: 'calls:update',
          fits: (data) => data[record]?.recordings.length > 0,
        },
      );
    },
    bad: [...keyed('studio-1', badFlags), { nowhere: true }, []],
    mayNot: 'viewer',
  },
  channelVolume: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('on_hold');
      await stage.accept(
        'channelVolume',
        { [channel]: 33 },
        {
          to: 'others',
          event: 'channelVolumeChange',
          fits: (data) => data[channel] === 33,
        },
      );
    },
    bad: [...keyed('studio-1', badLevels), { nowhere: 50 }, 50],
    mayNot: 'viewer',
  },
  channelContactInfo: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('on_hold');
      const card = { name: 'Awa', location: 'Serekunda', topic: 'water' };
      await stage.accept(
        'channelContactInfo',
        { [channel]: card },
        {
          to: 'others',
          event: 'channelContactInfo',
          fits: (data) => data[channel]?.name === 'Awa' && data[channel].topic === 'water',
        },
      );
    },
    bad: [
      ...keyed('studio-1', [{ name: ['Awa'] }, { notes: {} }, 'Awa', null]),
      { nowhere: { name: 'Awa' } },
    ],
    mayNot: 'viewer',
  },
  channelCallNumber: {
    succeeds: async (stage) => {
      await stage.accept('channelCallNumber', { 'studio-5': dialled });
      await stage.until('studio-5', 'on_hold');
    },
    bad: [
      ...keyed('studio-5', [
        { ...dialled, number: 1.5 },
        { ...dialled, number: 'Awa' },
        { number: 1 },
        { ...dialled, mode: 'nobody' },
        farNumber,
      ]),
      { nowhere: dialled },
    ],
    mayNot: 'viewer',
  },

  callNumber: {
    succeeds: async (stage) => {
      const seen = stage.witness.frames.length;
      await stage.accept('callNumber', { ...dialled, channel_id: null });
      await stage.witness.frame(
        'the called party to be on hold',
        ({ event, data }) =>
          event === 'channelUpdate' &&
          Object.values(data).some((change) => (change as { mode?: string }).mode === 'on_hold'),
        seen,
      );
    },
    bad: [
      { ...dialled, number: -1, channel_id: null },
      { ...dialled, number: 'Awa', channel_id: null },
      { number: 5, channel_id: null },
      { ...dialled, mode: 'nobody', channel_id: null },
      { ...dialled, channel_id: 'nowhere' },
      farNumber,
      null,
    ],
    mayNot: 'viewer',
  },
};
