/** The rows of the table for headsets. The browser here is nothing but its offer: sound is for headset.test.ts. */
import { expect } from 'vitest';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';

/** What Chromium offers for a microphone, in short. */
const offer = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=ice-ufrag:4ZcD',
  'a=ice-pwd:2/1muCWoOi3uLifh0NuRHlpq',
  'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'A7').join(':')}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  '',
].join('\r\n');
const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 9 typ host';

export const headsetRows: Readonly<Record<string, Row>> = {
  'headset:servers': {
    succeeds: async (stage) => {
      const told = await stage.accept('headset:servers', null, { to: 'self', event: 'headset:servers' });
      expect(told).toEqual({ servers: [] });
    },
    bad: [[], {}, 'all', 0],
    mayNot: 'viewer',
  },
  'headset:connect': {
    succeeds: async (stage) => {
      const headset = await connected(stage);
      await stage.witness.until(
        'the user to be there by a headset',
        () => stage.witness.state().users['anna']?.connection?.by === 'headset',
      );
      await disconnected(stage, headset);
    },
    bad: [
      { as: 'user' },
      { sdp: offer },
      { sdp: '', as: 'user' },
      { sdp: offer, as: 'everybody' },
      // The studio desk of this station is a telephone.
      { sdp: offer, as: 'host' },
      offer,
      null,
    ],
    mayNot: 'viewer',
  },
  'headset:candidate': {
    succeeds: async (stage) => {
      const headset = await connected(stage);
      await stage.accept('headset:candidate', { headset, candidate, mid: '0' });
      await disconnected(stage, headset);
    },
    bad: [
      { headset: 'unknown', candidate, mid: '0' },
      { headset: 'unknown', candidate },
      { candidate, mid: '0' },
      null,
    ],
    mayNot: 'viewer',
  },
  'headset:reconnect': {
    succeeds: async (stage) => {
      const headset = await connected(stage);
      const restarted = offer.replace('ice-ufrag:4ZcD', 'ice-ufrag:9QxB').replace('Oi3uLifh0', 'Oi3uLifh1');
      await stage.accept(
        'headset:reconnect',
        { headset, sdp: restarted },
        { to: 'self', event: 'headset:answer', fits: (data) => data.headset === headset },
      );
      await disconnected(stage, headset);
    },
    bad: [{ headset: 'unknown', sdp: offer }, { headset: 'unknown' }, { sdp: offer }, offer, null],
    mayNot: 'viewer',
  },
  'headset:disconnect': {
    succeeds: async (stage) => {
      const headset = await connected(stage);
      await disconnected(stage, headset);
    },
    bad: [{ headset: 'unknown' }, { headset: '' }, {}, 'unknown', null],
    mayNot: 'viewer',
  },
};

async function connected(stage: Stage): Promise<string> {
  const told = {
    to: 'self',
    event: 'headset:answer',
    fits: (data: { sdp: string }) => data.sdp.includes('opus'),
  } as const;
  return String((await stage.accept('headset:connect', { sdp: offer, as: 'user' }, told)).headset);
}

async function disconnected(stage: Stage, headset: string): Promise<void> {
  await stage.accept(
    'headset:disconnect',
    { headset },
    {
      to: 'self',
      event: 'headset:ended',
      fits: (data) => data.headset === headset && data.why === 'hung_up',
    },
  );
  // What everybody is told of it belongs to this row, not to the next one.
  await stage.witness.until('the headset to be gone, and the phone to be used again', () => {
    const { users } = stage.witness.state();
    return users['anna']?.connection?.by === 'phone' && stage.witness.channel('anna').mode === 'free';
  });
}
