import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlayerState } from '../control/contract.ts';
import { CallHarness, CONFIG } from './testing/call-harness.ts';
import { SDP } from './testing/fake-sip-agent.ts';

const HELD = SDP.replace('a=sendrecv', 'a=sendonly');
const MOVED = SDP.replaceAll('192.0.2.50', '192.0.2.51').replace('40000', '41000');

let calls: CallHarness;

beforeEach(() => {
  vi.useFakeTimers();
  calls = new CallHarness();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('an incoming call', () => {
  it('has its port before it rings, and rings before it is offered', async () => {
    const { session, leg, port } = await calls.offered();
    expect(session.asked).toEqual(['ring']);
    expect(calls.media.openPorts.has(port)).toBe(true);
    expect(calls.of('leg.offered')).toMatchObject([
      {
        leg,
        direction: 'in',
        state: 'offered',
        origin: { kind: 'peer', ref: 'studio' },
        remote: { user: '+2203001' },
        called: '+2207000001',
        place: { kind: 'silence' },
        answeredAt: null,
      },
    ]);
  });

  it('is heard where it is placed only after the ACK', async () => {
    const { session, leg, port } = await calls.offered();
    const outcome = await calls.perform('leg.answer', {
      leg,
      place: { kind: 'air' },
      levels: { inDb: -6 },
    });
    expect(outcome).toEqual({ ok: true, data: null });
    expect(session.accepted).toContain('m=audio 20000 RTP/AVP 8 101');
    expect(calls.media.moves).toEqual([]);
    session.delegate.onConfirmed?.();
    await calls.settled();
    expect(calls.media.streams.get(port)).toMatchObject([{ codec: 'PCMA', remotePort: 40_000 }]);
    expect(calls.media.moves).toEqual([[{ port, place: { kind: 'air' } }]]);
    expect(calls.media.levelsOf.get(port)).toMatchObject({ inDb: -6, isInMuted: false });
    expect(calls.names).toEqual(['leg.offered', 'leg.answered']);
  });

  it('is told of pauses where its line has it so, and it can have them so', async () => {
    const noisy = SDP.replace('AVP 8', 'AVP 8 13');
    const sentNoise = async (): Promise<unknown> => {
      const { session, leg, port } = await calls.offered(noisy);
      await calls.perform('leg.answer', { leg, place: { kind: 'air' } });
      session.delegate.onConfirmed?.();
      await calls.settled();
      return calls.media.streams.get(port)?.[0]?.sentNoisePayloadType;
    };
    expect(await sentNoise()).toBeUndefined();
    calls.table.configure({ ...CONFIG, comfortNoise: ['studio'] });
    expect(await sentNoise()).toBe(13);
    const { session } = await calls.dialled();
    expect(session).toBeDefined();
    expect(calls.agent.invites.at(-1)?.offer).toContain('a=rtpmap:13 CN/8000');
  });

  it('reports media once, with the first decoded frame', async () => {
    const { leg, port } = await calls.talking();
    calls.media.onEvent({ type: 'media', port });
    expect(calls.of('leg.media')).toEqual([{ leg }]);
    expect(calls.table.snapshot().legs[0]).toMatchObject({
      state: 'answered',
      hasMedia: true,
      codec: 'PCMA',
    });
  });

  it('that sends nothing counts as being there a second after its answer, once', async () => {
    const { session, leg, port } = await calls.offered();
    await calls.perform('leg.answer', { leg, place: { kind: 'air' } });
    session.delegate.onConfirmed?.();
    await vi.advanceTimersByTimeAsync(999);
    expect(calls.of('leg.media')).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls.of('leg.media')).toEqual([{ leg }]);
    calls.media.onEvent({ type: 'media', port });
    expect(calls.of('leg.media')).toEqual([{ leg }]);
  });

  it('reports no media before it is in its place', async () => {
    const { session, leg, port } = await calls.offered();
    await calls.perform('leg.answer', { leg, place: { kind: 'air' } });
    calls.media.onEvent({ type: 'media', port });
    expect(calls.of('leg.media')).toEqual([]);
    session.delegate.onConfirmed?.();
    await calls.settled();
    expect(calls.of('leg.media')).toEqual([{ leg }]);
  });

  it('without an offer is answered with one, and waits for the answer in the ACK', async () => {
    const { session, leg, port } = await calls.offered(null);
    await calls.perform('leg.answer', { leg, place: { kind: 'hold' } });
    expect(session.accepted).toContain('RTP/AVP 111 9 8 0 96');
    session.delegate.onAnswer?.(SDP);
    session.delegate.onConfirmed?.();
    await calls.settled();
    expect(calls.media.streams.get(port)).toMatchObject([{ codec: 'PCMA' }]);
    expect(calls.of('leg.answered')).toMatchObject([{ leg, codec: 'PCMA' }]);
  });

  it('without any description at all is ended after the ACK', async () => {
    const { session, leg } = await calls.offered(null);
    await calls.perform('leg.answer', { leg, place: { kind: 'hold' } });
    session.delegate.onConfirmed?.();
    await calls.settled();
    expect(session.asked).toContain('end');
    expect(calls.of('leg.ended')).toMatchObject([{ leg, cause: 'media_error', by: 'engine' }]);
  });

  it('that offers what we cannot take is refused unheard', async () => {
    const session = calls.agent.ring(SDP.replace('RTP/AVP 8', 'RTP/AVP 18'));
    await calls.settled();
    expect(session.asked).toEqual(['reject 488']);
    expect(calls.agent.ring('nonsense').asked).toEqual(['reject 400']);
    expect(calls.events).toEqual([]);
    expect(calls.media.openPorts.size).toBe(0);
  });

  it('is refused with 503 when no port is left', async () => {
    calls.media.maxPorts = 0;
    const session = calls.agent.ring();
    await calls.settled();
    expect(session.asked).toEqual(['reject 503']);
    expect(calls.events).toEqual([]);
    expect(calls.table.legs.size).toBe(0);
  });

  it('cannot be answered twice, nor after it was rejected', async () => {
    const { leg } = await calls.offered();
    const answer = () => calls.perform('leg.answer', { leg, place: { kind: 'air' } });
    expect(await answer()).toMatchObject({ ok: true });
    expect(await answer()).toMatchObject({ ok: false, code: 'wrong_state' });
    const other = await calls.offered();
    await calls.perform('leg.reject', { leg: other.leg, status: 486, reason: 'Busy Here' });
    expect(await calls.perform('leg.answer', { leg: other.leg, place: { kind: 'air' } })).toMatchObject({
      code: 'unknown_leg',
    });
  });
});

describe('the end of an incoming call', () => {
  it('comes from the caller before the port is open: nothing was ever offered', async () => {
    let open = () => {};
    calls.media.gate = new Promise((resolve) => {
      open = resolve;
    });
    const session = calls.agent.ring();
    session.over({ by: 'remote', how: 'cancel', status: null, reason: null });
    open();
    await calls.settled();
    expect(calls.events).toEqual([]);
    expect(calls.media.closed).toEqual([0]);
  });

  it.each([
    ['the caller gives up', 'cancel', 'remote', 'cancelled', 'remote'],
    ['the network goes', 'unreachable', 'transport', 'unreachable', 'engine'],
    ['nobody acknowledges', 'no_ack', 'timeout', 'protocol_error', 'engine'],
  ] as const)('while it rings: %s', async (_what, how, by, cause, reportedBy) => {
    const { session, leg, port } = await calls.offered();
    session.over({ by, how, status: null, reason: null });
    await calls.settled();
    expect(calls.of('leg.ended')).toMatchObject([{ leg, cause, by: reportedBy, quality: null }]);
    expect(calls.media.closed).toEqual([port]);
    expect(calls.table.snapshot().legs).toEqual([]);
  });

  it('is a refusal by the server', async () => {
    const { session, leg } = await calls.offered();
    await calls.perform('leg.reject', { leg, status: 486, reason: 'Busy Here' });
    await calls.settled();
    expect(session.asked).toEqual(['ring', 'reject 486']);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'rejected', by: 'server', sipStatus: 486 }]);
    expect(calls.media.openPorts.size).toBe(0);
  });

  it('is a hang-up while it rings', async () => {
    const { session, leg } = await calls.offered();
    await calls.perform('leg.hangup', { leg });
    await calls.settled();
    expect(session.asked).toEqual(['ring', 'end']);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'rejected', by: 'server' }]);
  });

  it.each([
    ['bye', 'remote', 'normal', 'remote'],
    ['session_timer', 'timeout', 'session_expired', 'engine'],
    ['unreachable', 'transport', 'unreachable', 'engine'],
    ['error', 'local', 'protocol_error', 'engine'],
  ] as const)('while it talks: %s', async (how, by, cause, reportedBy) => {
    const { session, leg, port } = await calls.talking();
    session.over({ by, how, status: null, reason: null });
    await calls.settled();
    expect(calls.of('leg.ended')).toMatchObject([
      { leg, cause, by: reportedBy, tag: {}, quality: { codec: 'PCMA' } },
    ]);
    expect(calls.media.closed).toEqual([port]);
  });

  it('is a hang-up while it talks, and is over though the far end has not replied', async () => {
    const { session, leg, port } = await calls.talking();
    await calls.perform('leg.hangup', { leg });
    session.over({ by: 'remote', how: 'bye', status: null, reason: null });
    await calls.settled();
    expect(session.asked.at(-1)).toBe('end');
    expect(calls.of('leg.ended')).toMatchObject([{ leg, cause: 'normal', by: 'server' }]);
    expect(calls.media.closed).toEqual([port]);
    expect(await calls.perform('leg.hangup', { leg })).toMatchObject({ code: 'unknown_leg' });
  });

  it('is a caller who vanished', async () => {
    const { session, port } = await calls.talking();
    calls.media.onEvent({ type: 'rtp-timeout', port });
    await calls.settled();
    expect(session.asked.at(-1)).toBe('end');
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'rtp_timeout', by: 'engine' }]);
  });

  it('is the end of the engine', async () => {
    const { port } = await calls.talking();
    await calls.perform('record.start', { recording: 'r', source: { kind: 'program' } });
    await calls.table.stop();
    expect(calls.names.slice(-2)).toEqual(['record.stopped', 'leg.ended']);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'engine_stopped', by: 'engine' }]);
    expect(calls.media.closed).toEqual([port]);
  });

  it('gives every port back exactly once, in whatever order things go wrong', async () => {
    const { session, leg, port } = await calls.talking();
    void calls.perform('leg.hangup', { leg });
    session.over({ by: 'remote', how: 'bye', status: null, reason: null });
    calls.media.onEvent({ type: 'rtp-timeout', port });
    calls.table.legs.get(leg)?.hangUp({ cause: 'normal', by: 'server', sipStatus: null });
    await calls.settled();
    expect(calls.media.closed).toEqual([port]);
    expect(calls.of('leg.ended')).toHaveLength(1);
  });
});

