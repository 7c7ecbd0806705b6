/** Real telephones against a real engine: every participant has a tone of their own, and nobody hears their own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlSocketPath, toneLevelDb } from '@openline/engine';
import type { Place } from '@openline/engine';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import type { PhoneCall } from './phone-call.ts';
import { tone } from './sources.ts';
import { EngineProcess, eventually } from './testing/engine-process.ts';

/** No sum or difference of two is near a third: G.711 makes such mixtures. */
const TONES_HZ = [601, 1103, 1709] as const;
const AIR: Place = { kind: 'air' };

interface Caller {
  phone: Phone;
  call: PhoneCall;
  leg: string;
  hz: number;
}

let engine: EngineProcess;
const phones: Phone[] = [];
const engines: EngineProcess[] = [];

beforeEach(async () => {
  engine = await EngineProcess.start();
  engines.push(engine);
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
  await Promise.all(engines.splice(0).map((one) => one.stop()));
});

async function newPhone(options: Parameters<typeof createPhone>[0] = {}): Promise<Phone> {
  const phone = await createPhone(options);
  phones.push(phone);
  return phone;
}

/** Calls in with a tone, is answered to a place, and has sound there. */
async function caller(hz: number, place: Place = AIR, codec = 'PCMA', transport = 'udp'): Promise<Caller> {
  const phone = await newPhone({ host: engine.host });
  const from = `+22030${hz}`;
  const call = await phone.call(`${engine.uri};transport=${transport}`, {
    from,
    codec,
    source: tone(hz, -20),
  });
  const { leg } = await engine.until('leg.offered', ({ remote }) => remote.user === from);
  await engine.request('leg.answer', { leg, place });
  await call.whenAnswered();
  await engine.until('leg.media', (event) => event.leg === leg);
  return { phone, call, leg, hz };
}

/** What a caller hears of each tone, dB, from a moment after now on. A longer look sees deeper into a codec's noise. */
async function listen({ call }: Caller, seconds: number): Promise<Map<number, number>> {
  const from = performance.now() + 150;
  const heard = await eventually(`${seconds} s of sound`, () => {
    const piece = call.rtp.hearing.between(from);
    return piece.samples.length >= piece.sampleRate * seconds && piece;
  });
  return new Map(TONES_HZ.map((hz) => [hz, toneLevelDb(heard.samples, heard.sampleRate, hz)]));
}

/** A level within 1.5 dB, or a bound that it stays below. */
type Wanted = { [hz: number]: number | { below: number } };

const SILENT = { below: -70 };

/**
 * Waits until a look shows every tone as it is wanted. On a busy machine a look may meet a concealed frame; a fault in
 * the mix would be in every look. Gives 'as wanted', or the levels of the last look.
 */
async function hears(one: Caller, wanted: Wanted, seconds = 0.4): Promise<string> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const levels = await listen(one, seconds);
    const isAsWanted = Object.entries(wanted).every(([hz, want]) => {
      const level = levels.get(Number(hz)) ?? Number.NaN;
      return typeof want === 'number' ? Math.abs(level - want) < 1.5 : level < want.below;
    });
    if (isAsWanted) return 'as wanted';
    if (performance.now() > deadline) return JSON.stringify(Object.fromEntries(levels));
  }
}

describe('callers on air', () => {
  // G.722's own noise does not let us look deeper than about 60 dB in a second.
  it.each([
    ['PCMA', 60],
    ['PCMU', 60],
    ['G722', 52],
    ['OPUS', 52],
    ['L16', 60],
  ] as const)('hear each other and not themselves, in %s', async (codec, rejectionDb) => {
    const callers = [await caller(601, AIR, codec), await caller(1103, AIR, codec), await caller(1709, AIR)];
    for (const one of callers) {
      const wanted: Wanted = { 601: -20, 1103: -20, 1709: -20 };
      wanted[one.hz] = { below: -20 - rejectionDb };
      expect(await hears(one, wanted, 1)).toBe('as wanted');
    }
  });

  it('call in over TCP as over UDP', async () => {
    const [one, other] = [await caller(601, AIR, 'PCMA', 'tcp'), await caller(1103)];
    expect(await hears(one, { 1103: -20 })).toBe('as wanted');
    expect(await hears(other, { 601: -20 })).toBe('as wanted');
  });

  it('call in over IPv6', async () => {
    await engine.stop();
    engine = await EngineProcess.start({ OPENLINE_SIP_HOST: '::1' });
    engines.push(engine);
    const [one, other] = [await caller(601), await caller(1103, AIR, 'PCMA', 'tcp')];
    expect(await hears(one, { 1103: -20 })).toBe('as wanted');
    expect(await hears(other, { 601: -20 })).toBe('as wanted');
  });

  it('are not heard by a private pair, and do not hear it', async () => {
    const [one, other, third] = [await caller(601), await caller(1103), await caller(1709)];
    await engine.request('legs.place', {
      places: [
        { leg: one.leg, place: { kind: 'private', with: other.leg } },
        { leg: other.leg, place: { kind: 'private', with: one.leg } },
      ],
    });
    expect(await hears(one, { 1103: -20, 1709: SILENT })).toBe('as wanted');
    expect(await hears(other, { 601: -20, 1709: SILENT })).toBe('as wanted');
    expect(await hears(third, { 601: SILENT, 1103: SILENT })).toBe('as wanted');
  });

  it('are silent while muted', async () => {
    const [one, other] = [await caller(601), await caller(1103)];
    await engine.request('leg.levels', { leg: one.leg, levels: { isInMuted: true } });
    expect(await hears(other, { 601: SILENT })).toBe('as wanted');
    await engine.request('leg.levels', { leg: one.leg, levels: { isInMuted: false, inDb: -6 } });
    expect(await hears(other, { 601: -26 })).toBe('as wanted');
  });

  it('press keys', async () => {
    const one = await caller(601);
    one.call.press('4#');
    await engine.until('leg.dtmf', ({ digit }) => digit === '#');
    const digits = engine.events.flatMap(({ event, data }) => (event === 'leg.dtmf' ? [data.digit] : []));
    expect(digits).toEqual(['4', '#']);
  });
});

