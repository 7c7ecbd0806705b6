/** The rows of the table for the studio: master, users, host. */
import { badFlags, badLevels, keyed, type Row } from './row.ts';
import type { Stage } from './stage.ts';

export const studioRows: Readonly<Record<string, Row>> = {
  masterProperty: {
    succeeds: async (stage) => {
      for (const [name, value] of [
        ['muted', true],
        ['on_air', true],
        ['delay', 3],
      ] as const) {
        await stage.accept(
          'masterProperty',
          { name, value },
          {
            to: 'all',
            event: 'masterUpdate',
            fits: (data) => data[name] === value,
          },
        );
      }
      await stage.accept(
        'masterProperty',
        { name: 'level', value: 60 },
        {
          to: 'others',
          event: 'masterVolumeChange',
          fits: (level) => level === 60,
        },
      );
      for (const name of ['muted', 'on_air']) await stage.accept('masterProperty', { name, value: false });
      await stage.accept('masterProperty', { name: 'delay', value: 0 });
      await setAndUnset(stage, (value) => stage.accept('masterProperty', { name: 'recording', value }));
    },
    bad: [{ name: 'colour', value: 1 }, { name: 'level', value: 0 }, { name: 'on_air' }, 'on_air', null, []],
    mayNot: 'screener',
  },
  masterMuted: {
    succeeds: (stage) => masterFlag(stage, 'masterMuted', 'muted'),
    bad: badFlags,
    mayNot: 'screener',
  },
  masterVolume: {
    succeeds: async (stage) => {
      await stage.accept('masterVolume', 44, {
        to: 'others',
        event: 'masterVolumeChange',
        fits: (level) => level === 44,
      });
    },
    bad: badLevels,
    mayNot: 'screener',
  },
  masterRecording: {
    succeeds: (stage) => setAndUnset(stage, (value) => stage.accept('masterRecording', value)),
    bad: badFlags,
    mayNot: 'screener',
  },
  masterOnAir: {
    succeeds: (stage) => masterFlag(stage, 'masterOnAir', 'on_air'),
    bad: badFlags,
    mayNot: 'screener',
  },
  masterDelay: {
    succeeds: async (stage) => {
      for (const delay of [7.5, 0]) {
        await stage.accept('masterDelay', delay, {
          to: 'all',
          event: 'masterUpdate',
          fits: (data) => data.delay === delay,
        });
      }
    },
    bad: [-1, 61, '7', null, true, {}],
    mayNot: 'screener',
  },

  userVolume: {
    succeeds: async (stage) => {
      await stage.accept(
        'userVolume',
        { anna: 66 },
        {
          to: 'others',
          event: 'userVolumeChange',
          fits: (data) => data.anna === 66,
        },
      );
    },
    bad: [...keyed('anna', badLevels), { nobody: 50 }, 50],
    mayNot: 'viewer',
  },
  userProperty: {
    succeeds: async (stage) => {
      for (const [name, value] of [
        ['muted', true],
        ['muted', false],
        ['recording', true],
        ['recording', false],
      ] as const) {
        await stage.accept(
          'userProperty',
          { anna: { name, value } },
          {
            to: 'all',
            event: 'userUpdate',
            fits: (data) => data.anna?.[name] === value,
          },
        );
      }
      await stage.accept(
        'userProperty',
        { anna: { name: 'level', value: 75 } },
        { to: 'others', event: 'userVolumeChange' },
      );
    },
    bad: [
      ...keyed('anna', [{ name: 'delay', value: 1 }, { name: 'muted', value: 1 }, true]),
      { nobody: { name: 'muted', value: true } },
    ],
    mayNot: 'viewer',
  },
  userMuted: {
    succeeds: (stage) => userFlag(stage, 'userMuted', 'muted'),
    bad: [...keyed('anna', badFlags), { nobody: true }],
    mayNot: 'viewer',
  },
  userRecording: {
    succeeds: (stage) => userFlag(stage, 'userRecording', 'recording'),
    bad: [...keyed('anna', badFlags), { nobody: true }],
    mayNot: 'viewer',
  },
  userWhisper: {
    succeeds: async (stage) => {
      const { channel } = await stage.caller('master');
      await stage.accept('channelMode', { anna: 'master' });
      await stage.until('anna', 'master');
      const whispers = (to: string | null) =>
        ({
          to: 'all',
          event: 'userUpdate',
          fits: (data: { anna?: { whisper?: unknown } }) => data.anna?.whisper === to,
        }) as const;
      await stage.accept('userWhisper', { anna: channel }, whispers(channel));
      await stage.accept('userWhisper', { anna: null }, whispers(null));
      await stage.accept('userWhisper', { anna: channel }, whispers(channel));
      // It ends by itself when the caller leaves.
      await stage.accept('channelMode', { [channel]: 'on_hold' }, whispers(null));
    },
    bad: [...keyed('anna', [true, {}, '', 'nowhere', 'studio-1']), { nobody: null }, 'studio-1'],
    mayNot: 'screener',
  },

  hostVolume: {
    succeeds: async (stage) => {
      await stage.accept('hostVolume', 55, {
        to: 'others',
        event: 'hostVolumeChange',
        fits: (level) => level === 55,
      });
    },
    bad: badLevels,
    mayNot: 'screener',
  },
  hostMuted: {
    succeeds: async (stage) => {
      for (const isMuted of [true, false]) {
        await stage.accept('hostMuted', isMuted, {
          to: 'all',
          event: 'hostUpdate',
          fits: (data) => data.muted === isMuted,
        });
      }
    },
    bad: badFlags,
    mayNot: 'screener',
  },
};

async function masterFlag(stage: Stage, event: string, name: string): Promise<void> {
  for (const value of [true, false]) {
    await stage.accept(event, value, {
      to: 'all',
      event: 'masterUpdate',
      fits: (data) => data[name] === value,
    });
  }
}

async function userFlag(stage: Stage, event: string, name: string): Promise<void> {
  for (const value of [true, false]) {
    await stage.accept(
      event,
      { anna: value },
      { to: 'all', event: 'userUpdate', fits: (data) => data.anna?.[name] === value },
    );
  }
}

/** A recording of the program, which is then in the history. */
async function setAndUnset(stage: Stage, record: (isOn: boolean) => Promise<unknown>): Promise<void> {
  const seen = stage.witness.frames.length;
  await record(true);
  const { at } = await stage.witness.frame(
    'the recording',
    ({ event, data }) => event === 'masterUpdate' && data.recording === true,
    seen,
  );
  await stage.witness.until('some of the program to be recorded', () => performance.now() - at > 200);
  await record(false);
  await stage.witness.frame(
    'the recording in the history',
    ({ event, data }) =>
      event === 'calls:update' &&
      Object.values(data).some((entry) => {
        const { type, recordings } = entry as { type: string; recordings: unknown[] };
        return type === 'program' && recordings.length > 0;
      }),
    seen,
  );
}