describe('an outgoing call', () => {
  it('rings, is answered and lands where it was to land', async () => {
    const { session, leg, outcome } = await calls.dialled();
    expect(outcome).toEqual({ ok: true, data: null });
    expect(calls.agent.invites[0]?.offer).toContain('m=audio 20000 RTP/AVP 111 9 8 0 96');
    expect(calls.table.snapshot().legs[0]).toMatchObject({ state: 'dialling', levels: { inDb: -3 } });
    session.delegate.onProgress?.(100, null);
    session.delegate.onProgress?.(183, SDP);
    session.delegate.onProgress?.(180, null);
    expect(calls.of('leg.ringing')).toEqual([{ leg }]);
    session.delegate.onAnswer?.(SDP);
    await calls.settled();
    expect(calls.names).toEqual(['leg.ringing', 'leg.answered']);
    expect(calls.media.moves).toEqual([[{ port: 0, place: { kind: 'hold' } }]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.of('leg.ended')).toEqual([]);
  });

  it.each([
    [486, 'busy'],
    [600, 'busy'],
    [603, 'rejected'],
    [403, 'rejected'],
    [404, 'not_found'],
    [480, 'no_answer'],
    [488, 'media_error'],
    [503, 'unreachable'],
    [699, 'rejected'],
    [420, 'protocol_error'],
  ] as const)('that is refused with %i ends as %s', async (status, cause) => {
    const { session, leg } = await calls.dialled();
    session.over({ by: 'remote', how: 'refused', status, reason: null });
    await calls.settled();
    expect(calls.of('leg.ended')).toMatchObject([
      { leg, cause, by: 'remote', sipStatus: status, quality: null, tag: { channel: 'studio-1' } },
    ]);
    expect(calls.media.openPorts.size).toBe(0);
  });

  it('that nobody takes is given up', async () => {
    const { session } = await calls.dialled();
    session.delegate.onProgress?.(180, null);
    await vi.advanceTimersByTimeAsync(CONFIG.dialTimeoutMs - 1);
    expect(calls.of('leg.ended')).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(session.asked).toEqual(['end']);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'no_answer', by: 'engine' }]);
  });

  it.each([
    ['dialling', 'unreachable'],
    ['ringing', 'no_answer'],
  ])('that times out while %s ends as %s', async (state, cause) => {
    const { session } = await calls.dialled();
    if (state === 'ringing') session.delegate.onProgress?.(180, null);
    session.over({ by: 'timeout', how: 'timeout', status: 408, reason: null });
    await calls.settled();
    expect(calls.of('leg.ended')).toMatchObject([{ cause, by: 'engine' }]);
  });

  it('is cancelled by the server', async () => {
    const { session, leg } = await calls.dialled();
    session.delegate.onProgress?.(180, null);
    await calls.perform('leg.hangup', { leg });
    await calls.settled();
    expect(session.asked).toEqual(['end']);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'cancelled', by: 'server' }]);
  });

  it('is cancelled before its port was open, and never dialled', async () => {
    let open = () => {};
    calls.media.gate = new Promise((resolve) => {
      open = resolve;
    });
    const dialling = calls.perform('leg.dial', {
      leg: 'out-1',
      target: { kind: 'uri', uri: 'sip:1@192.0.2.60', ref: 'studio' },
      from: { number: null, displayName: null },
      place: { kind: 'hold' },
      levels: {},
      tag: {},
    });
    await calls.perform('leg.hangup', { leg: 'out-1' });
    open();
    await dialling;
    await calls.settled();
    expect(calls.agent.invites).toEqual([]);
    expect(calls.of('leg.ended')).toMatchObject([{ leg: 'out-1', cause: 'cancelled' }]);
    expect(calls.media.openPorts.size).toBe(0);
  });

  it('whose answer has no audio for us is hung up', async () => {
    const { session } = await calls.dialled();
    session.delegate.onAnswer?.(SDP.replace('audio 40000', 'audio 0'));
    await calls.settled();
    expect(session.asked).toEqual(['end']);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'media_error', by: 'engine' }]);
  });

  it('is refused when the id is taken, the phone is away or no port is left', async () => {
    await calls.dialled('out-1');
    const dial = (leg: string, username: string | null) =>
      calls.perform('leg.dial', {
        leg,
        target:
          username === null
            ? { kind: 'uri', uri: 'sip:1@192.0.2.60', ref: 'studio' }
            : { kind: 'account', username, isAutoAnswer: true },
        from: { number: null, displayName: null },
        place: { kind: 'monitor' },
        levels: {},
        tag: {},
      });
    const throughGateway = {
      leg: 'out-2',
      target: { kind: 'account-number', username: 'goip', number: '+2203001234' },
      from: { number: null, displayName: null },
      place: { kind: 'monitor' },
      levels: {},
      tag: {},
    } as const;
    expect(await dial('out-1', null)).toMatchObject({ code: 'leg_exists' });
    expect(await dial('out-2', 'anna')).toMatchObject({ code: 'unreachable' });
    expect(await calls.perform('leg.dial', throughGateway)).toMatchObject({ code: 'unreachable' });
    calls.agent.registered.add('anna');
    calls.media.maxPorts = 1;
    expect(await dial('out-2', 'anna')).toMatchObject({ code: 'no_ports' });
    await calls.settled();
    expect(calls.of('leg.ended')).toEqual([]);
    expect(calls.table.snapshot().legs.map(({ leg }) => leg)).toEqual(['out-1']);
  });
});

