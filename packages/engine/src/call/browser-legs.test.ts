import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHROMIUM_OFFER } from '../webrtc/testing/chromium-offer.ts';
import { CallHarness } from './testing/call-harness.ts';

let harness: CallHarness;

beforeEach(() => {
  vi.useFakeTimers();
  harness = new CallHarness();
});

afterEach(() => {
  vi.useRealTimers();
});

const CONNECT = {
  leg: 'b1',
  offer: CHROMIUM_OFFER,
  place: { kind: 'monitor' },
  levels: { inDb: -3 },
  tag: { user: 'anna' },
  ref: 'user:anna',
} as const;

async function connected(): Promise<string> {
  const outcome = await harness.perform('leg.connect', CONNECT);
  if (!outcome.ok) throw new Error(outcome.msg);
  await harness.settled();
  delegate().onState('connected');
  return outcome.data.answer;
}

function delegate() {
  const last = [...harness.peers.delegates.values()].at(-1);
  if (last === undefined) throw new Error('no peer');
  return last;
}

const restarted = CHROMIUM_OFFER.replaceAll('Xy12', 'Zz99');

describe('a browser that connects', () => {
  it('is a leg that is answered at once, of the origin that it was connected for', async () => {
    expect(await connected()).toContain('a=ice-ufrag:ours1');
    expect(harness.names).toEqual(['leg.answered', 'leg.ice']);
    expect(harness.table.snapshot().legs).toMatchObject([
      {
        leg: 'b1',
        direction: 'in',
        origin: { kind: 'browser', ref: 'user:anna' },
        state: 'answered',
        place: { kind: 'monitor' },
        ice: 'connected',
        codec: 'OPUS',
        levels: { inDb: -3 },
        tag: { user: 'anna' },
      },
    ]);
    expect([...harness.media.places.values()]).toEqual([{ kind: 'monitor' }]);
  });

  it('has media with its first sound; or, silent, a second after its path is open', async () => {
    await connected();
    expect(harness.of('leg.media')).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(harness.of('leg.media')).toEqual([{ leg: 'b1' }]);
  });

  it('is refused for what is no offer of a browser, and no port is spent on it', async () => {
    const offer = 'v=0\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\n';
    expect(await harness.perform('leg.connect', { ...CONNECT, offer })).toMatchObject({
      ok: false,
      code: 'bad_offer',
    });
    expect(harness.media.openPorts.size).toBe(0);
    expect(harness.table.legs.size).toBe(0);
  });

  it('is refused where there is no WebRTC, and nothing is left of it', async () => {
    harness.peers.refusal = { ok: false, code: 'no_webrtc', msg: 'not here' };
    expect(await harness.perform('leg.connect', CONNECT)).toEqual({
      ok: false,
      code: 'no_webrtc',
      msg: 'not here',
    });
    await harness.settled();
    expect(harness.table.legs.size).toBe(0);
    expect(harness.media.openPorts.size).toBe(0);
    expect(harness.names).toEqual([]);
  });

  it('is refused when its name is taken, or there is no port', async () => {
    await connected();
    expect(await harness.perform('leg.connect', CONNECT)).toMatchObject({ ok: false, code: 'leg_exists' });
    harness.media.maxPorts = 1;
    expect(await harness.perform('leg.connect', { ...CONNECT, leg: 'b2' })).toMatchObject({
      ok: false,
      code: 'no_ports',
    });
  });
});

