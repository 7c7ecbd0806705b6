/** Browsers against a real engine: real ICE and DTLS-SRTP over loopback, every participant with a tone of their own. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createSipAgent, rmsDb, toneLevelDb } from '@openline/engine';
import type { IceState, Place } from '@openline/engine';
import { Browser, type BrowserOptions } from './browser.ts';
import type { PhoneCall } from './phone-call.ts';
import { createPhone, type Phone } from './phone.ts';
import type { RtpEnd } from './rtp-end.ts';
import { tone } from './sources.ts';
import { ENGINE_CONFIG, EngineProcess, eventually } from './testing/engine-process.ts';

const BROWSER_HZ = 1103;
const PHONE_HZ = 601;
const AIR: Place = { kind: 'air' };

let engine: EngineProcess;
const browsers: Browser[] = [];
const phones: Phone[] = [];

beforeAll(async () => {
  engine = await EngineProcess.start();
});

afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
});

afterAll(async () => {
  await engine.stop();
});

async function newBrowser(options: Partial<BrowserOptions> = {}): Promise<Browser> {
  const browser = await Browser.open({ source: tone(BROWSER_HZ, -20), ...options });
  browsers.push(browser);
  return browser;
}

async function connect(browser: Browser, leg: string, place: Place, to = engine): Promise<string> {
  const { answer } = await to.request('leg.connect', {
    leg,
    offer: await browser.offer(),
    place,
    levels: {},
    tag: { user: 'anna' },
    ref: 'user:anna',
  });
  await browser.take(answer);
  return (await isOpenSoon(leg, to)) ? answer : await offerAgain(browser, leg, to);
}

/**
 * Of two thousand connections between two of this library on a busy machine, one does not open. A page offers again then, and
 * so does this.
 */
async function offerAgain(browser: Browser, leg: string, to: EngineProcess): Promise<string> {
  const { answer } = await to.request('leg.reoffer', { leg, offer: await browser.offer() });
  await browser.take(answer);
  await untilIce(leg, 'connected', to);
  return answer;
}

async function isOpenSoon(leg: string, at: EngineProcess): Promise<boolean> {
  const deadlineMs = performance.now() + 5000;
  while (performance.now() < deadlineMs) {
    if (at.events.some((one) => one.event === 'leg.ice' && one.data.leg === leg)) return true;
    await sleep(10);
  }
  return false;
}

/** The state that was told last. */
async function untilIce(leg: string, state: IceState, of = engine): Promise<void> {
  await eventually(`${leg} ${state}`, () => {
    const told = of.events.findLast((one) => one.event === 'leg.ice' && one.data.leg === leg);
    return told?.event === 'leg.ice' && told.data.state === state;
  });
}

/** A telephone that is answered to air. */
async function phoneOnAir(hz: number, from: string): Promise<{ call: PhoneCall; leg: string }> {
  const phone = await createPhone({ host: engine.host });
  phones.push(phone);
  const call = await phone.call(engine.uri, { from, codec: 'PCMA', source: tone(hz, -20) });
  const { leg } = await engine.until('leg.offered', ({ remote }) => remote.user === from);
  await engine.request('leg.answer', { leg, place: AIR });
  await engine.until('leg.media', (event) => event.leg === leg);
  return { call, leg };
}

/** Until a tone is heard as loud as it was sent, in what comes from now on. */
async function untilHeard(end: RtpEnd, hz: number): Promise<void> {
  const fromMs = performance.now();
  await eventually(`${hz} Hz`, () => {
    const { samples, sampleRate } = end.hearing.last(400);
    if (end.hearing.arrivals(fromMs).length < 25 || samples.length < sampleRate * 0.3) return false;
    return Math.abs(toneLevelDb(samples, sampleRate, hz) + 20) < 3;
  });
}

it('a browser and a telephone hear each other, and neither itself', async () => {
  const browser = await newBrowser();
  const answer = await connect(browser, 'both', AIR);
  const { call } = await phoneOnAir(PHONE_HZ, '+2203001');
  await engine.until('leg.media', ({ leg }) => leg === 'both');
  await untilHeard(browser.sound, PHONE_HZ);
  await untilHeard(call.rtp, BROWSER_HZ);
  const { samples, sampleRate } = browser.sound.hearing.last(1000);
  expect(toneLevelDb(samples, sampleRate, BROWSER_HZ)).toBeLessThan(-60);
  expect(answer).toContain('a=rtpmap:111 opus/48000/2');
  await engine.request('leg.hangup', { leg: 'both' });
  expect(await engine.until('leg.ended', ({ leg }) => leg === 'both')).toMatchObject({
    cause: 'normal',
    by: 'server',
    quality: { codec: 'OPUS' },
  });
});

