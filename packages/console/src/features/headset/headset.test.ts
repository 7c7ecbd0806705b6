import type { ServerFrame } from '@openline/protocol';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Headset, type HeadsetParts } from './headset.ts';
import type { MicrophoneResult } from './microphone.ts';
import type { PeerLinkOptions } from './peer-link.ts';

const kept = new Map<string, string>();
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};

/** The server of a page, and the parts of its browser. */
class Rig {
  readonly asked: { event: string; data: unknown }[] = [];
  /** What the next event of that name is answered. */
  readonly refusals = new Map<string, { code: string; msg: string }>();
  readonly links: PeerLinkOptions[] = [];
  readonly wanted: { isProcessed: boolean; microphone: string | null }[] = [];
  readonly #timers: (() => void)[] = [];
  microphone: MicrophoneResult = { ok: true, stream: new FakeStream() as unknown as MediaStream };
  isLive = true;
  isHeardElsewhere = false;
  readonly headset: Headset;
  #onFrame: (frame: ServerFrame) => void = () => undefined;
  #offers = 0;
  #lastId = 0;

  constructor() {
    const ask = (event: string, data: unknown) => {
      this.asked.push({ event, data });
      this.#lastId += 1;
      const refusal = this.refusals.get(event);
      this.refusals.delete(event);
      const id = String(this.#lastId);
      if (refusal) return Promise.resolve({ ok: false, id, error: refusal });
      const answer = event === 'headset:servers' ? { servers: [] } : undefined;
      return Promise.resolve({ ok: true, id, answer });
    };
    this.headset = new Headset({
      controls: {
        ask: ask as unknown as HeadsetParts['controls']['ask'],
        onFrame: (handler) => {
          this.#onFrame = handler;
          return () => undefined;
        },
      },
      isLive: () => this.isLive,
      isHeardByHeadset: () => this.isHeardElsewhere,
      openMicrophone: (taste) => {
        this.wanted.push(taste);
        return Promise.resolve(this.microphone);
      },
      openPeerLink: (options) => {
        this.links.push(options);
        return {
          offer: () => Promise.resolve(`offer ${(this.#offers += 1)}`),
          take: () => Promise.resolve(),
          addCandidate: () => undefined,
          send: () => Promise.resolve(),
          close: () => undefined,
        };
      },
      createSpeaker: () => ({ play: () => undefined, use: () => Promise.resolve(), stop: () => undefined }),
      meterOf: () => () => undefined,
      afterMs: (_, act) => void this.#timers.push(act),
    });
    this.headset.open();
  }

  get events(): string[] {
    return this.asked.map(({ event }) => event);
  }

  tell(frame: unknown): void {
    this.#onFrame(frame as ServerFrame);
  }

  /** The server answers what was asked last. */
  async answer(headset = 'h1'): Promise<void> {
    await settled();
    this.tell({ event: 'headset:answer', id: String(this.#lastId), data: { headset, sdp: 'answer' } });
    await settled();
  }

  async connected(): Promise<this> {
    const connecting = this.headset.connect('user');
    await this.answer();
    await connecting;
    this.links.at(-1)?.onPath('open');
    return this;
  }

  async timePasses(): Promise<void> {
    for (const act of this.#timers.splice(0)) act();
    await settled();
  }
}

class FakeStream {
  readonly track = new EventTarget();
  getTracks() {
    return [Object.assign(this.track, { stop: () => undefined })];
  }
  getAudioTracks() {
    return this.getTracks();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

let rig: Rig;

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', storage);
  vi.stubGlobal('sessionStorage', storage);
  rig = new Rig();
});

describe('the headset of a page', () => {
  test('is connected by one call, and says how it stands on the way', async () => {
    const seen: string[] = [];
    rig.headset.subscribe(() => seen.push(rig.headset.view.phase));
    await rig.connected();
    expect([...new Set(seen)]).toEqual(['asking', 'connecting', 'connected']);
    expect(rig.events).toEqual(['headset:servers', 'headset:connect']);
    expect(rig.asked[1]?.data).toEqual({ sdp: 'offer 1', as: 'user', replace: false });
  });

  test('sends its candidates when the server has given it a name, and not before', async () => {
    const connecting = rig.headset.connect('user');
    await settled();
    rig.links[0]?.onCandidate('c1', '0');
    expect(rig.events).not.toContain('headset:candidate');
    await rig.answer();
    await connecting;
    rig.links[0]?.onCandidate('c2', '0');
    const candidates = rig.asked.filter(({ event }) => event === 'headset:candidate').map(({ data }) => data);
    expect(candidates).toEqual([
      { headset: 'h1', candidate: 'c1', mid: '0' },
      { headset: 'h1', candidate: 'c2', mid: '0' },
    ]);
  });

  test('lets the browser work on the sound of a user, as they like it, and never on that of the studio desk', async () => {
    await rig.connected();
    await rig.headset.choose({ isProcessed: false });
    await rig.headset.choose({ isProcessed: true });
    const asHost = rig.headset.connect('host');
    await rig.answer('h2');
    await asHost;
    expect(rig.wanted.map(({ isProcessed }) => isProcessed)).toEqual([true, false, true, false]);
    expect(rig.events).toContain('headset:disconnect');
  });

  test.each(['insecure', 'noPermission', 'noMicrophone'] as const)(
    'says %s and asks the server nothing',
    async (trouble) => {
      rig.microphone = { ok: false, trouble };
      await rig.headset.connect('user');
      expect(rig.headset.view).toMatchObject({ phase: 'off', trouble });
      expect(rig.events).toEqual([]);
      rig.headset.forgive();
      expect(rig.headset.view.trouble).toBeNull();
    },
  );

  test('asks for another way when its network stays away, under the same name', async () => {
    await rig.connected();
    rig.links[0]?.onPath('away');
    expect(rig.headset.view).toMatchObject({ phase: 'reconnecting', trouble: 'noNetwork' });
    expect(rig.events).not.toContain('headset:reconnect');
    await rig.timePasses();
    expect(rig.asked.at(-1)).toEqual({ event: 'headset:reconnect', data: { headset: 'h1', sdp: 'offer 2' } });
    await rig.answer();
    rig.links[0]?.onPath('open');
    expect(rig.headset.view).toMatchObject({ phase: 'connected', trouble: null });
    expect(rig.links).toHaveLength(1);
  });

  test('asks for nothing when the network is back by itself', async () => {
    await rig.connected();
    rig.links[0]?.onPath('away');
    rig.links[0]?.onPath('open');
    await rig.timePasses();
    expect(rig.events).not.toContain('headset:reconnect');
  });

  test('tells a server that it reaches anew where it is, and goes on meanwhile', async () => {
    await rig.connected();
    rig.tell({ event: 'initialize', data: {} });
    await settled();
    expect(rig.events.at(-1)).toBe('headset:reconnect');
    expect(rig.headset.view.phase).toBe('connected');
  });

  test('connects anew where the server has forgotten it', async () => {
    await rig.connected();
    rig.refusals.set('headset:reconnect', { code: 'unknown_headset', msg: 'Gone.' });
    rig.tell({ event: 'initialize', data: {} });
    await rig.answer('h2');
    expect(rig.events.slice(-3)).toEqual(['headset:reconnect', 'headset:servers', 'headset:connect']);
    rig.links.at(-1)?.onPath('open');
    expect(rig.headset.view.phase).toBe('connected');
  });

  test('does not take the place back from a newer headset of the same user', async () => {
    await rig.connected();
    rig.isHeardElsewhere = true;
    rig.refusals.set('headset:reconnect', { code: 'unknown_headset', msg: 'Gone.' });
    rig.tell({ event: 'initialize', data: {} });
    await settled();
    expect(rig.headset.view).toMatchObject({ phase: 'off', trouble: 'replaced' });
    rig = await new Rig().connected();
    rig.tell({ event: 'headset:ended', data: { headset: 'h1', why: 'replaced' } });
    expect(rig.headset.view).toMatchObject({ phase: 'off', trouble: 'replaced' });
  });

  test('tries until the engine is there again', async () => {
    await rig.connected();
    rig.tell({ event: 'headset:ended', data: { headset: 'h1', why: 'failed' } });
    rig.refusals.set('headset:connect', { code: 'exchange_down', msg: 'Down.' });
    await rig.timePasses();
    expect(rig.headset.view.phase).toBe('reconnecting');
    await rig.timePasses();
    await rig.answer('h2');
    rig.links.at(-1)?.onPath('open');
    expect(rig.headset.view.phase).toBe('connected');
  });

  test('ends, and says why, when it is refused', async () => {
    rig.refusals.set('headset:connect', { code: 'host_taken', msg: 'Ben is connected as the studio desk.' });
    await rig.headset.connect('host');
    expect(rig.headset.view).toMatchObject({
      phase: 'off',
      trouble: 'refused',
      words: 'Ben is connected as the studio desk.',
    });
  });

  test('ends when the engine cannot do it after all', async () => {
    const connecting = rig.headset.connect('user');
    await connecting;
    const data = { event: 'headset:connect', code: 'exchange_failed', msg: 'No such codec.' };
    rig.tell({ event: 'event_error', id: String(rig.asked.length), data });
    expect(rig.headset.view).toMatchObject({ phase: 'off', trouble: 'refused', words: 'No such codec.' });
  });

  test('hangs up and is connected no more', async () => {
    await rig.connected();
    await rig.headset.hangUp();
    expect(rig.asked.at(-1)).toEqual({ event: 'headset:disconnect', data: { headset: 'h1' } });
    expect(rig.headset.view).toMatchObject({ phase: 'off', trouble: null });
    rig.headset.resume();
    expect(rig.headset.view.phase).toBe('off');
  });

  test('leaves nothing connected when it is hung up before the server has answered', async () => {
    const connecting = rig.headset.connect('user');
    await settled();
    await rig.headset.hangUp();
    await connecting;
    expect(rig.events).toEqual(['headset:servers', 'headset:connect']);
    rig.tell({ event: 'headset:answer', id: '2', data: { headset: 'h1', sdp: 'answer' } });
    await settled();
    expect(rig.asked.at(-1)).toEqual({ event: 'headset:disconnect', data: { headset: 'h1' } });
    expect(rig.headset.view.phase).toBe('off');
  });

  test('leaves nothing connected when it becomes the studio desk just after its page was loaded again', async () => {
    await rig.connected();
    rig.headset.close();
    const loaded = new Rig();
    loaded.headset.resume();
    await loaded.headset.connect('host');
    const ended = loaded.asked.filter(({ event }) => event === 'headset:disconnect');
    expect(ended).toEqual([{ event: 'headset:disconnect', data: { headset: 'h1' } }]);
  });

  test('is connected again on a page that is loaded again', async () => {
    await rig.connected();
    const next = new Rig();
    next.headset.resume();
    await next.answer('h2');
    expect(next.events).toEqual(['headset:servers', 'headset:connect']);
  });

  test('says that nobody hears when the microphone is unplugged, and takes another as soon as there is one', async () => {
    const stream = new FakeStream();
    rig.microphone = { ok: true, stream: stream as unknown as MediaStream };
    await rig.connected();
    rig.microphone = { ok: false, trouble: 'noMicrophone' };
    stream.track.dispatchEvent(new Event('ended'));
    await settled();
    expect(rig.headset.view).toMatchObject({ phase: 'connected', trouble: 'unplugged' });
    rig.microphone = { ok: true, stream: new FakeStream() as unknown as MediaStream };
    await rig.headset.choose({ microphone: 'other' });
    expect(rig.headset.view.trouble).toBeNull();
  });
});