describe('a call', () => {
  it('that is held by the caller hears nothing, and hears again when taken back', async () => {
    const [one, other] = [await caller(601), await caller(1103)];
    expect(await one.call.hold()).toBe(true);
    await engine.until('leg.held', ({ leg, isHeldByRemote }) => leg === one.leg && isHeldByRemote);
    expect(await hears(other, { 601: SILENT })).toBe('as wanted');
    const count = one.call.rtp.receivedPackets;
    await listen(other, 0.4);
    expect(one.call.rtp.receivedPackets - count).toBeLessThan(2);
    expect(await one.call.resume()).toBe(true);
    await engine.until('leg.held', ({ leg, isHeldByRemote }) => leg === one.leg && !isHeldByRemote);
    expect(await hears(one, { 1103: -20 })).toBe('as wanted');
  });

  it('is hung up from either side', async () => {
    const [one, other] = [await caller(601), await caller(1103)];
    one.call.hangUp();
    const end = await engine.until('leg.ended', ({ leg }) => leg === one.leg);
    expect(end).toMatchObject({ cause: 'normal', by: 'remote' });
    expect(end.quality?.packetsReceived).toBeGreaterThan(0);
    await engine.request('leg.hangup', { leg: other.leg });
    expect(await other.call.whenEnded()).toMatchObject({ by: 'remote', how: 'bye' });
  });

  it('that vanishes without a word is ended, and the cause is told', async () => {
    const one = await caller(601);
    one.phone.vanish();
    expect(await engine.until('leg.ended', ({ leg }) => leg === one.leg)).toMatchObject({
      cause: 'rtp_timeout',
      by: 'engine',
    });
    expect(one.call.state).toBe('answered');
  });

  it('that is given up while it rings is cancelled', async () => {
    const phone = await newPhone();
    const call = await phone.call(engine.uri, { from: '+1' });
    await call.whenRinging();
    call.hangUp();
    expect(await engine.until('leg.ended')).toMatchObject({ cause: 'cancelled', by: 'remote' });
  });

  it('is refused by the server', async () => {
    const phone = await newPhone();
    const call = await phone.call(engine.uri, { from: '+1' });
    const { leg } = await engine.until('leg.offered');
    await engine.request('leg.reject', { leg, status: 486, reason: 'Busy Here' });
    expect(await call.whenEnded()).toMatchObject({ how: 'refused', status: 486 });
  });

  it('goes on when the server goes, and is found again', async () => {
    const [one, other] = [await caller(601), await caller(1103)];
    engine.disconnect();
    expect(await hears(one, { 1103: -20 })).toBe('as wanted');
    engine.events.length = 0;
    await engine.connect();
    const hello = await engine.until('hello');
    expect(hello.legs).toMatchObject([
      { leg: one.leg, state: 'answered', hasMedia: true, place: AIR },
      { leg: other.leg, state: 'answered', hasMedia: true, place: AIR },
    ]);
  });
});

describe('a number that is dialled', () => {
  const dial = (uri: string) =>
    engine.request('leg.dial', {
      leg: 'out-1',
      target: { kind: 'uri', uri, ref: 'studio' },
      from: { number: '+2207', displayName: 'Radio Test' },
      place: AIR,
      levels: {},
      tag: {},
    });

  it('rings, answers and is on air', async () => {
    const one = await caller(601);
    const phone = await newPhone({ source: tone(1103, -20) });
    const next = phone.nextCall();
    await dial(phone.uri);
    const call = await next;
    await engine.until('leg.ringing');
    call.answer();
    await engine.until('leg.media', ({ leg }) => leg === 'out-1');
    expect(await hears(one, { 1103: -20 })).toBe('as wanted');
    expect(await hears({ phone, call, leg: 'out-1', hz: 1103 }, { 601: -20 })).toBe('as wanted');
  });

  it('is busy', async () => {
    const phone = await newPhone({ onCall: 'busy' });
    await dial(phone.uri);
    expect(await engine.until('leg.ended')).toMatchObject({ cause: 'busy', by: 'remote', sipStatus: 486 });
  });

  it('is not answered in time', async () => {
    const phone = await newPhone({ onCall: 'ring' });
    const next = phone.nextCall();
    await dial(phone.uri);
    const call = await next;
    expect(await engine.until('leg.ended')).toMatchObject({ cause: 'no_answer', by: 'engine' });
    expect(await call.whenEnded()).toMatchObject({ how: 'cancel' });
  });
});

