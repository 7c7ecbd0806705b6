/** The rows of the table for what is played from files, which is heard in console-records.test.ts, and for the dump. */
import { uploadPrompt } from '../harness/prompts.ts';
import type { Row } from './row.ts';
import { badLevels, keyed } from './row.ts';
import type { Stage } from './stage.ts';

const JINGLE = '/api/prompts/played';

export const mediaRows: Readonly<Record<string, Row>> = {
  'media:play': {
    succeeds: async (stage) => {
      await stopped(stage, await played(stage));
    },
    bad: [
      { audio_url: JINGLE },
      { to: 'air' },
      { audio_url: JINGLE, to: 'nobody' },
      { audio_url: '/audio/../openline.db', to: 'air' },
      { audio_url: JINGLE, to: 'air', level: 0 },
      { audio_url: JINGLE, to: 'air', from_ms: -1 },
      JINGLE,
      null,
    ],
    mayNot: 'viewer',
  },
  'media:stop': {
    succeeds: async (stage) => stopped(stage, await played(stage)),
    bad: [['unknown'], 'unknown', 5, null],
    mayNot: 'viewer',
  },
  'media:volume': {
    succeeds: async (stage) => {
      const id = await played(stage);
      const told = {
        to: 'all',
        event: 'playerVolumeChange',
        fits: (data: Levels) => data[id] === 40,
      } as const;
      await stage.accept('media:volume', { [id]: 40 }, told);
      await stopped(stage, id);
    },
    bad: [...keyed('unknown', [50]), ...keyed('unknown', badLevels), [50], null],
    mayNot: 'viewer',
  },
  masterDump: {
    succeeds: async (stage) => {
      await stage.accept('masterDelay', 1, {
        to: 'all',
        event: 'masterUpdate',
        fits: (data) => (data.delay_state?.depth_ms ?? 0) > 60,
      });
      await stage.accept('masterDump', null, {
        to: 'all',
        event: 'calls:update',
        fits: (data) => JSON.stringify(data).includes('"type":"dump"'),
      });
      await stage.accept('masterDelay', 0, {
        to: 'all',
        event: 'masterUpdate',
        fits: (data) => data.delay_state?.state === 'bypass',
      });
    },
    bad: [1, true, {}, 'newest'],
    mayNot: 'screener',
  },
};

type Levels = Record<string, number>;
type Players = Record<string, { title?: string } | null>;

async function played(stage: Stage): Promise<string> {
  await uploadPrompt(stage.product, 'played', 1_100, 30);
  const isOurs = (data: Players) => Object.values(data).some((player) => player?.title === 'Jingle');
  const frame = await stage.accept(
    'media:play',
    { audio_url: JINGLE, to: 'air', title: 'Jingle' },
    { to: 'all', event: 'playerUpdate', fits: isOurs },
  );
  const [id] = Object.entries(frame as Players).find(([, player]) => player?.title === 'Jingle') ?? [];
  if (id === undefined) throw new Error('no player was told of');
  return id;
}

async function stopped(stage: Stage, id: string): Promise<void> {
  const told = { to: 'all', event: 'playerUpdate', fits: (data: Players) => data[id] === null } as const;
  await stage.accept('media:stop', [id], told);
}