it('a browser whose network is away for three seconds is told of, and comes back by itself', async () => {
  const browser = await newBrowser();
  await connect(browser, 'away', AIR);
  const { call } = await phoneOnAir(PHONE_HZ, '+2203002');
  await untilHeard(call.rtp, BROWSER_HZ);
  const frozenAtMs = performance.now();
  browser.freeze();
  await untilIce('away', 'away');
  await sleep(Math.max(0, frozenAtMs + 3000 - performance.now()));
  browser.thaw();
  await untilIce('away', 'connected');
  await untilHeard(call.rtp, BROWSER_HZ);
  await untilHeard(browser.sound, PHONE_HZ);
  expect(engine.events.some((one) => one.event === 'leg.ended' && one.data.leg === 'away')).toBe(false);
});

it('a further offer with a new connection takes the place of the former one', async () => {
  const browser = await newBrowser();
  await connect(browser, 'again', AIR);
  const { call } = await phoneOnAir(PHONE_HZ, '+2203003');
  const { answer } = await engine.request('leg.reoffer', { leg: 'again', offer: await browser.offer() });
  await browser.take(answer);
  await eventually('the second connection', () => browser.openings >= 2);
  await untilHeard(call.rtp, BROWSER_HZ);
  await untilHeard(browser.sound, PHONE_HZ);
  expect(engine.events.some((one) => one.event === 'leg.ended' && one.data.leg === 'again')).toBe(false);
});

it('an address that a STUN server tells of follows the answer', async () => {
  const stun = createSocket('udp4');
  stun.bind(0, '127.0.0.1');
  await once(stun, 'listening');
  const asked = Promise.withResolvers<void>();
  const answerNow = Promise.withResolvers<void>();
  stun.on('message', (request, from) => {
    asked.resolve();
    void answerNow.promise.then(() => stun.send(stunResponse(request), from.port, from.address));
  });
  try {
    await engine.request('engine.configure', {
      config: { ...ENGINE_CONFIG, ice: { servers: [`stun:127.0.0.1:${stun.address().port}`] } },
    });
    const browser = await newBrowser();
    const answer = await connect(browser, 'stun', { kind: 'monitor' });
    await asked.promise;
    expect(answer).not.toContain('198.51.100.7');
    expect(answer).not.toContain('a=end-of-candidates');
    answerNow.resolve();
    const { candidate, mid } = await engine.until('leg.candidate', ({ leg }) => leg === 'stun');
    expect(candidate).toContain('198.51.100.7 40000 typ srflx');
    await browser.addCandidate(candidate, mid);
  } finally {
    stun.close();
    await engine.request('engine.configure', { config: ENGINE_CONFIG });
  }
});

/** A success response with XOR-MAPPED-ADDRESS (RFC 8489 14.2): 198.51.100.7, port 40000. */
function stunResponse(request: Buffer): Buffer {
  const response = Buffer.alloc(32);
  response.writeUInt16BE(0x0101, 0);
  response.writeUInt16BE(12, 2);
  request.copy(response, 4, 4, 20);
  response.writeUInt16BE(0x0020, 20);
  response.writeUInt16BE(8, 22);
  response.writeUInt16BE(0x0001, 24);
  response.writeUInt16BE(40_000 ^ 0x2112, 26);
  response.writeUInt32BE((0xc6336407 ^ 0x2112a442) >>> 0, 28);
  return response;
}

it('over IPv6 G.722 is spoken where the browser has nothing better', async () => {
  const other = await EngineProcess.start({ OPENLINE_SIP_HOST: '::1' });
  try {
    const browser = await newBrowser({
      host: '::1',
      formats: [
        { payloadType: 9, map: 'G722/8000' },
        { payloadType: 0, map: 'PCMU/8000' },
      ],
    });
    const answer = await connect(browser, 'six', AIR, other);
    expect(answer).toContain('a=rtpmap:9 G722/8000');
    expect(answer).toContain('c=IN IP6 ::1');
    await other.until('leg.media', ({ leg }) => leg === 'six');
    expect((await other.until('leg.answered')).codec).toBe('G722');
  } finally {
    await other.stop();
  }
});

