/** A whole desk on fakes, for tests: one line of callers, users with phones, a clock that a test moves. */
import type { Call, ChannelState, ClientEvent, Refusal, Role, UserState } from '@openline/protocol';
import { parseEvent } from '@openline/protocol';
import type { DeskConfig } from '../config.ts';
import { openDesk } from '../desk.ts';
import type { Author, Desk, DeskAction } from '../desk.ts';
import type { CallId, CallOwner, ExchangeConfig } from '../ports/exchange.ts';
import type { Numbers } from '../ports/numbers.ts';
import type { CurrentBucket } from '../turn.ts';
import { callView } from '../view.ts';
import { FakeBroadcaster } from './fake-broadcaster.ts';
import { FakeExchange } from './fake-exchange.ts';
import { MemoryAudioFiles } from './memory-audio-files.ts';
import { MemoryQuestionStore } from './memory-question-store.ts';
import { MemoryStore } from './memory-store.ts';

export const studioConfig: DeskConfig = {
  lines: [
    {
      id: 'studio',
      label: 'Studio',
      number: '+2201',
      capacity: 3,
      patterns: [],
      canDialNumbers: true,
      sms: false,
      greeting: null,
    },
    {
      id: 'mobile',
      label: 'Mobile',
      number: '+2202',
      capacity: 1,
      patterns: ['^\\+2207'],
      canDialNumbers: true,
      sms: false,
      greeting: 'mobile',
    },
  ],
  users: [
    { id: 'anna', name: 'Anna' },
    { id: 'ben', name: 'Ben' },
  ],
  leveller: { isOn: true, isDucked: false },
  outputs: [],
  dialAllow: ['^\\+220', '^sip:'],
  questionMaxMs: 180_000,
  dumpMs: 3_000,
  thanks: 'bye',
  dialMaxMsADay: 300 * 60_000,
  dialCallsAtOnce: 16,
  hostFeed: 'phone',
  iceServers: [],
};

const exchangeConfig: ExchangeConfig = {
  stationName: 'Radio',
  lines: studioConfig.lines.map(({ id, number }) => ({
    id,
    number,
    trust: [],
    accounts: [],
    register: null,
    gateway: null,
  })),
  phones: [],
  host: null,
  hold: { kind: 'program' },
  outputs: [],
  rtpTimeoutMs: 10_000,
  dialTimeoutMs: 45_000,
  dumpMs: 3_000,
};

/** Seven digits are a national number. */
const gambian: Numbers = {
  toE164: (text) => {
    const [, national] = /^(?:\+?220)?(\d{7})$/.exec(text) ?? [];
    return national === undefined ? null : `+220${national}`;
  },
};

export const studioLine: CallOwner = { kind: 'line', lineId: 'studio' };

export class Studio {
  readonly exchange: FakeExchange;
  readonly store: MemoryStore;
  readonly questions: MemoryQuestionStore;
  readonly audio = new MemoryAudioFiles();
  bucket: CurrentBucket | null = { id: 'morning', greeting: null };
  readonly broadcaster = new FakeBroadcaster();
  readonly problems: unknown[] = [];
  readonly desk: Desk;
  #now = 1_700_000_000_000;
  #idCount = 0;
  readonly #idPrefix: string;

  /** With parts of another studio: its server has died, this is the next one. */
  constructor(
    exchange = new FakeExchange(),
    store = new MemoryStore(),
    config: DeskConfig = studioConfig,
    idPrefix = 'id',
    questions = new MemoryQuestionStore(),
  ) {
    this.questions = questions;
    this.exchange = exchange;
    this.store = store;
    this.#idPrefix = idPrefix;
    this.desk = openDesk(
      {
        exchange,
        store,
        questions,
        audio: this.audio,
        currentBucket: () => this.bucket,
        broadcaster: this.broadcaster,
        clock: { now: () => this.#now },
        numbers: gambian,
        ids: { next: () => `${this.#idPrefix}${(this.#idCount += 1)}` },
        onProblem: (problem) => this.problems.push(problem),
      },
      config,
    );
  }

  /** Exchange up, desk at rest, nothing remembered of the way there. */
  async open(): Promise<this> {
    await this.exchange.start(exchangeConfig, (fact) => this.desk.onFact(fact));
    await this.settle();
    this.broadcaster.clear();
    this.exchange.performed.length = 0;
    return this;
  }

  settle(): Promise<void> {
    return this.exchange.settle();
  }

  wait(ms: number): void {
    this.#now += ms;
  }
  get now(): number {
    return this.#now;
  }

  /** As a client would send it. The first refusal of it, or null. */
  send(
    event: ClientEvent,
    data: unknown,
    client = 'c1',
    role: Role = 'producer',
    eventId: string | null = null,
  ): Refusal | null {
    return this.#send({ client, userId: 'anna', role, eventId }, event, data);
  }

  sendAs(userId: string, event: ClientEvent, data: unknown, client = userId): Refusal | null {
    return this.#send({ client, userId, role: 'producer', eventId: null }, event, data);
  }

  #send(by: Author, event: ClientEvent, data: unknown): Refusal | null {
    const { actions, refusals } = parseEvent(event, data);
    const refused = actions.map((action) => this.desk.act(action as DeskAction, by));
    return [...refusals, ...refused].find((refusal) => refusal !== null) ?? null;
  }

  /** The code of the refusal of a mode, or null. */
  mode(key: string, mode: string, role: Role = 'producer'): string | null {
    return this.send('channelMode', { [key]: mode }, 'c1', role)?.code ?? null;
  }

  channel(id: string): ChannelState {
    const channel = this.desk.state().mixer.channels[id];
    if (!channel) throw new Error(`no channel ${id}`);
    return channel;
  }
  user(id: string): UserState {
    const user = this.desk.state().users[id];
    if (!user) throw new Error(`no user ${id}`);
    return user;
  }

  /** A caller rings on the studio line. */
  async ringing(number?: string): Promise<CallId> {
    const call = this.exchange.callIn(studioLine, number);
    await this.settle();
    return call;
  }

  /** A caller on the studio line, answered into that mode. */
  async caller(mode: string, number?: string): Promise<CallId> {
    const call = await this.ringing(number);
    const record = Object.entries(this.desk.state().mixer.channels).findLast(
      ([, { mode: now }]) => now === 'ring',
    );
    if (!record) throw new Error('nobody rings');
    const refused = this.mode(record[0], mode);
    if (refused) throw new Error(refused);
    await this.settle();
    return call;
  }

  /** A user's phone is registered; `isConnected`: and has called in, so it is off the hook. */
  async phone(userId: string, isConnected = true): Promise<CallId | null> {
    const owner: CallOwner = { kind: 'user', userId };
    this.exchange.setReachable(owner, true);
    const call = isConnected ? this.exchange.callIn(owner, '') : null;
    await this.settle();
    return call;
  }

  /** The exchange's call of a user's phone. */
  phoneOf(userId: string): CallId {
    const call = [...this.exchange.calls.values()].find(
      ({ owner }) => owner.kind === 'user' && owner.userId === userId,
    );
    if (!call) throw new Error(`${userId} has no phone connected`);
    return call.call;
  }

  /** The history as clients see it, newest first. */
  history(): Call[] {
    return this.store.history().map((record) => callView(record, this.#now));
  }

  placeOf(call: CallId): string {
    const place = this.exchange.calls.get(call)?.place;
    if (!place) return 'gone';
    return place.kind === 'private' ? `private ${place.with}` : place.kind;
  }
}