describe('a browser that is connected', () => {
  it('is ended when it has been away for fifteen seconds, and not before', async () => {
    await connected();
    delegate().onState('away');
    await vi.advanceTimersByTimeAsync(14_900);
    expect(harness.of('leg.ended')).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(harness.of('leg.ended')).toMatchObject([
      { leg: 'b1', cause: 'rtp_timeout', by: 'engine', tag: { user: 'anna' } },
    ]);
    expect(harness.media.openPorts.size).toBe(0);
    expect(harness.peers.delegates.size).toBe(0);
  });

  it('stays when it comes back meanwhile', async () => {
    await connected();
    delegate().onState('away');
    await vi.advanceTimersByTimeAsync(14_000);
    delegate().onState('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(harness.of('leg.ice').map(({ state }) => state)).toEqual(['connected', 'away', 'connected']);
    expect(harness.of('leg.ended')).toEqual([]);
  });

  it('is ended as well when its path never opens', async () => {
    await harness.perform('leg.connect', CONNECT);
    await vi.advanceTimersByTimeAsync(15_100);
    expect(harness.of('leg.ended')).toMatchObject([{ leg: 'b1', cause: 'rtp_timeout' }]);
  });

  it('has a new connection after an offer that restarts ICE, and the same one after any other', async () => {
    await connected();
    const again = await harness.perform('leg.reoffer', { leg: 'b1', offer: restarted });
    expect(again).toMatchObject({ ok: true, data: { answer: expect.stringContaining('a=ice-ufrag:ours2') } });
    const held = await harness.perform('leg.reoffer', {
      leg: 'b1',
      offer: restarted.replace('a=sendrecv', 'a=sendonly'),
    });
    expect(held).toMatchObject({ ok: true, data: { answer: expect.stringContaining('a=recvonly') } });
    expect(harness.peers.connected).toHaveLength(2);
    expect(harness.peers.connected[0]?.peer).toBe(harness.peers.connected[1]?.peer);
    expect(harness.of('leg.held')).toEqual([{ leg: 'b1', isHeldByRemote: true }]);
  });

  it('stays as it is when a further offer cannot be taken', async () => {
    await connected();
    expect(await harness.perform('leg.reoffer', { leg: 'b1', offer: 'v=0\r\n' })).toMatchObject({
      ok: false,
      code: 'bad_offer',
    });
    expect(harness.table.snapshot().legs).toMatchObject([{ leg: 'b1', state: 'answered' }]);
    const { leg } = await harness.talking();
    expect(await harness.perform('leg.reoffer', { leg, offer: restarted })).toMatchObject({
      code: 'wrong_state',
    });
  });

  it('gives and is given candidates', async () => {
    await connected();
    const ours = 'candidate:2 1 UDP 1 198.51.100.9 20097 typ srflx raddr 0.0.0.0 rport 0';
    delegate().onCandidate(ours, '0');
    expect(harness.of('leg.candidate')).toEqual([{ leg: 'b1', candidate: ours, mid: '0' }]);
    const theirs = 'candidate:9 1 udp 1 192.0.2.7 5000 typ host';
    await harness.perform('leg.candidate', { leg: 'b1', candidate: theirs, mid: '0' });
    await harness.perform('leg.candidate', { leg: 'b1', candidate: '', mid: '0' });
    expect(harness.peers.candidates).toEqual([{ peer: 0, candidate: theirs }]);
  });

  it('is not ended for sending no sound, as a telephone is', async () => {
    await connected();
    const port = harness.table.legs.get('b1')?.port ?? -1;
    harness.media.onEvent({ type: 'rtp-timeout', port });
    await harness.settled();
    expect(harness.of('leg.ended')).toEqual([]);
  });

  it('is ended when the WebRTC thread is gone, and telephones are not', async () => {
    const { leg } = await harness.talking();
    await connected();
    delegate().onGone();
    await harness.settled();
    expect(harness.of('leg.ended')).toMatchObject([{ leg: 'b1', cause: 'media_error' }]);
    expect(harness.table.legs.has(leg)).toBe(true);
  });

  it('is hung up by the server', async () => {
    await connected();
    await harness.perform('leg.hangup', { leg: 'b1' });
    await harness.settled();
    expect(harness.of('leg.ended')).toMatchObject([{ leg: 'b1', cause: 'normal', by: 'server' }]);
    expect(harness.peers.delegates.size).toBe(0);
  });
});

describe('a softphone in a browser, by SIP', () => {
  it('is answered through a peer, with every candidate in the answer', async () => {
    const { session, leg } = await harness.offered(CHROMIUM_OFFER);
    await harness.perform('leg.answer', { leg, place: { kind: 'air' } });
    await harness.settled();
    expect(session.accepted).toContain('UDP/TLS/RTP/SAVPF 111');
    expect(session.accepted).toContain('a=end-of-candidates');
    session.delegate.onConfirmed?.();
    await harness.settled();
    delegate().onState('connected');
    expect(harness.names).toEqual(['leg.offered', 'leg.answered', 'leg.ice']);
  });

  it('holds and resumes on the same connection, and is refused a new one', async () => {
    const { session, leg } = await harness.offered(CHROMIUM_OFFER);
    await harness.perform('leg.answer', { leg, place: { kind: 'air' } });
    await harness.settled();
    session.delegate.onConfirmed?.();
    await harness.settled();
    const hold = session.delegate.onOffer(CHROMIUM_OFFER.replace('a=sendrecv', 'a=sendonly'));
    expect(hold).toMatchObject({ ok: true, answer: expect.stringContaining('a=recvonly') });
    expect(harness.of('leg.held')).toEqual([{ leg, isHeldByRemote: true }]);
    expect(session.delegate.onOffer(CHROMIUM_OFFER)).toMatchObject({ ok: true });
    expect(session.delegate.onOffer(restarted)).toEqual({ ok: false, status: 488 });
    expect(harness.peers.connected).toHaveLength(1);
  });

  it('is refused with 488 where there is no WebRTC', async () => {
    harness.peers.refusal = { ok: false, code: 'no_webrtc', msg: 'not here' };
    const { session, leg } = await harness.offered(CHROMIUM_OFFER);
    await harness.perform('leg.answer', { leg, place: { kind: 'air' } });
    await harness.settled();
    expect(session.asked).toContain('reject 488');
    expect(harness.of('leg.ended')).toMatchObject([{ leg, cause: 'media_error' }]);
  });
});
