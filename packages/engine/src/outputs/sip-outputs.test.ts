import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMediaPlane } from '../call/testing/fake-media-plane.ts';
import { FakeSipAgent, SDP } from '../call/testing/fake-sip-agent.ts';
import type { OutputConfig } from '../control/contract.ts';
import { SipOutputs } from './sip-outputs.ts';

type SipConfig = Extract<OutputConfig, { type: 'sip' }>;

const SITE: SipConfig = {
  ref: 'output:hill',
  type: 'sip',
  isDelayed: true,
  target: { kind: 'uri', uri: 'sip:hill@192.0.2.9', ref: 'output:hill' },
};
const BUSY = { by: 'remote', how: 'refused', status: 486, reason: null } as const;
const BYE = { by: 'remote', how: 'bye', status: null, reason: null } as const;

let agent: FakeSipAgent;
let media: FakeMediaPlane;
let said: string[];
let outputs: SipOutputs;

beforeEach(() => {
  vi.useFakeTimers();
  const ignore = (): void => {};
  const noDelegate = { onInvite: ignore, onAccount: ignore, onTrunk: ignore, onMessage: ignore };
  agent = new FakeSipAgent(noDelegate);
  media = new FakeMediaPlane(() => {});
  said = [];
  outputs = new SipOutputs({
    media,
    agent: () => agent,
    stationName: () => 'Radio',
    dialTimeoutMs: () => 30_000,
    report: (ref, state, error) => said.push(`${ref} ${state}${error === undefined ? '' : `: ${error}`}`),
  });
});

afterEach(() => vi.useRealTimers());

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

/** Answered and placed; its port. */
async function up(): Promise<number> {
  outputs.configure([SITE]);
  await settled();
  agent.invites.at(-1)?.session.delegate.onAnswer?.(SDP);
  await settled();
  return [...media.openPorts].at(-1) ?? -1;
}

describe('a call to a transmitter site', () => {
  it('is dialled at once and hears the program as it is transmitted', async () => {
    const port = await up();
    expect(agent.invites).toHaveLength(1);
    expect(agent.invites[0]?.request).toMatchObject({ target: SITE.target, from: { displayName: 'Radio' } });
    expect(media.places.get(port)).toEqual({ kind: 'program', isDelayed: true });
    expect(said).toEqual(['output:hill starting', 'output:hill running']);
  });

  it('is dialled again when the site hangs up, and gives its port back in between', async () => {
    await up();
    agent.invites[0]?.session.over(BYE);
    await settled();
    expect(said.at(-1)).toBe('output:hill failed: the site hung up');
    expect(media.openPorts.size).toBe(0);
    await vi.advanceTimersByTimeAsync(500);
    expect(agent.invites).toHaveLength(2);
    agent.invites[1]?.session.delegate.onAnswer?.(SDP);
    await settled();
    expect(said.at(-1)).toBe('output:hill running');
  });

  it('is tried for ever at a site that is busy', async () => {
    outputs.configure([SITE]);
    await settled();
    for (let call = 0; call < 20; call++) {
      agent.invites.at(-1)?.session.over(BUSY);
      await vi.advanceTimersByTimeAsync(15_000);
    }
    expect(agent.invites).toHaveLength(21);
    expect(said.at(-1)).toBe('output:hill failed: the site is busy (486)');
  });

  it('stays up when it is configured again as it is', async () => {
    await up();
    outputs.configure([{ ...SITE }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(agent.invites).toHaveLength(1);
    expect(agent.invites[0]?.session.asked).toEqual([]);
  });

  it('ends when it is wanted no more, and is not dialled again', async () => {
    await up();
    outputs.configure([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(agent.invites[0]?.session.asked).toEqual(['end']);
    expect(agent.invites).toHaveLength(1);
    expect(media.openPorts.size).toBe(0);
  });

  it('waits for a codec that registers with us', async () => {
    const target = { kind: 'account', username: 'hill', isAutoAnswer: true } as const;
    outputs.configure([{ ...SITE, target }]);
    await settled();
    expect(said.at(-1)).toBe('output:hill failed: hill is not registered');
    agent.registered.add('hill');
    await vi.advanceTimersByTimeAsync(500);
    expect(agent.invites).toHaveLength(1);
  });

  it('is dialled anew when a site that used to send falls silent', async () => {
    const port = await up();
    expect(outputs.takes({ type: 'media', port })).toBe(true);
    outputs.takes({ type: 'rtp-timeout', port });
    await vi.advanceTimersByTimeAsync(500);
    expect(said).toContain('output:hill failed: the site sends nothing any more');
    expect(agent.invites).toHaveLength(2);
  });

  it('goes on to a site that only listens', async () => {
    const port = await up();
    outputs.takes({ type: 'rtp-timeout', port });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(agent.invites).toHaveLength(1);
  });

  it('leaves the events of other calls alone', async () => {
    const port = await up();
    expect(outputs.takes({ type: 'media', port: port + 1 })).toBe(false);
  });
});