describe('a call whose far end negotiates again', () => {
  it('is held and taken back', async () => {
    const { session, leg, port } = await calls.talking();
    expect(session.delegate.onOffer(HELD)).toMatchObject({
      ok: true,
      answer: expect.stringContaining('a=recvonly'),
    });
    expect(session.delegate.onOffer(SDP)).toMatchObject({ ok: true });
    expect(calls.of('leg.held')).toEqual([
      { leg, isHeldByRemote: true },
      { leg, isHeldByRemote: false },
    ]);
    expect(calls.media.streams.get(port)?.map(({ isSending }) => isSending)).toEqual([true, false, true]);
  });

  it('goes on at a new address without being moved', async () => {
    const { session, port } = await calls.talking();
    void session.delegate.onOffer(MOVED);
    expect(calls.media.streams.get(port)?.at(-1)).toMatchObject({
      remoteAddress: '192.0.2.51',
      remotePort: 41_000,
    });
    expect(calls.media.moves).toHaveLength(1);
    expect(calls.of('leg.answered')).toHaveLength(1);
  });

  it('keeps what it has when the new offer is refused', async () => {
    const { session, port } = await calls.talking();
    expect(session.delegate.onOffer('nonsense')).toMatchObject({ ok: false, status: 400 });
    expect(session.delegate.onOffer(SDP.replace('RTP/AVP 8', 'RTP/SAVP 8'))).toMatchObject({ status: 488 });
    expect(calls.media.streams.get(port)).toHaveLength(1);
    expect(calls.of('leg.ended')).toEqual([]);
  });

  it('gets our offer when it asks for one', async () => {
    const { session, port } = await calls.talking();
    expect(session.delegate.onOfferWanted()).toContain('m=audio 20000');
    session.delegate.onAnswer?.(MOVED);
    expect(calls.media.streams.get(port)?.at(-1)).toMatchObject({ remotePort: 41_000 });
  });

  it('is not ended for want of RTP while it is held, but is when taken back in silence', async () => {
    const { session, port } = await calls.talking();
    void session.delegate.onOffer(HELD);
    calls.media.onEvent({ type: 'rtp-timeout', port });
    await vi.advanceTimersByTimeAsync(10 * CONFIG.rtpTimeoutMs);
    expect(calls.of('leg.ended')).toEqual([]);
    void session.delegate.onOffer(SDP);
    await vi.advanceTimersByTimeAsync(2 * CONFIG.rtpTimeoutMs);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'rtp_timeout' }]);
  });

  it('is given the whole time again when it is held again in between', async () => {
    const { session, port } = await calls.talking();
    void session.delegate.onOffer(HELD);
    calls.media.onEvent({ type: 'rtp-timeout', port });
    void session.delegate.onOffer(SDP);
    await vi.advanceTimersByTimeAsync(CONFIG.rtpTimeoutMs);
    void session.delegate.onOffer(HELD);
    void session.delegate.onOffer(SDP);
    await vi.advanceTimersByTimeAsync(CONFIG.rtpTimeoutMs);
    expect(calls.of('leg.ended')).toEqual([]);
    await vi.advanceTimersByTimeAsync(CONFIG.rtpTimeoutMs);
    expect(calls.of('leg.ended')).toMatchObject([{ cause: 'rtp_timeout' }]);
  });

  it('lives on when its sound comes back after a hold', async () => {
    const { session, port } = await calls.talking();
    void session.delegate.onOffer(HELD);
    calls.media.onEvent({ type: 'rtp-timeout', port });
    void session.delegate.onOffer(SDP);
    await vi.advanceTimersByTimeAsync(CONFIG.rtpTimeoutMs);
    calls.media.packetsReceived += 500;
    await vi.advanceTimersByTimeAsync(10 * CONFIG.rtpTimeoutMs);
    expect(calls.of('leg.ended')).toEqual([]);
  });
});

