// Where the program goes: an Icecast server and the live program at /program carry what is on air and nothing else, to
// strangers who listen with ffmpeg and with a browser; and a restart of the Icecast server costs nobody a hand.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { toneLevelDb } from '@openline/engine';
import { createPhone, type Phone, readTracks, tone } from '@openline/callers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  HAS_ICECAST,
  IcecastServer,
  SOURCE_PASSWORD,
} from '../../packages/engine/src/outputs/testing/icecast-server.ts';
import { HAS_FFMPEG, Listener } from '../../packages/engine/src/outputs/testing/listener.ts';
import { type Baresip, startBaresip } from './harness/baresip.ts';
import { freePort } from './harness/free-port.ts';
import { openPage, startBrowser } from './harness/browser.ts';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

const HZ = 1_103;

/** How often something begins to be heard after a pause of a third of a second; a packet that was lost is no pause. */
function wordsIn(samples: Float32Array): number {
  let words = 0;
  let heardUntil = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < samples.length; at++) {
    if (Math.abs(samples[at]!) <= 0.01) continue;
    if (at - heardUntil > 16_000) words++;
    heardUntil = at;
  }
  return words;
}

/** On a page: as WHEP has it. What it hears is measured by `loudestHz`. */
async function listenByWebRtc(): Promise<string> {
  const peer = new RTCPeerConnection();
  peer.addTransceiver('audio', { direction: 'recvonly' });
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 8_192 });
  peer.addEventListener('track', ({ streams: [stream] }) => {
    if (stream === undefined) return;
    // Chromium gives a stream of the network to nobody before an element plays it.
    void Object.assign(new Audio(), { srcObject: stream, muted: true }).play();
    context.createMediaStreamSource(stream).connect(analyser);
  });
  Object.assign(globalThis, { peer, analyser });
  await peer.setLocalDescription();
  while (peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
  const answer = await fetch('/program/whep', {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: peer.localDescription?.sdp ?? '',
  });
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  return answer.headers.get('location') ?? '';
}

/** On that page. */
function loudestHz(): number {
  const { analyser } = globalThis as unknown as { analyser: AnalyserNode };
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const loudest = levels.reduce((best, level, bin) => (level > levels[best]! ? bin : best), 0);
  return levels[loudest]! > -60 ? (loudest * analyser.context.sampleRate) / analyser.fftSize : 0;
}

const HILL = { username: '2209', password: 'hill-secret' } as const;
const HILL_HZ = 700;
const STUDIO_HZ = 1_709;
const HAS_BARESIP = hasProgram('baresip');

