// A headset in the browser: Chromium with its fake microphone is a user who talks with a caller in private and on air, over a
// network that loses packets and goes away, and then the studio desk. Real WebRTC, real SIP.
import { createPhone, type Phone, type PhoneCall, tone } from '@openline/callers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people } from './harness/product.ts';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { WAIT } from './harness/desk-on-page.ts';
import { heardOnPage, listenOnPage, startTalkingBrowser } from './harness/fake-microphone.ts';
import { type HeadsetNetwork, headsetNetwork } from './harness/headset-network.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';
import { heardDb, untilHeard, untilNotHeard } from './harness/sound.ts';
import { startTurnServer } from './harness/turn-server.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

const annaHz = 700;
const callerHz = 1300;

describe.skipIf(!hasProgram('chromium'))('a headset in the browser', () => {
  let product: Product;
  let network: HeadsetNetwork;
  let browser: Browser;
  let page: Page;
  let desk: DeskConsole;
  let listeners: Phone;
  let caller: PhoneCall;

  beforeAll(async () => {
    product = await startProduct(stationSettings({ phones: [], host: { type: 'webrtc' } }), {
      OPENLINE_HTTPS_PORT: '0',
    });
    network = await headsetNetwork(product);
    browser = await startTalkingBrowser(product.dataFolder, annaHz);
    desk = await openConsole(product, 'Root');
    listeners = await createPhone();
    page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    await listenOnPage(page);
    await page.goto(network.url);
    await page.getByLabel('Name').fill(people[0].name);
    await page.getByLabel('Password').fill(people[0].password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    // What a browser does to the sound of a voice would take a tone for noise.
    await page.getByRole('button', { name: 'Headset: devices and more' }).click(WAIT);
    await page.getByLabel('Echo cancelling').uncheck();
    await page.keyboard.press('Escape');
  });

  afterAll(async () => {
    await browser?.close();
    await network?.close();
    desk?.close();
    await listeners?.close();
    await product?.stop();
  });

  const untilPhase = (phase: string) => page.locator(`.headset[data-headset="${phase}"]`).waitFor(WAIT);
  const untilPageHears = (what: string, hz: number) =>
    waitFor(`${what}: ${hz} Hz to be heard on the page`, async () => (await heardOnPage(page, hz)) > -40);

  async function bothHear(what: string): Promise<void> {
    await untilHeard(`${what}: the caller`, caller.rtp.hearing, annaHz);
    await untilPageHears(what, callerHz);
  }

  it('is connected by one click, and its user is there', async () => {
    expect(desk.channel('anna').mode).toBe('defunct');
    await page.locator('[data-act="headset"]').click(WAIT);
    await untilPhase('connected');
    await desk.until('Anna to be there', () => desk.channel('anna').mode === 'free');
    expect(desk.state().users['anna'].connection).toEqual({ by: 'headset', away: false });
  });

  it('talks in private with a caller: each hears the other, and nobody themselves', async () => {
    const uri = `sip:studio@127.0.0.1:${product.sipPort}`;
    caller = await listeners.call(uri, { from: '+2203000001', source: tone(callerHz) });
    await desk.until('the call to ring', () => desk.channel('studio-1').mode === 'ring');
    await desk.emit('channelMode', { 'studio-1': 'anna' });
    await desk.until('the talk', () => desk.channel('anna').mode === 'studio-1');
    await bothHear('in private');
    await waitFor('the page not to hear itself', async () => (await heardOnPage(page, annaHz)) < -60);
    await untilNotHeard('the caller', caller.rtp.hearing, callerHz);
    expect(desk.channel('studio-1').mode).toBe('anna');
  });

  it('goes to air with the caller in one step', async () => {
    expect(await desk.emit('channelMode', { anna: 'master' })).toMatchObject({ ok: true });
    await desk.until('both on air', () =>
      ['anna', 'studio-1'].every((id) => desk.channel(id).mode === 'master'),
    );
    await bothHear('on air');
  });

  it('survives a network that loses 5 % of its packets', async () => {
    const { passed } = network;
    network.lossPercent = 5;
    await waitFor('a while of it', () => network.passed > passed + 400);
    expect(network.lost).toBeGreaterThan(0);
    await bothHear('with loss');
    expect(desk.channel('anna').mode).toBe('master');
    network.lossPercent = 0;
  });

  it('comes back by itself when its network was away for three seconds', async () => {
    const former = network.path;
    network.cut();
    await desk.until('the headset to be away', () => desk.state().users['anna'].connection?.away === true);
    await soundFor(3_000);
    expect(heardDb(caller.rtp.hearing, annaHz, 300)).toBeLessThan(-50);
    network.mend();
    await desk.until('it to be back', () => desk.state().users['anna'].connection?.away === false);
    await untilPhase('connected');
    await bothHear('after the network was away');
    // By ICE restart: another connection, which carries the sound from now on.
    await waitFor('sound by the new path', () => ![null, former].includes(network.path));
    expect(desk.channel('anna').mode).toBe('master');
  });

  it('is where it was when its page is loaded again', async () => {
    await page.reload();
    await untilPhase('connected');
    await bothHear('after a reload');
    expect(desk.channel('anna').mode).toBe('master');
  });

  it("is the studio desk on the presenter's screen, with its sound as it is", async () => {
    await page.goto(`${network.url}/presenter`);
    await page.locator('[data-act="host"]').click(WAIT);
    await desk.until('the studio desk', () => desk.state().mixer?.host?.connected === true);
    expect(desk.state().mixer.host).toMatchObject({
      user: 'anna',
      connection: { by: 'headset', away: false },
    });
    await bothHear('as the studio desk');
    await desk.until('her own headset to be gone', () => desk.channel('anna').mode === 'defunct');
  });

  it('can be used from any machine, because the console is there by https', async () => {
    const port = await waitFor('https', async () => (await product.health())?.https_port);
    const context = await browser.newContext({ locale: 'en-GB', ignoreHTTPSErrors: true });
    const secure = await context.newPage();
    await secure.goto(`https://127.0.0.1:${port}`);
    await secure.getByLabel('Name').fill(people[1].name);
    await secure.getByLabel('Password').fill(people[1].password);
    await secure.getByRole('button', { name: 'Sign in' }).click();
    await secure.locator('[data-act="headset"]').click(WAIT);
    await desk.until('Ben to be there', () => desk.channel('ben').mode === 'free');
    expect(await context.cookies()).toMatchObject([{ name: 'openline_session_https', secure: true }]);
    await context.close();
  });

  it('hangs up with the sign-out', async () => {
    await page.locator('.who').click(WAIT);
    await page.getByRole('menuitem', { name: 'Sign out' }).click(WAIT);
    await desk.until('the studio desk to be gone', () => desk.state().mixer.host.connection === null);
    await page.getByLabel('Password').waitFor(WAIT);
    expect(desk.state().mixer.host.connected).toBe(false);
  });

  it.skipIf(!hasProgram('turnserver'))(
    'reaches the station by a TURN server alone, as soon as the settings name it',
    async () => {
      const turn = await startTurnServer();
      try {
        await setIceServers([turn.server]);
        const far = await (await browser.newContext({ locale: 'en-GB' })).newPage();
        await listenOnPage(far);
        await relayedOnly(far);
        await far.goto(product.url);
        await far.getByLabel('Name').fill(people[1].name);
        await far.getByLabel('Password').fill(people[1].password);
        await far.getByRole('button', { name: 'Sign in' }).click();
        await far.locator('[data-act="headset"]').click(WAIT);
        await desk.until('Ben to be there', () => desk.channel('ben').mode === 'free');
        await desk.emit('channelMode', { ben: 'master' });
        await desk.until('Ben on air', () => desk.channel('ben').mode === 'master');
        await untilHeard('by the relay: the caller', caller.rtp.hearing, annaHz);
        await waitFor('the relay to carry the air', async () => (await heardOnPage(far, callerHz)) > -40);
        expect(await pathOf(far)).toBe('relay');
        await far.context().close();
      } finally {
        await turn.stop();
      }
    },
  );

  async function setIceServers(servers: readonly unknown[]): Promise<void> {
    const token = await product.token(people[3].name, people[3].password);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const address = `${product.url}/api/settings`;
    const { settings } = (await (await fetch(address, { headers })).json()) as { settings: object };
    const body = JSON.stringify({ ...settings, headsets: { ice_servers: servers } });
    const answer = await fetch(address, { method: 'PUT', headers, body });
    if (!answer.ok) throw new Error(await answer.text());
  }
});

/** A browser behind a wall that lets nothing through but what goes to the TURN server. */
async function relayedOnly(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: 'relay' });
        Reflect.set(window, 'headsetConnection', this);
      }
    };
  });
}

/** Of what kind the browser's own end of the path is that its packets take. */
function pathOf(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const stats = await (Reflect.get(window, 'headsetConnection') as RTCPeerConnection).getStats();
    const all = [...stats.values()] as { id: string; type: string; [key: string]: unknown }[];
    const transport = all.find(({ type }) => type === 'transport');
    const pair = all.find(({ id }) => id === transport?.['selectedCandidatePairId']);
    return all.find(({ id }) => id === pair?.['localCandidateId'])?.['candidateType'] as string | undefined;
  });
}