describe('placing', () => {
  const air = { kind: 'air' } as const;

  it('moves several legs in one step', async () => {
    const [one, other] = [await calls.talking(), await calls.talking({ kind: 'hold' })];
    calls.media.moves.length = 0;
    await calls.perform('legs.place', {
      places: [
        { leg: one.leg, place: { kind: 'private', with: other.leg } },
        { leg: other.leg, place: { kind: 'private', with: one.leg } },
      ],
    });
    expect(calls.media.moves).toEqual([
      [
        { port: one.port, place: { kind: 'private', with: other.port } },
        { port: other.port, place: { kind: 'private', with: one.port } },
      ],
    ]);
  });

  it('changes nothing when any part of it is refused', async () => {
    const [one, other] = [await calls.talking(), await calls.talking()];
    calls.media.moves.length = 0;
    const refusals = [
      [
        { leg: one.leg, place: { kind: 'hold' } },
        { leg: 'gone', place: air },
      ],
      [{ leg: one.leg, place: { kind: 'private', with: other.leg } }],
      [{ leg: one.leg, place: { kind: 'private', with: one.leg } }],
      [{ leg: one.leg, place: { kind: 'private', with: 'gone' } }],
      [
        { leg: one.leg, place: air },
        { leg: one.leg, place: { kind: 'hold' } },
      ],
    ] as const;
    for (const places of refusals) {
      expect(await calls.perform('legs.place', { places: [...places] })).toMatchObject({ ok: false });
    }
    expect(calls.media.moves).toEqual([]);
    expect(calls.table.snapshot().legs.map(({ place }) => place)).toEqual([air, air]);
  });

  it('parts a pair only when both are named', async () => {
    const [one, other] = [await calls.talking(), await calls.talking()];
    await calls.perform('legs.place', {
      places: [
        { leg: one.leg, place: { kind: 'private', with: other.leg } },
        { leg: other.leg, place: { kind: 'private', with: one.leg } },
      ],
    });
    const alone = { places: [{ leg: one.leg, place: air }] };
    expect(await calls.perform('legs.place', alone)).toMatchObject({ ok: false, code: 'bad_request' });
    const both = {
      places: [
        { leg: one.leg, place: air },
        { leg: other.leg, place: air },
      ],
    };
    expect(await calls.perform('legs.place', both)).toMatchObject({ ok: true });
  });

  it('lets a user’s phone be rung into a private pair: silence until both are there', async () => {
    const caller = await calls.talking({ kind: 'hold' });
    const phone = await calls.dialled('phone', { kind: 'private', with: caller.leg });
    phone.session.delegate.onAnswer?.(SDP);
    await calls.settled();
    expect(calls.media.places.get(1)).toEqual({ kind: 'silence' });
    calls.media.onEvent({ type: 'media', port: 1 });
    expect(calls.of('leg.media').map(({ leg }) => leg)).not.toContain('phone');
    await calls.perform('legs.place', {
      places: [{ leg: caller.leg, place: { kind: 'private', with: 'phone' } }],
    });
    expect(calls.media.moves.at(-1)).toEqual([
      { port: 0, place: { kind: 'private', with: 1 } },
      { port: 1, place: { kind: 'private', with: 0 } },
    ]);
    expect(calls.of('leg.media').map(({ leg }) => leg)).toContain('phone');
  });

  it('leaves whoever was private with a leg that ends in silence', async () => {
    const [one, other] = [await calls.talking(), await calls.talking()];
    await calls.perform('legs.place', {
      places: [
        { leg: one.leg, place: { kind: 'private', with: other.leg } },
        { leg: other.leg, place: { kind: 'private', with: one.leg } },
      ],
    });
    other.session.over({ by: 'remote', how: 'bye', status: null, reason: null });
    await calls.settled();
    expect(calls.media.places.get(one.port)).toEqual({ kind: 'silence' });
    expect(calls.table.snapshot().legs).toMatchObject([{ leg: one.leg, place: { kind: 'silence' } }]);
    expect(await calls.perform('legs.place', { places: [{ leg: one.leg, place: air }] })).toMatchObject({
      ok: true,
    });
  });

  it('is refused for a leg that is not answered', async () => {
    const { leg } = await calls.offered();
    expect(await calls.perform('legs.place', { places: [{ leg, place: air }] })).toMatchObject({
      code: 'wrong_state',
    });
  });

  it('of a leg that still rings at the far end says where it will land', async () => {
    const { session, leg } = await calls.dialled();
    expect(await calls.perform('legs.place', { places: [{ leg, place: air }] })).toMatchObject({ ok: true });
    expect(calls.media.moves).toEqual([]);
    session.delegate.onAnswer?.(SDP);
    await calls.settled();
    expect(calls.media.places.get(0)).toEqual(air);
  });
});