describe('a text', () => {
  it('that comes in is accepted when the server says so', async () => {
    const phone = await newPhone();
    const sent = phone.text(engine.uri, 'Bonjour à tous');
    const received = await engine.until('message.received');
    expect(received).toMatchObject({ text: 'Bonjour à tous', origin: { kind: 'peer', ref: 'studio' } });
    await engine.request('message.answer', { message: received.message, status: 202 });
    expect(await sent).toBe(202);
  });

  it('that comes in while no server is there is to be sent again', async () => {
    const phone = await newPhone();
    engine.disconnect();
    expect(await phone.text(engine.uri, 'x')).toBe(503);
  });

  it('that goes out brings back the status of the far end', async () => {
    const phone = await newPhone();
    const target = { kind: 'uri', uri: phone.uri, ref: 'studio' } as const;
    expect(await engine.request('message.send', { target, text: 'Thank you' })).toEqual({ status: 200 });
  });
});

describe('a phone that registers', () => {
  it('is rung by its account and answers', async () => {
    const phone = await newPhone({ onCall: 'answer', source: tone(1709, -20) });
    const server = `sip:127.0.0.1:${engine.sipPort}`;
    await phone.register({ server, username: 'anna', password: 'secret-of-anna' });
    await engine.until('account.state', ({ username, isRegistered }) => username === 'anna' && isRegistered);
    const one = await caller(601);
    await engine.request('leg.dial', {
      leg: 'anna-1',
      target: { kind: 'account', username: 'anna', isAutoAnswer: true },
      from: { number: null, displayName: 'Studio' },
      place: AIR,
      levels: {},
      tag: {},
    });
    await engine.until('leg.media', ({ leg }) => leg === 'anna-1');
    expect(await hears(one, { 1709: -20 })).toBe('as wanted');
  });

  it('is refused with a wrong password', async () => {
    const phone = await newPhone();
    const server = `sip:127.0.0.1:${engine.sipPort}`;
    await expect(phone.register({ server, username: 'anna', password: 'guess' })).rejects.toThrow(/./);
  });
});

describe('the engine process', () => {
  it('says goodbye to every caller and completes its recordings when it is told to end', async () => {
    const one = await caller(601);
    await engine.request('record.start', { recording: 'r1', source: { kind: 'leg', leg: one.leg } });
    await listen(one, 0.4);
    engine.child.kill('SIGTERM');
    expect(await one.call.whenEnded()).toMatchObject({ by: 'remote', how: 'bye' });
    expect(await engine.exited).toBe(0);
    expect(existsSync(join(engine.dataFolder, 'audio', 'r1.wav'))).toBe(true);
    expect(existsSync(controlSocketPath(engine.dataFolder))).toBe(false);
    const names = engine.events.map(({ event }) => event);
    expect(names).toContain('record.stopped');
    const alarms = engine.events.flatMap(({ event, data }) => (event === 'alarm' ? [data.code] : []));
    expect(alarms).not.toContain('media_thread');
    expect(await engine.until('leg.ended')).toMatchObject({ cause: 'engine_stopped' });
  });

  it('does not start twice on one folder', async () => {
    const second = await EngineProcess.launch({}, engine.dataFolder);
    expect(await second.exited).toBe(78);
    // Before it, a line of its log says that it waits for the former one to end.
    expect(second.errors.at(-1)).toBe(`An engine is running already on ${engine.dataFolder}`);
  });

  it('refuses bad settings and taken ports with one line each', async () => {
    const bad = await EngineProcess.launch({ OPENLINE_SIP_PORT: 'many', OPENLINE_LOG: 'loud' });
    const taken = await EngineProcess.launch({ OPENLINE_SIP_PORT: String(engine.sipPort) });
    engines.push(bad, taken);
    expect(await bad.exited).toBe(78);
    expect(bad.errors).toHaveLength(2);
    expect(await taken.exited).toBe(78);
    expect(taken.errors).toEqual([
      `OPENLINE_SIP_PORT ${engine.sipPort} on 127.0.0.1 cannot be taken (EADDRINUSE): allowed is a free port, 0 for any`,
    ]);
  });

  it('ends when its launcher goes', async () => {
    engine.child.disconnect();
    expect(await engine.exited).toBe(0);
  });

  it('starts again at once after it was killed', async () => {
    engine.child.kill('SIGKILL');
    await engine.exited;
    const again = await EngineProcess.launch({}, engine.dataFolder);
    engines.push(again);
    await new Promise((resolve) => again.child.once('message', resolve));
    await again.connect();
    expect((await again.until('hello')).legs).toEqual([]);
  });
});