describe.skipIf(!HAS_FFMPEG || !HAS_ICECAST)('the outputs of a station', () => {
  let hill: Baresip | null = null;
  let feedPort: number;
  let icecast: IcecastServer;
  let product: Product;
  let producer: DeskConsole;
  let phone: Phone;
  const listeners: Listener[] = [];

  beforeAll(async () => {
    icecast = await IcecastServer.start();
    const settings = stationSettings();
    feedPort = await freePort();
    product = await startProduct(
      stationSettings({
        host: { type: 'rtp', address: '127.0.0.1', port: feedPort },
        lines: [
          ...(settings['lines'] as object[]),
          { id: 'hill', label: 'To the hill', capacity: 1, accounts: [HILL] },
        ],
        audio: { rtp_timeout_ms: 20_000, leveller: false },
        program_stream: { access: 'open', delayed: false },
        outputs: [
          {
            id: 'web',
            label: 'Web radio',
            type: 'icecast',
            url: `icecast://127.0.0.1:${icecast.port}/air.opus`,
            password: SOURCE_PASSWORD,
          },
          {
            id: 'hill',
            label: 'The hill',
            type: 'sip',
            address: HILL.username,
            line: 'hill',
            delayed: false,
          },
        ],
      }),
    );
    if (HAS_BARESIP) hill = await startBaresip({ ...HILL, sipPort: product.sipPort, toneHz: HILL_HZ });
    producer = await openConsole(product, 'Anna');
    phone = await createPhone();
    const call = phone.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: '+2203000001',
      source: tone(HZ, -20),
      codec: 'PCMA',
    });
    await producer.until('the call', () => producer.channel('studio-1').mode === 'ring');
    await producer.emit('channelMode', { 'studio-1': 'master' });
    await call;
    await producer.until('the caller on air', () => producer.channel('studio-1').mode === 'master');
  });

  afterAll(async () => {
    await Promise.all(listeners.map((listener) => listener.stop()));
    producer?.close();
    await phone?.close();
    await hill?.stop();
    await product?.stop();
    await icecast?.close();
  });

  const listen = (url: string): Listener => {
    const listener = new Listener(['-i', url]);
    listeners.push(listener);
    return listener;
  };
  const mount = (): string => `http://127.0.0.1:${icecast.port}/air.opus`;
  /** What every console is told of the Icecast output, from a moment on. */
  const told = (state: string, since: number) =>
    producer.frame(
      `the output ${state}`,
      ({ event, data }) => event === 'outputUpdate' && data.web?.state === state,
      since,
    );

  it('carry the caller while on air, and silence while not, without stopping', async () => {
    await producer.frame('initialize', ({ event }) => event === 'initialize');
    const [web, own] = [listen(mount()), listen(`${product.url}/program`)];
    expect(await Promise.all([web.hears(null), own.hears(null)])).toEqual(['heard', 'heard']);
    await producer.emit('masterOnAir', true);
    expect(await Promise.all([web.hears(HZ), own.hears(HZ)])).toEqual(['heard', 'heard']);
    await producer.emit('masterOnAir', false);
    expect(await Promise.all([web.hears(null), own.hears(null)])).toEqual(['heard', 'heard']);
    await producer.emit('masterOnAir', true);
    expect(await Promise.all([web.hears(HZ), own.hears(HZ)])).toEqual(['heard', 'heard']);
  });

  it('do not carry what was dumped where they are behind the delay, and lose nothing else', async () => {
    const DELAY_MS = 1_000;
    const depthMs = (): number => producer.state().mixer?.master?.delay_state?.depth_ms ?? 0;
    await producer.emit('masterOnAir', false);
    await producer.emit('masterDelay', DELAY_MS / 1_000);
    const [web, own] = [listen(mount()), listen(`${product.url}/program`)];
    // Two words: what the caller says while the gate is open. One is dumped before it is through the delay, one is not.
    let isInTime = false;
    for (let tries = 0; tries < 10 && !isInTime; tries++) {
      await producer.until('the delay', () => depthMs() === DELAY_MS);
      expect(await Promise.all([web.hears(null), own.hears(null)])).toEqual(['heard', 'heard']);
      [web, own].forEach((listener) => listener.forget());
      const from = performance.now();
      await producer.emit('masterOnAir', true);
      await waitFor('the word', () => wordsIn(own.samples) === 1);
      await producer.emit('masterOnAir', false);
      await producer.emit('masterDump', null);
      await producer.until('the dump', () => depthMs() < DELAY_MS);
      isInTime = performance.now() - from < DELAY_MS - 50;
    }
    expect(isInTime).toBe(true);
    expect(await Promise.all([web.hears(null), own.hears(null)])).toEqual(['heard', 'heard']);
    await producer.emit('masterOnAir', true);
    expect(await Promise.all([web.hears(HZ), own.hears(HZ)])).toEqual(['heard', 'heard']);
    expect([wordsIn(web.samples), wordsIn(own.samples)]).toEqual([1, 2]);
    await producer.emit('masterDelay', 0);
  });

  it('outlive a restart of the Icecast server, which is told to every console and is an alarm meanwhile', async () => {
    const before = producer.frames.length;
    await icecast.stop();
    await told('failed', before);
    const alarm = ({ event, data }: { event: string; data: { code?: string; raised?: boolean } }) =>
      event === 'alarm' && data.code === 'output_web';
    const raised = await producer.frame('the alarm', (frame) => alarm(frame), before);
    expect(raised.data).toMatchObject({ raised: true });
    const restarted = producer.frames.length;
    await icecast.start();
    await told('running', restarted);
    await producer.frame('its end', (frame) => alarm(frame) && frame.data.raised === false, restarted);
    expect(await listen(mount()).hears(HZ)).toBe('heard');
  });

  it('go on while the server is away: only who listens through it comes again', async () => {
    const web = listen(mount());
    expect(await web.hears(HZ)).toBe('heard');
    product.kill('server');
    await producer.until('the server gone', () => !producer.isOpen);
    web.forget();
    expect(await web.hears(HZ)).toBe('heard');
    await waitFor('the next server', async () => (await product.health())?.status === 'ok');
    producer = await openConsole(product, 'Anna');
    await producer.until('the state', () => producer.state().outputs?.web?.state === 'running');
    expect(producer.state().outputs).toMatchObject({
      web: { state: 'running', label: 'Web radio', type: 'icecast' },
      program: { state: 'running', type: 'stream' },
    });
    expect(await listen(`${product.url}/program`).hears(HZ)).toBe('heard');
  });

  it.skipIf(!HAS_BARESIP)(
    'reach a transmitter site by telephone, which is called again when it hangs up',
    async () => {
      if (hill === null) return;
      const calls = (): number => hill?.events.filter(({ type }) => type === 'CALL_ESTABLISHED').length ?? 0;
      await waitFor('the call', () => calls() > 0);
      const before = calls();
      // More than two seconds of 16 bits at 8 kHz.
      const { heardFile } = hill;
      await waitFor('some sound', () => existsSync(heardFile) && statSync(heardFile).size > 40_000);
      hill.command('hangup');
      await waitFor('the next call', () => calls() > before);
      const { tracks, sampleRate } = readTracks(readFileSync(heardFile));
      const heard = (tracks[0] ?? new Float32Array(0)).slice(-sampleRate);
      expect(toneLevelDb(heard, sampleRate, HZ)).toBeGreaterThan(-40);
    },
  );

  it('carry the studio desk while it comes by RTP, and it is an alarm when it does not', async () => {
    const isThere = (): boolean => producer.state().mixer?.host?.connected === true;
    const alarmed = (isRaised: boolean, since: number) =>
      producer.frame(
        'the alarm',
        ({ event, data }) => event === 'alarm' && data.code === 'host_feed' && data.raised === isRaised,
        since,
      );
    expect(isThere()).toBe(false);
    const before = producer.frames.length;
    const sine = `sine=frequency=${STUDIO_HZ}:sample_rate=48000`;
    const sender = spawn(
      'ffmpeg',
      [
        '-re',
        '-t',
        '300',
        '-f',
        'lavfi',
        '-i',
        sine,
        '-c:a',
        'pcm_s24be',
        '-f',
        'rtp',
        `rtp://127.0.0.1:${feedPort}`,
      ],
      { stdio: 'ignore' },
    );
    try {
      await producer.until('the studio desk', isThere);
      await alarmed(false, before);
      const own = listen(`${product.url}/program`);
      await waitFor('its tone', () => {
        const latest = own.samples.slice(-24_000);
        return latest.length === 24_000 && toneLevelDb(latest, 48_000, STUDIO_HZ) > -30;
      });
    } finally {
      sender.kill('SIGKILL');
    }
    await producer.until('the studio desk away', () => !isThere());
    await alarmed(true, before);
  });

  describe.skipIf(!hasProgram('chromium'))('in a browser', () => {
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      browser = await startBrowser(['--autoplay-policy=no-user-gesture-required']);
      ({ page } = await openPage(browser, `${product.url}/health`));
    });

    afterAll(async () => {
      await browser?.close();
    });

    it('are played', async () => {
      const played = await page.evaluate(async () => {
        const audio = new Audio('/program');
        await audio.play();
        while (audio.currentTime < 1) await new Promise((resolve) => setTimeout(resolve, 50));
        return { error: audio.error, duration: audio.duration };
      });
      expect(played).toEqual({ error: null, duration: Number.POSITIVE_INFINITY });
    });

    it('are heard by WebRTC until the browser says that it leaves', async () => {
      const location = await page.evaluate(listenByWebRtc);
      expect(location).toMatch(/^\/program\/whep\/[0-9a-f-]{36}$/);
      // The loudest of what it hears is the caller.
      await waitFor('the tone', async () => Math.abs((await page.evaluate(loudestHz)) - HZ) < 12);
      const leave = async (address: string) => (await fetch(address, { method: 'DELETE' })).status;
      expect([await page.evaluate(leave, location), await page.evaluate(leave, location)]).toEqual([
        204, 404,
      ]);
      await waitFor('silence', async () => (await page.evaluate(loudestHz)) === 0);
    });
  });
});