describe('what else the control channel asks', () => {
  it('sets levels, keeps tags and shows both in the snapshot', async () => {
    const { leg, port } = await calls.talking();
    await calls.perform('leg.levels', { leg, levels: { isInMuted: true } });
    await calls.perform('leg.tag', { leg, tag: { channel: 'studio-2' } });
    expect(calls.media.levelsOf.get(port)).toMatchObject({ inDb: 0, isInMuted: true });
    expect(calls.table.snapshot().legs).toMatchObject([
      { tag: { channel: 'studio-2' }, levels: { isInMuted: true, outDb: 0 } },
    ]);
  });

  it('lets one leg on air whisper to another, until either leaves', async () => {
    const anna = await calls.talking();
    const caller = await calls.talking();
    const whisper = (leg: string, to: string | null) => calls.perform('leg.whisper', { leg, to });
    const whispers = () => calls.table.snapshot().legs.map((leg) => leg.whisper);
    expect(await whisper(anna.leg, caller.leg)).toMatchObject({ ok: true });
    expect(calls.media.whispers).toEqual([{ port: anna.port, to: caller.port }]);
    expect(whispers()).toEqual([caller.leg, null]);
    await calls.perform('legs.place', { places: [{ leg: caller.leg, place: { kind: 'hold' } }] });
    expect(whispers()).toEqual([null, null]);
    expect(await whisper(anna.leg, caller.leg)).toMatchObject({ code: 'wrong_state' });
    expect(await whisper(caller.leg, anna.leg)).toMatchObject({ code: 'wrong_state' });
    await calls.perform('legs.place', { places: [{ leg: caller.leg, place: { kind: 'air' } }] });
    expect(whispers()).toEqual([null, null]);
    await whisper(anna.leg, caller.leg);
    caller.session.over({ by: 'remote', how: 'bye', status: null, reason: null });
    await calls.settled();
    expect(whispers()).toEqual([null]);
    expect(await whisper(anna.leg, anna.leg)).toMatchObject({ code: 'wrong_state' });
    expect(await whisper(anna.leg, 'gone')).toMatchObject({ code: 'unknown_leg' });
    expect(await whisper(anna.leg, null)).toMatchObject({ ok: true });
  });

  it('keeps the program for the snapshot', async () => {
    await calls.perform('program.set', { isOnAir: true });
    await calls.perform('program.set', { levelDb: -2 });
    expect(calls.table.snapshot().program).toEqual({ levelDb: -2, isMuted: false, isOnAir: true });
    expect(calls.media.programs).toEqual([{ isOnAir: true }, { levelDb: -2 }]);
  });

  it('records a leg and the program, each name once', async () => {
    const { leg } = await calls.talking();
    const start = (recording: string, source: { kind: 'program' } | { kind: 'leg'; leg: string }) =>
      calls.perform('record.start', { recording, source });
    expect(await start('a', { kind: 'leg', leg })).toMatchObject({ ok: true });
    expect(await start('b', { kind: 'program' })).toMatchObject({ ok: true });
    expect(await start('a', { kind: 'program' })).toMatchObject({ code: 'recording_failed' });
    expect(await start('c', { kind: 'leg', leg: 'gone' })).toMatchObject({ code: 'unknown_leg' });
    expect(await start('unwritable', { kind: 'program' })).toMatchObject({
      code: 'recording_failed',
      msg: 'disk full',
    });
    expect(calls.table.snapshot().legs[0]?.recordings).toEqual(['a']);
    expect(await calls.perform('record.stop', { recording: 'a' })).toMatchObject({ ok: true });
    expect(await calls.perform('record.stop', { recording: 'a' })).toMatchObject({
      code: 'unknown_recording',
    });
    expect(calls.of('record.stopped')).toEqual([
      { recording: 'a', durationMs: 1_000, loudMs: 800, error: null },
    ]);
    expect(calls.table.snapshot().recordings.map(({ recording }) => recording)).toEqual(['b']);
  });

  it('plays files to air and into an ear, each name once, as many as can be', async () => {
    const { leg, port } = await calls.talking();
    const start = (player: string, name: string, to: PlayerState['to'] = { kind: 'air' }) =>
      calls.perform('player.start', { player, file: { kind: 'recording', name }, to, levelDb: -3, tag: {} });
    expect(await start('p1', 'jingle')).toMatchObject({ ok: true });
    expect(calls.of('player.started')).toMatchObject([{ player: 'p1', levelDb: -3, durationMs: 5_000 }]);
    expect(await start('p1', 'jingle')).toMatchObject({ code: 'player_exists' });
    expect(await start('p2', 'missing')).toMatchObject({ code: 'unplayable', msg: 'there is no such file' });
    expect(await start('p2', 'ear', { kind: 'leg', leg: 'gone' })).toMatchObject({ code: 'unknown_leg' });
    expect(await start('p2', 'ear', { kind: 'leg', leg })).toMatchObject({ ok: true });
    expect(await start('p3', 'third')).toMatchObject({ code: 'no_player' });
    expect([...calls.media.playing.values()]).toMatchObject([
      { path: '/recording/jingle.wav', to: null, levelDb: -3 },
      { path: '/recording/ear.wav', to: port },
    ]);
    expect(await calls.perform('player.level', { player: 'p1', levelDb: -9 })).toMatchObject({ ok: true });
    expect(calls.media.playing.get(0)?.levelDb).toBe(-9);
    expect(calls.table.snapshot().players).toMatchObject([
      { player: 'p1', levelDb: -9, to: { kind: 'air' }, durationMs: 5_000 },
      { player: 'p2', to: { kind: 'leg', leg } },
    ]);
    expect(await calls.perform('player.stop', { player: 'p1' })).toMatchObject({ ok: true });
    expect(await calls.perform('player.stop', { player: 'p1' })).toMatchObject({ code: 'unknown_player' });
    expect(calls.of('player.ended')).toEqual([{ player: 'p1', playedMs: 1_000, error: null }]);
    await calls.perform('leg.hangup', { leg });
    expect(calls.of('player.ended').map(({ player }) => player)).toEqual(['p1', 'p2']);
    expect(calls.table.snapshot().players).toEqual([]);
  });

  it('refuses a leg that does not exist', async () => {
    const leg = 'gone';
    const refusals = [
      await calls.perform('leg.answer', { leg, place: { kind: 'air' } }),
      await calls.perform('leg.reject', { leg, status: 486, reason: '' }),
      await calls.perform('leg.hangup', { leg }),
      await calls.perform('leg.levels', { leg, levels: {} }),
      await calls.perform('leg.tag', { leg, tag: {} }),
      await calls.perform('leg.whisper', { leg, to: null }),
    ];
    expect(refusals.map((refusal) => (refusal.ok ? 'ok' : refusal.code))).toEqual(
      Array.from({ length: 6 }, () => 'unknown_leg'),
    );
  });
});

