import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeBrowserPeers } from '../call/testing/fake-browser-peers.ts';
import { FakeMediaPlane } from '../call/testing/fake-media-plane.ts';
import type { OutputConfig } from '../control/contract.ts';
import { CHROMIUM_OFFER } from '../webrtc/testing/chromium-offer.ts';
import { BrowserListeners } from './browser-listeners.ts';

const STREAM: Extract<OutputConfig, { type: 'stream' }> = {
  ref: 'output:program',
  type: 'stream',
  isDelayed: true,
  name: 'Radio',
  bitrateKbps: 96,
  maxListeners: 5,
  maxBrowsers: 2,
};

let media: FakeMediaPlane;
let peers: FakeBrowserPeers;
let counts: number[];
let listeners: BrowserListeners;

beforeEach(() => {
  media = new FakeMediaPlane(() => {});
  peers = new FakeBrowserPeers();
  counts = [];
  listeners = new BrowserListeners({
    media,
    peers,
    stationName: () => 'Radio',
    onCount: (count) => counts.push(count),
  });
  listeners.configure(STREAM);
});

async function connect(): Promise<string> {
  const outcome = await listeners.connect(CHROMIUM_OFFER);
  if (!outcome.ok) throw new Error(outcome.msg);
  return outcome.data.listener;
}

const places = () => [...media.places.values()];

describe('a browser that listens', () => {
  it('is answered, and hears the program as it is transmitted', async () => {
    const outcome = await listeners.connect(CHROMIUM_OFFER);
    expect(outcome.ok && outcome.data.answer).toContain('a=ice-ufrag:ours1');
    expect(places()).toEqual([{ kind: 'program', isDelayed: true }]);
    expect(counts).toEqual([1]);
  });

  it('hears it before the delay from the moment at which the settings say so', async () => {
    await connect();
    listeners.configure({ ...STREAM, isDelayed: false });
    expect(places()).toEqual([{ kind: 'program', isDelayed: false }]);
  });

  it('gives its port back when it leaves, and when its connection is gone', async () => {
    const first = await connect();
    await connect();
    expect(listeners.close(first)).toBe(true);
    expect(listeners.close(first)).toBe(false);
    [...peers.delegates.values()].at(-1)?.onGone();
    await vi.waitFor(() => expect(media.openPorts.size).toBe(0));
    expect(counts).toEqual([1, 2, 1, 0]);
  });

  it('is refused where as many listen as may, until one leaves', async () => {
    const [first] = [await connect(), await connect()];
    expect(await listeners.connect(CHROMIUM_OFFER)).toMatchObject({ ok: false, code: 'too_many_listeners' });
    listeners.close(first);
    await connect();
  });

  it('is refused for what is no offer of a browser, and where there is no WebRTC, and leaves nothing', async () => {
    expect(await listeners.connect('v=0')).toMatchObject({ ok: false, code: 'bad_offer' });
    peers.refusal = { ok: false, code: 'no_webrtc', msg: 'not here' };
    expect(await listeners.connect(CHROMIUM_OFFER)).toMatchObject({ ok: false, code: 'no_webrtc' });
    expect(listeners.count).toBe(0);
    await vi.waitFor(() => expect(media.openPorts.size).toBe(0));
  });

  it('is refused where the settings have none, and is gone when they have none any more', async () => {
    await connect();
    listeners.configure({ ...STREAM, maxBrowsers: 0 });
    expect(listeners.count).toBe(0);
    expect(await listeners.connect(CHROMIUM_OFFER)).toMatchObject({ ok: false, code: 'no_listeners' });
    listeners.configure(null);
    expect(await listeners.connect(CHROMIUM_OFFER)).toMatchObject({ ok: false, code: 'no_listeners' });
  });
});
