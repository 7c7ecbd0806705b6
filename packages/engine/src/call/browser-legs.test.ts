import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHROMIUM_OFFER } from '../webrtc/testing/chromium-offer.ts';
import { CallHarness } from './testing/call-harness.ts';
import { SDP } from './testing/fake-sip-agent.ts';

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

  it('holds and resumes on the same connection, and has a new one when it restarts ICE', async () => {
    const { session, leg } = await harness.offered(CHROMIUM_OFFER);
    await harness.perform('leg.answer', { leg, place: { kind: 'air' } });
    await harness.settled();
    session.delegate.onConfirmed?.();
    await harness.settled();
    const hold = session.delegate.onOffer(CHROMIUM_OFFER.replace('a=sendrecv', 'a=sendonly'));
    expect(hold).toMatchObject({ ok: true, answer: expect.stringContaining('a=recvonly') });
    expect(harness.of('leg.held')).toEqual([{ leg, isHeldByRemote: true }]);
    expect(session.delegate.onOffer(CHROMIUM_OFFER)).toMatchObject({ ok: true });
    expect(harness.peers.connected).toHaveLength(1);
    expect(await session.delegate.onOffer(restarted)).toMatchObject({
      ok: true,
      answer: expect.stringContaining('a=ice-ufrag:ours2'),
    });
    expect(harness.peers.connected).toHaveLength(2);
    expect(session.delegate.onOfferWanted()).toContain('a=ice-ufrag:ours2');
  });

  it('is refused a restart that comes to nothing, or after its end, and its call goes on', async () => {
    const { session, leg } = await harness.offered(CHROMIUM_OFFER);
    await harness.perform('leg.answer', { leg, place: { kind: 'air' } });
    await harness.settled();
    session.delegate.onConfirmed?.();
    harness.peers.refusal = { ok: false, code: 'failed', msg: 'no answer in time' };
    expect(await session.delegate.onOffer(restarted)).toEqual({ ok: false, status: 488 });
    expect(harness.table.snapshot().legs).toMatchObject([{ leg, state: 'answered' }]);
    harness.peers.refusal = null;
    const late = session.delegate.onOffer(restarted);
    await harness.perform('leg.hangup', { leg });
    expect(await late).toEqual({ ok: false, status: 481 });
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

/** What Chromium answers to an offer of ours. */
const ANSWER = CHROMIUM_OFFER.replace('a=setup:actpass', 'a=setup:active');

describe('a softphone in a browser that is rung', () => {
  async function rung() {
    harness.agent.registered.add('ben');
    await harness.perform('leg.dial', {
      leg: 'out-1',
      target: { kind: 'account', username: 'ben', isAutoAnswer: false },
      from: { number: null, displayName: null },
      place: { kind: 'air' },
      levels: { inDb: -3 },
      tag: {},
    });
    await harness.settled();
    const invite = harness.agent.invites.at(-1);
    if (invite === undefined) throw new Error('nobody was rung');
    const offer = await invite.request.offerToBrowser?.();
    return { session: invite.session, offer, again: () => invite.request.offerToBrowser?.() };
  }

  it('is offered WebRTC with every candidate and codec, once for all browsers', async () => {
    const { offer, again } = await rung();
    expect(offer?.split('\r\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^m=audio 20096 UDP\/TLS\/RTP\/SAVPF 111 9 8 0 101 97$/),
        'a=group:BUNDLE 0',
        'a=mid:0',
        'a=rtcp-mux',
        'a=setup:actpass',
        'a=ice-ufrag:ours1',
        expect.stringMatching(/^a=fingerprint:sha-256 /),
        'a=candidate:1 1 UDP 2114977791 127.0.0.1 20096 typ host',
        'a=end-of-candidates',
        'a=sendrecv',
      ]),
    );
    expect(await again()).toBe(offer);
    expect(harness.peers.connected).toMatchObject([{ remote: null }]);
  });

  it('goes on by its connection when it answers, on the port that was opened for a telephone', async () => {
    const { session } = await rung();
    session.delegate.onProgress?.(180, null);
    session.delegate.onAnswer?.(ANSWER);
    await harness.settled();
    expect(harness.peers.accepted).toMatchObject([{ peer: 0, remote: { ufrag: 'Xy12', setup: 'active' } }]);
    expect(harness.media.turnedIntoPeers).toHaveLength(1);
    delegate().onState('connected');
    expect(harness.names).toEqual(['leg.ringing', 'leg.answered', 'leg.ice']);
    expect(harness.table.snapshot().legs).toMatchObject([
      {
        leg: 'out-1',
        direction: 'out',
        state: 'answered',
        codec: 'OPUS',
        ice: 'connected',
        levels: { inDb: -3 },
      },
    ]);
    // Who began the handshake stays so.
    expect(session.delegate.onOffer(CHROMIUM_OFFER.replace('a=sendrecv', 'a=sendonly'))).toMatchObject({
      ok: true,
      answer: expect.stringContaining('a=setup:passive'),
    });
    expect(session.delegate.onOfferWanted()).toContain('a=setup:actpass');
    session.delegate.onAnswer?.(ANSWER);
    await harness.settled();
    expect(harness.peers.accepted).toHaveLength(1);
    session.over({ by: 'remote', how: 'bye', status: null, reason: null });
    await harness.settled();
    expect(harness.of('leg.ended')).toMatchObject([{ cause: 'normal', by: 'remote' }]);
    expect(harness.media.openPorts.size + harness.peers.delegates.size).toBe(0);
  });

  it('loses to a telephone that answers first, and nothing of it is left', async () => {
    const { session } = await rung();
    session.delegate.onAnswer?.(SDP);
    await harness.settled();
    expect(harness.media.turnedIntoPeers).toEqual([]);
    expect(harness.peers.delegates.size).toBe(0);
    expect(harness.table.snapshot().legs).toMatchObject([{ state: 'answered', codec: 'PCMA' }]);
    expect(harness.table.snapshot().legs[0]).not.toHaveProperty('ice');
  });

  it('is given up when it refuses, when nobody answers, or when the call is taken back', async () => {
    const refused = await rung();
    refused.session.over({ by: 'remote', how: 'refused', status: 486, reason: null });
    await harness.settled();
    const unanswered = await rung();
    await vi.advanceTimersByTimeAsync(30_000);
    await rung();
    await harness.perform('leg.hangup', { leg: 'out-1' });
    await harness.settled();
    expect(unanswered.session.asked).toEqual(['end']);
    expect(harness.of('leg.ended').map(({ cause }) => cause)).toEqual(['busy', 'no_answer', 'cancelled']);
    expect(harness.media.openPorts.size + harness.peers.delegates.size).toBe(0);
  });

  it('ends with a media error when its answer is of no use', async () => {
    for (const answer of [CHROMIUM_OFFER, ANSWER.replace('a=ice-pwd:', 'a=x:')]) {
      const { session } = await rung();
      session.delegate.onAnswer?.(answer);
      await harness.settled();
      expect(session.asked).toEqual(['end']);
    }
    expect(harness.of('leg.ended').map(({ cause }) => cause)).toEqual(['media_error', 'media_error']);
  });

  it('is offered nothing where there is no WebRTC; another telephone still rings', async () => {
    harness.peers.refusal = { ok: false, code: 'no_webrtc', msg: 'not here' };
    const { offer, session } = await rung();
    expect(offer).toBeNull();
    session.delegate.onAnswer?.(SDP);
    await harness.settled();
    expect(harness.names).toEqual(['leg.answered']);
  });
});