describe('what the engine reports by itself', () => {
  it('is each digit, from RTP or INFO, and nothing that is no digit', async () => {
    const { session, leg, port } = await calls.talking();
    calls.media.onEvent({ type: 'dtmf', port, digit: '5' });
    session.delegate.onDtmf?.('#');
    session.delegate.onDtmf?.('flash');
    expect(calls.of('leg.dtmf')).toEqual([
      { leg, digit: '5' },
      { leg, digit: '#' },
    ]);
  });

  it('is that a prompt has been heard', async () => {
    const { leg, port } = await calls.talking({ kind: 'ivr' });
    calls.media.onEvent({ type: 'prompted', port });
    expect(calls.of('leg.prompted')).toEqual([{ leg }]);
  });

  it('is the quality of every answered leg, every five seconds', async () => {
    await calls.table.start();
    const { leg } = await calls.talking();
    await calls.offered();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls.of('leg.quality').map((report) => report.leg)).toEqual([leg, leg]);
    await calls.table.stop();
  });

  it('is an alarm, which stands until it is over', () => {
    const alarm = { type: 'alarm', code: 'recording_failed', msg: 'disk full' } as const;
    calls.media.onEvent({ ...alarm, isRaised: true });
    expect(calls.table.standingEvents()).toMatchObject([{ event: 'alarm', data: { isRaised: true } }]);
    calls.media.onEvent({ ...alarm, isRaised: false });
    expect(calls.table.standingEvents()).toEqual([]);
    expect(calls.of('alarm').map(({ isRaised }) => isRaised)).toEqual([true, false]);
  });

  it('is the loss of the media thread', () => {
    calls.media.onEvent({ type: 'crashed', msg: 'out of memory' });
    expect(calls.crashes).toEqual(['out of memory']);
    expect(calls.of('alarm')).toMatchObject([{ code: 'media_thread' }]);
  });

  it('says nothing of a port that was given back', async () => {
    const { session, port } = await calls.talking();
    session.over({ by: 'remote', how: 'bye', status: null, reason: null });
    await calls.settled();
    const count = calls.events.length;
    calls.media.onEvent({ type: 'dtmf', port, digit: '1' });
    calls.media.onEvent({ type: 'rtp-timeout', port });
    calls.media.onEvent({ type: 'media', port });
    expect(calls.events).toHaveLength(count);
  });
});

