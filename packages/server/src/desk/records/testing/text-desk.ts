/** Texts with everything around them in memory: a clock moved by hand, a gateway that says what it is told to. */
import { parseEvent, type ClientEvent, type Message, type Refusal } from '@openline/protocol';
import { createNumberPlan } from '../../../numbers/number-plan.ts';
import type { Author } from '../../model.ts';
import type { PersonRecord } from '../../ports/address-book.ts';
import { FakeBroadcaster } from '../../testing/fake-broadcaster.ts';
import { FakeSmsGateway } from '../../testing/fake-sms-gateway.ts';
import { MemoryMessageStore } from '../../testing/memory-message-store.ts';
import { Messages } from '../messages.ts';
import type { RecordAction } from '../records.ts';
import type { TextsConfig } from '../texts-config.ts';

export const anna: Author = { client: 'c1', userId: 'anna', role: 'producer', eventId: null };

export const textsConfig: TextsConfig = {
  lines: [
    { id: 'studio', channelIds: ['studio-1', 'studio-2'], patterns: [] },
    { id: 'senegal', channelIds: ['senegal-1'], patterns: ['^\\+221'] },
  ],
  accounts: ['anna-phone'],
  retryLimit: 100,
  maxParts: 12,
  tagRules: [
    { word: 'VOTE', tag: 'vote' },
    { word: 'song', tag: 'Request' },
  ],
};

const awa: PersonRecord = {
  id: '+2207000001',
  name: 'Awa',
  location: null,
  notes: null,
  properties: {},
  tags: [],
  isBlocked: false,
  firstAt: null,
  lastAt: null,
  lastCallAt: null,
  calls: 0,
  blockedCalls: 0,
  texts: 0,
  onAirMs: 0,
};

export class TextDesk {
  readonly broadcaster = new FakeBroadcaster();
  readonly gateway: FakeSmsGateway;
  readonly store: MemoryMessageStore;
  readonly problems: unknown[] = [];
  readonly health: { gatewayId: string; isWell: boolean }[] = [];
  readonly texts: string[] = [];
  messages: Messages;
  at = 1_700_000_000_000;
  bucket: string | null = 'b1';
  #wakeAt: number | null = null;
  #idCount = 0;

  constructor(gateway = new FakeSmsGateway(), store = new MemoryMessageStore()) {
    this.gateway = gateway;
    this.store = store;
    this.messages = this.#open();
    this.messages.start([gateway]);
  }

  /** As after a crash: what is under way is forgotten, what is stored is not. */
  restart(): void {
    this.#wakeAt = null;
    this.messages = this.#open();
    this.messages.start([this.gateway]);
  }

  do(event: ClientEvent, data: unknown, by: Author = anna): Refusal[] {
    const { actions, refusals } = parseEvent(event, data);
    return [...refusals, ...this.messages.act(actions as RecordAction[], by)];
  }

  /** Sends one text; its id. */
  send(content: string, more: object = {}): string {
    const refusals = this.do('messages:send', {
      t1: { type: 'sms_out', endpoint: '7000001', content, ...more },
    });
    if (refusals.length > 0) throw new Error(JSON.stringify(refusals));
    return this.broadcaster.dataOf('messages:sent').at(-1)?.['t1'] ?? '';
  }

  /** Lets promises run, without time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }

  /** Time passes; whoever wanted to be woken is. */
  async pass(ms: number): Promise<void> {
    const end = this.at + ms;
    await this.settle();
    while (this.#wakeAt !== null && this.#wakeAt <= end) {
      this.at = Math.max(this.at, this.#wakeAt);
      this.#wakeAt = null;
      this.messages.wake();
      await this.settle();
    }
    this.at = end;
  }

  /** As clients see them: the last of each. */
  shown(): Message[] {
    const last = new Map<string, Message | null>();
    for (const update of this.broadcaster.dataOf('messages:update')) {
      for (const [id, message] of Object.entries(update)) last.set(id, message);
    }
    return [...last.values()].filter((message) => message !== null);
  }
  statuses(id: string): string[] {
    return this.broadcaster.dataOf('messages:update').flatMap((update) => update[id]?.status ?? []);
  }

  #open(): Messages {
    return new Messages(
      {
        store: this.store,
        broadcaster: this.broadcaster,
        clock: { now: () => this.at },
        ids: { next: () => `id-${(this.#idCount += 1)}` },
        wakeUp: { set: (at) => void (this.#wakeAt = at) },
        currentBucket: () => this.bucket,
        numbers: createNumberPlan(() => 'GM'),
        addressBook: {
          find: (id) => (id === awa.id ? awa : null),
          namesOf: (ids) => new Map(ids.includes(awa.id) && awa.name ? [[awa.id, awa.name]] : []),
          noteText: (endpoint) => void this.texts.push(endpoint),
        },
        onHealth: (gatewayId, { isWell }) => void this.health.push({ gatewayId, isWell }),
        onProblem: (problem) => void this.problems.push(problem),
      },
      textsConfig,
    );
  }
}
