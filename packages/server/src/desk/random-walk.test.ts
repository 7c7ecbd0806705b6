// The invariants of the desk under everything at once: operators, callers, phones and an exchange whose commands,
// facts and results interleave in any order a real one could produce. Seeded: a failure names its seed and step.
import assert from 'node:assert/strict';
import type { Mirror } from '@openline/client';
import { applyFrame } from '@openline/client';
import type { ChannelState, ClientEvent } from '@openline/protocol';
import { levelToDb } from '@openline/protocol';
import { expect, test } from 'vitest';
import type { CallId, CallOwner } from './ports/exchange.ts';
import { FakeExchange, quiet } from './testing/fake-exchange.ts';
import { Studio, studioConfig, studioLine } from './testing/studio.ts';

const walkConfig = { ...studioConfig, hostFeed: 'webrtc' } as const;
const SEEDS = 12;
const STEPS = 350;
/** So many more in which the operators have nothing in mind but who comes next. */
const SHOWS = 6;

/** mulberry32: small, good enough, the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Walk {
  studio: Studio;
  readonly #random: () => number;
  /** Callers come and wait, and the operators order and take them. */
  readonly #isShow: boolean;
  readonly #log: string[] = [];
  #mirror: Mirror | null = null;
  #seen = 0;
  /** Who is locked on air, by channel; null: unlocked by the last command. */
  #locked = new Map<string, string | null>();
  #generation = 0;

  constructor(seed: number, isShow: boolean) {
    this.#isShow = isShow;
    this.#random = randomFrom(seed);
    this.studio = new Studio(new FakeExchange(), undefined, walkConfig);
    this.studio.exchange.isEager = false;
  }

  async begin(): Promise<void> {
    await this.studio.open();
    this.#newMirror();
  }

  async step(): Promise<void> {
    const moves: [weight: number, move: () => void][] = [
      [30, () => this.#network()],
      [14, () => this.#farEnds()],
      [this.#isShow ? 30 : 14, () => this.#operator()],
      [0.4, () => this.#crash()],
      [0.4, () => this.#restartServer()],
      [0.3, () => this.#line()],
    ];
    const total = moves.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#random() * total;
    for (const [weight, move] of moves) {
      at -= weight;
      if (at < 0) {
        move();
        break;
      }
    }
    await quiet();
    this.studio.wait(Math.floor(this.#random() * 50));
    this.#checkAlways();
  }

  /** Everything on its way arrives; then what is shown is what is heard. */
  async rest(): Promise<void> {
    this.studio.exchange.isEager = true;
    if (!this.studio.exchange.isRunning) this.studio.exchange.comeBack();
    // Each round lets one more phone that was rung for somebody pick up.
    for (let round = 0; round < 6; round += 1) {
      for (const { call, direction } of Array.from(this.studio.exchange.calls.values())) {
        if (direction === 'out') this.studio.exchange.pickUp(call);
        this.studio.exchange.sendMedia(call);
      }
      await this.studio.settle();
    }
    this.#checkAlways();
    this.#checkAtRest();
    this.studio.exchange.isEager = false;
  }

  get trail(): string {
    return this.#log.slice(-25).join('\n');
  }

  #note(text: string): void {
    this.#log.push(text);
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  #network(): void {
    const { exchange } = this.studio;
    const possible = [
      ...(exchange.canCarryOut ? ['carry out'] : []),
      ...(exchange.canTell ? ['tell'] : []),
      ...(exchange.canAnswer ? ['answer'] : []),
    ];
    const choice = this.#pick(possible);
    if (choice) this.#note(choice);
    if (choice === 'carry out') exchange.carryOutNext();
    if (choice === 'tell') exchange.tellNext();
    if (choice === 'answer') exchange.answerNext();
  }

  #farEnds(): void {
    const { exchange } = this.studio;
    if (!exchange.isRunning) return;
    const call = this.#pick([...exchange.calls.values()]);
    const owner = this.#pick<CallOwner>([
      { kind: 'user', userId: 'anna' },
      { kind: 'user', userId: 'ben' },
      { kind: 'host' },
    ]);
    const roll = this.#random();
    this.#note(`far end ${roll.toFixed(2)} ${call?.call ?? ''} ${JSON.stringify(owner)}`);
    if (roll < 0.2 || (this.#isShow && roll < 0.4))
      exchange.callIn(studioLine, `+220${Math.floor(this.#random() * 5)}`);
    else if (roll < 0.27 && owner) exchange.callIn(owner, '');
    else if (roll < 0.4 && owner) exchange.setReachable(owner, this.#random() < 0.8);
    else if (!call) return;
    else if (call.isHeadset && roll < 0.6) exchange.setAway(call.call, this.#random() < 0.5);
    else if (roll < 0.5) exchange.ring(call.call);
    else if (roll < 0.68) exchange.pickUp(call.call);
    else if (roll < 0.86) exchange.sendMedia(call.call);
    else if (roll < 0.9) exchange.hearPrompt(call.call);
    else if (roll < 0.92) exchange.press(call.call, '#');
    else if (roll < 0.93) for (const player of exchange.players.keys()) exchange.endPlaying(player);
    else exchange.end(call.call, this.#pick(['normal', 'no_answer', 'rtp_timeout'] as const));
  }

  #operator(): void {
    const channels = ['studio-1', 'studio-2', 'studio-3', 'mobile-1', 'anna', 'ben'];
    const modes = ['free', 'master', 'on_hold', 'ivr', 'anna', 'ben', 'studio-1', 'studio-2'];
    const key = this.#pick(channels) ?? '';
    const mode = this.#pick(modes) ?? '';
    const flag = this.#random() < 0.5;
    const onAir = this.#oneIn(['master'], key);
    const waiting = this.#oneIn(['ring', 'on_hold', 'ivr'], key);
    const forShow: [string, unknown][] = [
      ...Array.from({ length: 5 }, (): [string, unknown] => [
        'queue:screening',
        { [waiting]: this.#pick(['new', 'talking', 'ready', 'ready', 'ready', 'next']) },
      ]),
      ['queue:priority', { [waiting]: this.#pick([0, 1, 2]) }],
      ['queue:order', channels.slice(0, Math.floor(this.#random() * 5)).toReversed()],
      ...Array.from({ length: 2 }, (): [string, unknown] => ['queue:next', { channel_id: this.#head(key) }]),
      ['queue:onNext', this.#pick(['keep', 'hold', 'drop'])],
      ...Array.from({ length: 2 }, (): [string, unknown] => [
        'channelLock',
        { [onAir]: this.#random() < 0.8 },
      ]),
      ...Array.from({ length: 2 }, (): [string, unknown] => ['channelMode', { [onAir]: mode }]),
      ['channelMode', { [waiting]: this.#pick(['on_hold', 'anna', 'master']) }],
      ['linesBusy', this.#random() < 0.2],
    ];
    const events: [string, unknown][] = [
      ...Array.from({ length: 8 }, (): [string, unknown] => ['channelMode', { [key]: mode }]),
      ['channelMuted', { [key]: flag }],
      ['channelVolume', { [key]: 1 + Math.floor(this.#random() * 100) }],
      ['channelRecording', { [key]: flag }],
      ['channelAutoAnswer', { [key]: this.#pick([null, 'ivr', 'on_hold', 'anna', 'ben', 'master']) }],
      ['channelContactInfo', { [key]: { name: `n${Math.floor(this.#random() * 9)}` } }],
      ['callNumber', { number: '+2207', mode, channel_id: null }],
      ['channelCallNumber', { [key]: { number: '+2209', mode } }],
      ['userRecording', { anna: flag }],
      ['userWhisper', { [this.#pick(['anna', 'ben']) ?? '']: this.#pick([...channels, null]) }],
      ...forShow,
      ...this.#headsets(),
      ...this.#played(),
      ['masterRecording', flag],
      ['masterOnAir', flag],
      ['hostMuted', flag],
    ];
    const [event, data] = this.#pick(this.#isShow ? forShow : events) ?? ['', null];
    const before = this.studio.desk.state();
    const sentBefore = this.studio.broadcaster.sent.length;
    const refusal = this.studio.send(event as 'channelMode', data);
    this.#note(`${event} ${JSON.stringify(data)} ${refusal?.code ?? 'ok'}`);
    if (event === 'channelLock' && !refusal) this.#locked.set(onAir, null);
    if (!refusal) return this.#again(event as 'channelMode', data);
    assert.deepEqual(this.studio.desk.state(), before, 'a refused command changes nothing');
    assert.equal(this.studio.broadcaster.sent.length, sentBefore, 'a refused command broadcasts nothing');
  }

  /** A jingle to air or into Anna's ear. */
  #played(): [string, unknown][] {
    const [player = 'none'] = Object.keys(this.studio.desk.state().mixer.players);
    const to = this.#random() < 0.6 ? 'air' : 'anna';
    const name = this.#random() < 0.8 ? 'jingle' : 'missing';
    return [
      ['media:play', { audio_url: `/audio/${name}.wav`, to }],
      ['media:stop', [player]],
      ['media:volume', { [player]: 1 + Math.floor(this.#random() * 100) }],
    ];
  }

  /** Anna's browser: connects, is away and comes back, goes. */
  #headsets(): [string, unknown][] {
    const mine = [...this.studio.exchange.calls.values()].find(({ isHeadset, tag }) => {
      return isHeadset && (tag['user'] === 'anna' || tag['by'] === 'anna');
    });
    const headset = mine?.call ?? 'none';
    const as = this.#random() < 0.8 ? 'user' : 'host';
    return [
      ['headset:connect', { sdp: 'x', as, replace: this.#random() < 0.5 }],
      ['headset:connect', { sdp: 'x', as: 'user' }],
      ['headset:reconnect', { headset, sdp: 'y' }],
      ['headset:disconnect', { headset }],
    ];
  }

  /** Mostly a caller in one of these modes. */
  #oneIn(modes: readonly string[], otherwise: string): string {
    const channels = Object.entries(this.studio.desk.state().mixer.channels);
    const there = channels.filter(([, { mode, line_id: line }]) => line !== null && modes.includes(mode));
    return this.#random() < 0.8 ? (this.#pick(there)?.[0] ?? otherwise) : otherwise;
  }

  /** Mostly who is next. */
  #head(otherwise: string): string {
    const [head] = this.studio.desk.state().queue.order;
    return this.#random() < 0.8 ? (head ?? otherwise) : otherwise;
  }

  /** What holds already is accepted and says nothing. */
  #again(event: ClientEvent, data: unknown): void {
    const isEachTimeAnother = ['callNumber', 'channelCallNumber', 'media:play'].includes(event);
    if (isEachTimeAnother || event.startsWith('headset:')) return;
    const before = this.studio.desk.state();
    const sentBefore = this.studio.broadcaster.sent.length;
    assert.equal(this.studio.send(event, data, 'c2'), null, `${event} twice is accepted`);
    assert.deepEqual(this.studio.desk.state(), before, `${event} twice changes nothing`);
    assert.equal(this.studio.broadcaster.sent.length, sentBefore, `${event} twice broadcasts nothing`);
  }

  #crash(): void {
    const { exchange } = this.studio;
    this.#note(exchange.isRunning ? 'the engine dies' : 'the engine is back');
    if (exchange.isRunning) exchange.crash();
    else exchange.comeBack();
  }

  #restartServer(): void {
    this.#note('the server is killed and starts again');
    const { exchange, store, questions } = this.studio;
    if (!exchange.isRunning) return;
    exchange.loseServer();
    this.#generation += 1;
    const now = this.studio.now;
    this.studio = new Studio(exchange, store, walkConfig, `g${this.#generation}-`, questions);
    this.studio.wait(now - this.studio.now);
    exchange.reconnect((fact) => this.studio.desk.onFact(fact));
    this.#newMirror();
  }

  #line(): void {
    this.studio.exchange.setLine('studio', this.#random() < 0.3 ? 'down' : 'up');
  }

  #newMirror(): void {
    const you = { user_id: 'ben', name: 'Ben', role: 'viewer' } as const;
    const station = { name: '', settings_changed: null };
    this.#mirror = { ...this.studio.desk.state(), station, server_version: '', server_time: 0, you };
    this.#seen = this.studio.broadcaster.sent.length;
  }

  #checkAlways(): void {
    const { studio } = this;
    // Another client that has only seen the broadcasts has the same state.
    for (const { audience, frame } of studio.broadcaster.sent.slice(this.#seen)) {
      if (audience.to !== 'self') this.#mirror = applyFrame(this.#mirror, frame);
    }
    this.#seen = studio.broadcaster.sent.length;
    const { buckets: _, current_bucket: __, operators: ___, ...state } = studio.desk.state();
    const { mixer, users } = state;
    const mirror = this.#mirror;
    const mirrored = Object.fromEntries(
      (Object.keys(state) as (keyof typeof state)[]).map((name) => [name, mirror?.[name]]),
    );
    assert.deepEqual(mirrored, state, 'the deltas add up to the state');
    this.#checkQueue();
    this.#checkLocks();

    const seen = new Set<CallId>();
    const partners = new Map<string, string[]>();
    for (const [id, channel] of Object.entries(mixer.channels)) {
      if (channel.call_id !== null) {
        assert.ok(!seen.has(channel.call_id), 'no call on two channels');
        seen.add(channel.call_id);
      }
      // A caller left alone is shown with the user until the hold is heard; they are on their way then.
      const isOnItsWay = channel.pending !== null || mixer.channels[channel.mode]?.mode !== id;
      if (channel.mode in users && !isOnItsWay) {
        partners.set(channel.mode, [...(partners.get(channel.mode) ?? []), id]);
      }
      const isUserChannel = channel.direction === 'operator';
      if (isUserChannel && channel.mode in mixer.channels) {
        assert.equal(mixer.channels[channel.mode]?.mode, id, 'a private talk has two sides');
      }
      if (channel.mode === 'free' && !isUserChannel) {
        assert.equal(channel.pending, null, 'a free channel waits for nothing');
      }
      const whisper = users[id]?.whisper ?? null;
      if (whisper !== null) {
        const areOnAir = channel.mode === 'master' && mixer.channels[whisper]?.mode === 'master';
        assert.ok(areOnAir, 'a whisper is between two who are on air');
      }
      this.#checkHeard(id, channel);
      if (channel.mode === 'ivr') assert.ok(!channel.muted, 'nobody is recorded in silence');
    }
    for (const [user, channels] of partners) {
      assert.ok(channels.length <= 1, `${user} has one caller at most`);
    }
    assert.deepEqual(studio.problems, []);
  }

  #checkQueue(): void {
    const { mixer, queue } = this.studio.desk.state();
    const waiting = Object.entries(mixer.channels).filter(([, { screening }]) =>
      ['ready', 'next'].includes(screening ?? ''),
    );
    assert.deepEqual(
      queue.order.toSorted(),
      waiting.map(([id]) => id).toSorted(),
      'the queue is who is ready or next, each once',
    );
    for (const [id, { mode, call_id: callId }] of waiting) {
      assert.ok(callId !== null && !['master', 'free', 'defunct'].includes(mode), `${id} is there and waits`);
    }
    for (const [id, { mode, call_id: callId, direction, screening }] of Object.entries(mixer.channels)) {
      const isNobody = callId === null || direction === 'operator' || mode === 'master';
      if (isNobody) assert.equal(screening, null, `${id} waits for nothing`);
    }
    const next = waiting.filter(([, { screening }]) => screening === 'next').map(([id]) => id);
    assert.deepEqual(next, queue.order.slice(0, next.length), 'one is next at most, and is the head');
    if (queue.by_hand) return;
    const priorities = queue.order.slice(next.length).map((id) => mixer.channels[id]?.priority ?? 0);
    assert.deepEqual(
      priorities,
      priorities.toSorted((a, b) => b - a),
      'priority goes first',
    );
  }

  /** Who was locked on air is there still, unless they hung up or somebody unlocked them. */
  #checkLocks(): void {
    const { exchange, desk } = this.studio;
    const { channels } = desk.state().mixer;
    for (const [id, record] of this.#locked) {
      const channel = channels[id];
      if (record === null || channel?.call_id !== record) continue;
      assert.deepEqual([channel.mode, channel.locked], ['master', true], `${id} stays locked on air`);
      const call = [...exchange.calls.values()].find(({ tag }) => tag['record'] === record)?.call;
      const isHungUp = exchange.performed.some((each) => each.type === 'hangUp' && each.call === call);
      assert.ok(!isHungUp, `${id} is not hung up while it is locked`);
    }
    const locked = Object.entries(channels).filter(([, channel]) => channel.locked);
    for (const [id, { mode }] of locked) assert.equal(mode, 'master', `${id} is on air`);
    this.#locked = new Map(locked.map(([id, { call_id: record }]) => [id, record]));
  }

  /** Nothing is on its way: the sound of the call is where its channel says, if the call is still there. */
  #checkHeard(id: string, { mode, pending, call_id: recordId }: ChannelState): void {
    const expected = { master: 'air', on_hold: 'hold', ivr: 'ivr' }[mode];
    if (expected === undefined || pending !== null || recordId === null) return;
    for (const { tag, place, hasMedia } of this.studio.exchange.calls.values()) {
      if (tag['channel'] !== id || tag['record'] !== recordId) continue;
      // Moved to somebody whose end was told before the move was: they are on their way.
      if (place.kind === 'private' && !this.studio.exchange.calls.has(place.with)) continue;
      assert.deepEqual([place.kind, hasMedia], [expected, true], `${id} is heard where it is shown`);
    }
  }

  #checkAtRest(): void {
    const { exchange, desk, store } = this.studio;
    const { mixer } = desk.state();
    const shown = Object.entries(mixer.channels);
    for (const [id, channel] of shown) assert.equal(channel.pending, null, `${id} has arrived`);
    const played = [...exchange.players.values()];
    assert.deepEqual(
      Object.entries(mixer.players).map(([id, { level }]) => [id, levelToDb(level)]),
      played.map(({ player, levelDb }) => [player, levelDb]),
      'what is shown as played is what is played, as loud',
    );
    const known = new Set<CallId>();
    for (const call of exchange.calls.values()) {
      known.add(call.call);
      const { place } = call;
      if (call.owner.kind === 'host') {
        assert.equal(place.kind, 'host');
        continue;
      }
      const id = call.owner.kind === 'user' ? call.owner.userId : call.tag['channel'];
      const mode = mixer.channels[String(id)]?.mode;
      if (call.state === 'offered') {
        assert.equal(mode, 'ring');
        continue;
      }
      const partner = place.kind === 'private' ? exchange.calls.get(place.with) : undefined;
      const partnerName =
        partner?.owner.kind === 'user' ? partner.owner.userId : String(partner?.tag['channel'] ?? 'nobody');
      const heard = {
        air: 'master',
        hold: 'on_hold',
        ivr: 'ivr',
        monitor: 'free',
        private: partnerName,
        silence: 'silence',
        tone: 'tone',
        host: 'host',
      }[place.kind];
      assert.equal(mode, heard, `what ${String(id)} shows is where its sound is`);
      assert.equal(
        call.levels.isInMuted,
        mixer.channels[String(id)]?.muted,
        `${String(id)} is muted as shown`,
      );
    }
    const open = [...store.calls.values()].filter(
      ({ endedAt, channelId }) => endedAt === null && channelId !== null,
    );
    const withCall = shown.flatMap(([, { call_id: callId }]) => (callId === null ? [] : [callId]));
    const listeners = open.filter(({ direction }) => direction !== null).map(({ id }) => id);
    assert.deepEqual(
      listeners.toSorted(),
      withCall.toSorted(),
      'the open records are those of the calls that are up',
    );
    const asked = this.studio.questions.open().map(({ id }) => id);
    const running = [...store.calls.values()].flatMap(({ recordings }) =>
      recordings.filter(({ durationMs }) => durationMs === null).map(({ id }) => id),
    );
    assert.deepEqual(
      running.toSorted(),
      [...exchange.recordings.keys()].filter((id) => !asked.includes(id)).toSorted(),
      'what is recorded is in the records',
    );
    const inIvr = [...exchange.calls.values()].filter(
      ({ place, recordings }) => place.kind === 'ivr' && place.step === 'question' && recordings.length > 0,
    );
    assert.equal(asked.length, inIvr.length, 'who is in ivr is asked one question');
    for (const [id, { whisper }] of Object.entries(desk.state().users)) {
      const phone = [...exchange.calls.values()].find(({ tag }) => tag['user'] === id);
      const listener = phone?.whisper ? exchange.calls.get(phone.whisper) : undefined;
      const heardBy = listener?.tag['user'] ?? listener?.tag['channel'] ?? null;
      assert.equal(whisper, heardBy, `${id} is heard by whom they are shown to whisper to`);
    }
  }
}

async function walk(seed: number, isShow: boolean): Promise<void> {
  const walker = new Walk(seed, isShow);
  await walker.begin();
  for (let step = 1; step <= STEPS; step += 1) {
    try {
      await walker.step();
      if (step % 50 === 0) await walker.rest();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`seed ${seed}, step ${step}: ${why}\n${walker.trail}`, { cause: error });
    }
  }
}

test.each(Array.from({ length: SEEDS + SHOWS }, (_, index) => index + 1))(
  'seed %i holds every invariant',
  async (seed) => {
    await expect(walk(seed, seed > SEEDS)).resolves.toBeUndefined();
  },
);