describe('texts', () => {
  const text = (contentType = 'text/plain;charset=utf-8') => {
    const statuses: number[] = [];
    calls.agent.delegate.onMessage({
      origin: { kind: 'account', ref: 'phones' },
      from: { user: '+2203001', host: 'x', displayName: '' },
      called: '+2207',
      contentType,
      body: new TextEncoder().encode('Héllo'),
      callId: 'c1',
      cseq: 7,
      sentAt: null,
      respond: (status) => statuses.push(status),
    });
    return statuses;
  };

  it('that come in wait for the word of the server', async () => {
    const statuses = text();
    const [received] = calls.of('message.received');
    expect(received).toMatchObject({
      callId: 'c1',
      cseq: 7,
      text: 'Héllo',
      called: '+2207',
      from: { user: '+2203001' },
    });
    expect(statuses).toEqual([]);
    const answer = { message: received?.message ?? '', status: 200 };
    expect(await calls.perform('message.answer', answer)).toMatchObject({ ok: true });
    expect(await calls.perform('message.answer', answer)).toMatchObject({ ok: false });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(statuses).toEqual([200]);
  });

  it('are to be sent again when nobody answers or nobody is there', async () => {
    const statuses = text();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(statuses).toEqual([503]);
    calls.hasClient = false;
    expect(text()).toEqual([503]);
  });

  it('that go out bring back the status of the far end', async () => {
    calls.agent.messageStatus = 202;
    const target = { kind: 'trunk', ref: 't', number: '1' } as const;
    expect(await calls.perform('message.send', { target, text: 'x' })).toEqual({
      ok: true,
      data: { status: 202 },
    });
  });

  it('that go out are sent once a try, and always under the same Call-ID', async () => {
    const target = { kind: 'account', username: 'goip', isAutoAnswer: false } as const;
    const message = { target, text: 'x', message: 'm1', contentType: 'message/cpim' };
    calls.agent.messageStatus = 503;
    const asked = [1, 1, 2].map((attempt) => calls.perform('message.send', { ...message, attempt }));
    expect(await Promise.all(asked)).toEqual([1, 2, 3].map(() => ({ ok: true, data: { status: 503 } })));
    const more = { contentType: 'message/cpim', callId: 'm1@openline' };
    expect(calls.agent.messages).toEqual([
      [target, 'x', more],
      [target, 'x', more],
    ]);
  });
});