it('a softphone in a browser calls by SIP, holds, and is heard again', async () => {
  const browser = await newBrowser();
  let offer = await browser.offer();
  const agent = createSipAgent({
    host: '127.0.0.1',
    port: 0,
    publicAddress: null,
    userAgent: 'softphone',
    bindingsFile: null,
    delegate: { onInvite() {}, onAccount() {}, onTrunk() {}, onMessage() {} },
  });
  await agent.start();
  try {
    agent.configure({ accounts: [], peers: [], trunks: [], stationName: 'softphone' });
    const dial = async (from: string) => {
      const answered = Promise.withResolvers<string>();
      const session = agent.invite(
        {
          target: { kind: 'uri', uri: engine.uri, ref: 'home' },
          from: { number: from, displayName: null },
          offer: () => offer,
        },
        {
          onAnswer: (sdp) => answered.resolve(sdp),
          onOffer: () => ({ ok: false, status: 488 }),
          onOfferWanted: () => offer,
          onEnded: () => {},
        },
      );
      const { leg } = await engine.until('leg.offered', ({ remote }) => remote.user === from);
      await engine.request('leg.answer', { leg, place: AIR });
      await browser.take(await answered.promise);
      return { session, leg };
    };
    let { session, leg } = await dial('+2203009');
    if (!(await isOpenSoon(leg, engine))) {
      session.end();
      offer = await browser.offer();
      ({ session, leg } = await dial('+2203019'));
    }
    await untilIce(leg, 'connected');
    const { call } = await phoneOnAir(PHONE_HZ, '+2203010');
    await untilHeard(call.rtp, BROWSER_HZ);
    await untilHeard(browser.sound, PHONE_HZ);

    const held = await session.reoffer(offer.replace('a=sendrecv', 'a=sendonly'));
    expect(held).toMatchObject({ ok: true, answer: expect.stringContaining('a=recvonly') });
    await engine.until('leg.held', (event) => event.leg === leg && event.isHeldByRemote);
    expect(await session.reoffer(offer)).toMatchObject({ ok: true });
    await engine.until('leg.held', (event) => event.leg === leg && !event.isHeldByRemote);
    await untilHeard(browser.sound, PHONE_HZ);
    session.end();
    await engine.until('leg.ended', (event) => event.leg === leg && event.cause === 'normal');
  } finally {
    await agent.stop();
  }
});

it('a page that is loaded again while it talks harms nobody', async () => {
  const browser = await newBrowser();
  for (const leg of ['page-1', 'page-2', 'page-3']) {
    await connect(browser, leg, AIR);
    await untilIce(leg, 'connected');
    await browser.leave();
    await engine.request('leg.hangup', { leg });
  }
  await connect(browser, 'page-4', AIR);
  expect(engine.child.exitCode).toBeNull();
});

it('five lost packets in a hundred are not heard as gaps', async () => {
  const browser = await newBrowser();
  await connect(browser, 'lossy', AIR);
  const { call } = await phoneOnAir(PHONE_HZ, '+2203005');
  await untilHeard(call.rtp, BROWSER_HZ);
  browser.sound.impair({ lossPercent: 5, jitterMs: 0, seed: 5 });
  const fromMs = performance.now();
  // Of four seconds ten packets are lost: more than one in a hundred heard as a gap would be theirs.
  await eventually('four seconds without gaps', () => {
    if (call.rtp.hearing.arrivals(fromMs).length < 200) return false;
    const { samples, sampleRate } = call.rtp.hearing.last(4000);
    return (
      silentShare(samples, sampleRate) < 0.01 &&
      Math.abs(toneLevelDb(samples, sampleRate, BROWSER_HZ) + 20) < 2
    );
  });
  const { quality } = await engine.until('leg.quality', (event) => {
    return event.leg === 'lossy' && event.quality.packetsLost > 5;
  });
  expect(quality.packetsReceived).toBeGreaterThan(150);
});

/** Of all pieces of 10 ms, those that are silent. */
function silentShare(samples: Float32Array, sampleRate: number): number {
  const width = sampleRate / 100;
  const pieces = Math.floor(samples.length / width);
  let silent = 0;
  for (let piece = 0; piece < pieces; piece++) {
    if (rmsDb(samples.subarray(piece * width, (piece + 1) * width)) < -40) silent++;
  }
  return silent / pieces;
}

it('an engine with a browser comes to its end by itself', async () => {
  const other = await EngineProcess.start();
  const browser = await newBrowser();
  await connect(browser, 'last', AIR, other);
  other.child.kill('SIGTERM');
  expect(await other.exited).toBe(0);
  expect(other.errors.join()).not.toContain('did not come to its end');
  await other.stop();
});

it('an engine without the library refuses browsers, says why, and takes telephones', async () => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name === 'node-datachannel') throw new Error('there is no such library');
      return next(name, context);
    } });`;
  const other = await EngineProcess.start({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
  });
  try {
    const browser = await newBrowser();
    for (const leg of ['first', 'second']) {
      await expect(connect(browser, leg, AIR, other)).rejects.toThrow('no_webrtc');
    }
    expect(other.errors.join()).toContain('there is no such library');
    const phone = await createPhone({ host: other.host });
    phones.push(phone);
    await phone.call(other.uri, { from: '+2203020', codec: 'PCMA', source: tone(PHONE_HZ, -20) });
    await other.until('leg.offered');
  } finally {
    await other.stop();
  }
});

it('what is no offer of a browser is refused, and says why', async () => {
  const connected = engine.request('leg.connect', {
    leg: 'bad',
    offer: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 127.0.0.1\r\n',
    place: AIR,
    levels: {},
    tag: {},
    ref: 'user:anna',
  });
  await expect(connected).rejects.toThrow('bad_offer no audio over ICE and DTLS');
});