describe('the broadcast delay', () => {
  it('is in the snapshot, and is safe when one dump of the settings fits into it', () => {
    expect(calls.table.snapshot().delay).toEqual({
      state: 'bypass',
      depthMs: 0,
      targetMs: 0,
      isSafe: false,
    });
    calls.media.delayed = { state: 'full', depthMs: 2_000, targetMs: 2_000 };
    expect(calls.table.snapshot().delay?.isSafe).toBe(false);
    calls.table.configure({ ...CONFIG, delayDumpMs: 2_000 });
    expect(calls.table.snapshot().delay).toMatchObject({ state: 'full', isSafe: true });
  });

  it('is set, and dumped only while something is delayed', async () => {
    expect(await calls.perform('program.dump', { dumpMs: 3_000, recording: 'd' })).toMatchObject({
      ok: false,
      code: 'wrong_state',
    });
    expect(await calls.perform('program.delay', { targetMs: 8_000 })).toEqual({ ok: true, data: null });
    expect(calls.table.snapshot().delay).toMatchObject({ state: 'building', targetMs: 8_000 });
    calls.media.delayed = { state: 'building', depthMs: 1_000, targetMs: 8_000 };
    expect(await calls.perform('program.dump', { dumpMs: 3_000, recording: 'd' })).toEqual({
      ok: true,
      data: { dumpedMs: 1_000 },
    });
    expect(calls.media.recordings).toEqual(['d']);
    // Before the answer: what is behind the delay is not protected any more.
    expect(calls.events.at(-1)).toEqual({
      event: 'program.delay',
      data: { state: 'building', depthMs: 0, targetMs: 8_000, isSafe: false },
    });
  });
});
