// Texts, in and out: answers the `messages:*` events, takes what the gateways deliver, keeps what goes out moving. One
// for the station; constructed by the composition root, woken through its wake-up port.
import type { Action, Message, PersonDocument, Refusal, ServerFrame } from '@openline/protocol';
import { countText, normalizeNumber, refusal } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { AddressBook } from '../ports/address-book.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { MessageRecord, MessageStore } from '../ports/message-store.ts';
import type { NumberPlan } from '../ports/number-plan.ts';
import type { GatewayHealth, SmsGateway, TextReceiver } from '../ports/sms-gateway.ts';
import type { WakeUp } from '../ports/wake-up.ts';
import { IncomingTexts, keywordsOf } from './incoming-texts.ts';
import { OutgoingTexts } from './outgoing-texts.ts';
import { EXPORTED_A_STEP, type PersonalSource } from './personal.ts';
import type { RecordAction, RecordHandler } from './records.ts';
import { oldBefore, type Aging, type RetentionDays } from './retention.ts';
import { FAVORITE, MAX_TAGS, hasTag, withTags, withoutTags } from './tags.ts';
import type { TextsConfig } from './texts-config.ts';

export interface MessagesPorts {
  store: MessageStore;
  broadcaster: Broadcaster;
  clock: Clock;
  ids: Ids;
  wakeUp: WakeUp;
  /** Where what comes in is filed. */
  currentBucket: () => string | null;
  numbers: NumberPlan;
  addressBook: Pick<AddressBook, 'find' | 'namesOf' | 'noteText'>;
  /** A gateway is unwell, or well again. */
  onHealth: (gatewayId: string, health: GatewayHealth) => void;
  onProblem: (problem: unknown) => void;
}

type MessageAction = Extract<RecordAction, { event: (typeof EVENTS)[number] }>;
type ActionOf<E extends MessageAction['event']> = Action & { event: E };

/** To one person, at one time: more than ever happens. */
const MOST_UNDER_WAY = 50;
const EVENTS = [
  'messages:send',
  'messages:delete',
  'messages:favorite',
  'messages:unfavorite',
  'messages:addTags',
  'messages:removeTags',
  'messages:fetch',
] as const;

export class Messages implements RecordHandler, PersonalSource, Aging {
  readonly events = EVENTS;
  readonly #ports: MessagesPorts;
  readonly #incoming: IncomingTexts;
  readonly #outgoing: OutgoingTexts;
  #config: TextsConfig;
  #gateways: readonly SmsGateway[] = [];

  constructor(ports: MessagesPorts, config: TextsConfig) {
    this.#ports = ports;
    this.#config = config;
    const { store, clock, onProblem } = ports;
    this.#incoming = new IncomingTexts({ ...ports, config: () => this.#config });
    this.#outgoing = new OutgoingTexts({
      store,
      now: () => clock.now(),
      config: () => this.#config,
      gateways: () => this.#gateways,
      onChanged: (message) => this.#publish([message]),
      onFree: () => this.wake(),
      onProblem,
    });
  }

  /** Starts the gateways and goes on where the last run stopped. */
  start(gateways: readonly SmsGateway[]): void {
    this.#gateways = gateways;
    for (const gateway of gateways) gateway.start(this.#receiverOf(gateway.id));
    this.#outgoing.resume();
    this.wake();
  }

  /** Other gateways in place of the former ones, which are stopped. */
  replaceGateways(gateways: readonly SmsGateway[]): void {
    const kept = new Set(gateways);
    const known = new Set(this.#gateways);
    for (const gateway of this.#gateways) if (!kept.has(gateway)) gateway.stop();
    this.#gateways = gateways;
    for (const gateway of gateways) if (!known.has(gateway)) gateway.start(this.#receiverOf(gateway.id));
    this.wake();
  }

  stop(): void {
    this.#ports.wakeUp.set(null);
    for (const gateway of this.#gateways) gateway.stop();
  }

  configure(config: TextsConfig): void {
    this.#config = config;
    this.wake();
  }

  /** Does what is due. Called by the wake-up, and whenever there may be something. */
  wake(): void {
    try {
      const at = this.#ports.clock.now();
      this.#publish(this.#incoming.showWaiting(at));
      this.#outgoing.work();
    } catch (problem) {
      this.#ports.onProblem(problem);
    }
    this.#ports.wakeUp.set(earliest(this.#incoming.nextAt(), this.#outgoing.nextAt()));
  }

  act(actions: readonly RecordAction[], by: Author): Refusal[] {
    const done = this.#ports.store.together(() => {
      const result = new Done();
      for (const action of actions) if (isOurs(action)) this.#actOne(action, by, result);
      return result;
    });
    this.#tell(done, by);
    if (done.sent.size > 0) this.wake();
    return done.refusals;
  }

  *exportOf(contactId: string): Generator<Partial<PersonDocument>> {
    const name = this.#nameOf(contactId);
    for (const some of this.#ports.store.partsOfEndpoint(contactId, EXPORTED_A_STEP)) {
      yield { messages: some.map((message) => messageView(message, name)) };
    }
  }

  erasureRefusal(contactId: string): Refusal | null {
    return this.#ports.store.isSendingTo(contactId) ? refusal('text_is_going_out', contactId) : null;
  }

  erase(contactId: string, limit: number): ReturnType<PersonalSource['erase']> {
    this.#ports.store.removeGroupsOf(contactId);
    const messages = this.#ports.store.ofEndpoint(contactId, limit + MOST_UNDER_WAY);
    const ids = messages.filter((message) => !this.#outgoing.isUnderWay(message)).map(({ id }) => id);
    const erased = ids.slice(0, limit);
    return { erased: erased.length, frames: this.#remove(erased) };
  }

  expire(now: number, days: RetentionDays, limit: number): ServerFrame[] {
    const before = oldBefore(now, days.messages);
    return before === null ? [] : this.#remove(this.#ports.store.olderThan(before, limit));
  }

  #remove(ids: readonly string[]): ServerFrame[] {
    if (ids.length === 0) return [];
    this.#ports.store.together(() => ids.forEach((id) => this.#ports.store.remove(id)));
    return [{ event: 'messages:update', data: Object.fromEntries(ids.map((id) => [id, null] as const)) }];
  }

  #nameOf(endpoint: string): string | null {
    return this.#ports.addressBook.find(endpoint)?.name ?? null;
  }

  #actOne(action: MessageAction, by: Author, done: Done): void {
    switch (action.event) {
      case 'messages:send':
        return this.#send(action, done);
      case 'messages:fetch':
        return this.#fetch(action, by);
      case 'messages:delete':
        return this.#delete(action.key, done);
      case 'messages:favorite':
        return this.#tag(action.key, (tags) => withTags(tags, [FAVORITE]), done);
      case 'messages:unfavorite':
        return this.#tag(action.key, (tags) => withoutTags(tags, [FAVORITE]), done);
      case 'messages:addTags':
        return this.#tag(action.key, (tags) => withTags(tags, action.value), done);
      case 'messages:removeTags':
        return this.#tag(action.key, (tags) => withoutTags(tags, action.value), done);
    }
  }

  #send({ key, value }: ActionOf<'messages:send'>, done: Done): void {
    const endpoint = this.#endpointOf(value.endpoint);
    if (endpoint === null) return done.refuse('bad_number', key, { number: value.endpoint });
    const repliedTo = value.reply_to === null ? null : this.#ports.store.find(value.reply_to);
    if (value.reply_to !== null && !repliedTo) {
      return done.refuse('unknown_message', key, { message: value.reply_to });
    }
    const { parts } = countText(value.content);
    const limit = this.#config.maxParts;
    if (parts > limit) {
      return done.refuse('text_too_long', key, { parts: String(parts), limit: String(limit) });
    }
    const forced = value.channel_id === null ? null : this.#lineOfChannel(value.channel_id);
    if (value.channel_id !== null && !forced) {
      return done.refuse('line_without_texts', key, { line: value.channel_id });
    }
    const lineId = forced?.id ?? this.#lineFor(endpoint, repliedTo);
    if (!this.#outgoing.gatewayFor({ lineId, endpoint })) {
      return done.refuse('no_text_line', key, { number: endpoint });
    }
    const line = this.#config.lines.find(({ id }) => id === lineId);
    const at = this.#ports.clock.now();
    const message: MessageRecord = {
      id: this.#ports.ids.next(),
      type: 'sms_out',
      timestamp: at,
      sentAt: null,
      lineId,
      channelId: value.channel_id ?? line?.channelIds[0] ?? null,
      endpoint,
      content: value.content,
      keywords: keywordsOf(endpoint, this.#ports.numbers, this.#nameOf(endpoint)),
      // What answers a text stays beside it.
      bucketId: repliedTo?.bucketId ?? this.#ports.currentBucket(),
      tags: [],
      replyTo: value.reply_to,
      status: 'queued',
      error: null,
      isIncomplete: false,
      parts,
      attempts: 0,
      dueAt: at,
      isAccepted: false,
    };
    this.#ports.store.add(message);
    this.#ports.addressBook.noteText(endpoint, at);
    done.changed.set(message.id, message);
    done.sent.set(key, message.id);
  }

  #delete(id: string, done: Done): void {
    const message = this.#ports.store.find(id);
    if (!message) return done.refuse('unknown_message', id, { message: id });
    if (this.#outgoing.isUnderWay(message)) return done.refuse('text_is_going_out', id);
    this.#ports.store.remove(id);
    done.changed.set(id, null);
  }

  #tag(id: string, change: (tags: readonly string[]) => readonly string[], done: Done): void {
    const message = this.#ports.store.find(id);
    if (!message) return done.refuse('unknown_message', id, { message: id });
    const tags = change(message.tags);
    if (tags === message.tags) return;
    if (tags.length > MAX_TAGS) return done.refuse('too_many_tags', id, { limit: String(MAX_TAGS) });
    const changed = { ...message, tags };
    this.#ports.store.save(changed);
    done.changed.set(id, changed);
  }

  #fetch({ value }: ActionOf<'messages:fetch'>, { client }: Author): void {
    const { tags, ids, from, to, search, limit, cursor, bucket_ids: bucketIds } = value;
    const page = this.#ports.store.fetch({ tags, ids, bucketIds, from, to, search, limit, cursor });
    const names = this.#ports.addressBook.namesOf(page.messages.map(({ endpoint }) => endpoint));
    const messages = page.messages.map((message) =>
      messageView(message, names.get(message.endpoint) ?? null),
    );
    this.#ports.broadcaster.send(
      { to: 'self', client },
      { event: 'messages:list', data: { messages, cursor: page.cursor } },
    );
  }

  /** As it is kept: an account's name, a SIP address, or E.164; null: none of them. */
  #endpointOf(text: string): string | null {
    const trimmed = text.trim();
    if (this.#config.accounts.includes(trimmed)) return trimmed;
    const number = normalizeNumber(trimmed);
    return number === null ? null : this.#ports.numbers.idOf(number);
  }

  #lineOfChannel(channelId: string): TextsConfig['lines'][number] | null {
    const { lines } = this.#config;
    return lines.find(({ id, channelIds }) => id === channelId || channelIds.includes(channelId)) ?? null;
  }

  /** That of the text it answers, of the conversation, of the number's pattern, the default; null: needs none. */
  #lineFor(endpoint: string, repliedTo: MessageRecord | null): string | null {
    const { lines, accounts } = this.#config;
    const carries = (id: string | null): id is string => lines.some((line) => line.id === id);
    if (repliedTo && carries(repliedTo.lineId)) return repliedTo.lineId;
    const former = this.#ports.store.lastLineOf(endpoint);
    if (carries(former)) return former;
    if (accounts.includes(endpoint)) return null;
    const fitting = lines.find(({ patterns }) =>
      patterns.some((pattern) => new RegExp(pattern).test(endpoint)),
    );
    return fitting?.id ?? lines[0]?.id ?? null;
  }

  #receiverOf(gatewayId: string): TextReceiver {
    return {
      onText: (text) => {
        const message = this.#incoming.take(gatewayId, text, this.#ports.clock.now());
        if (message) this.#publish([message]);
        // A part waits for the others from now on.
        else this.#ports.wakeUp.set(earliest(this.#incoming.nextAt(), this.#outgoing.nextAt()));
      },
      onReport: (report) => this.#outgoing.report(report),
      onHealth: (health) => {
        this.#ports.onHealth(gatewayId, health);
        if (health.isWell) this.wake();
      },
    };
  }

  #tell({ changed, sent }: Done, { client }: Author): void {
    if (sent.size > 0) {
      const data = Object.fromEntries(sent);
      this.#ports.broadcaster.send({ to: 'self', client }, { event: 'messages:sent', data });
    }
    this.#broadcast(changed);
  }

  #publish(messages: readonly MessageRecord[]): void {
    this.#broadcast(new Map(messages.map((message) => [message.id, message])));
  }

  #broadcast(changed: ReadonlyMap<string, MessageRecord | null>): void {
    if (changed.size === 0) return;
    const data = Object.fromEntries(
      [...changed].map(([id, message]) => [id, message && this.#view(message)] as const),
    );
    const frame: ServerFrame = { event: 'messages:update', data };
    this.#ports.broadcaster.send({ to: 'all' }, frame);
  }

  #view(message: MessageRecord): Message {
    return messageView(message, this.#nameOf(message.endpoint));
  }
}

/** A text as clients see it. */
function messageView(message: MessageRecord, name: string | null): Message {
  const { id, type, timestamp, endpoint, content, tags, status, error, parts } = message;
  return {
    id,
    type,
    timestamp,
    channel_id: message.channelId,
    endpoint,
    name,
    content,
    bucket_id: message.bucketId,
    tags: [...tags],
    favorite: hasTag(tags, FAVORITE),
    reply_to: message.replyTo,
    status,
    error,
    parts,
    incomplete: message.isIncomplete,
  };
}

/** What one event did, to be told when it is committed. */
class Done {
  readonly refusals: Refusal[] = [];
  /** null: gone. */
  readonly changed = new Map<string, MessageRecord | null>();
  /** Message ids by temp_id. */
  readonly sent = new Map<string, string>();

  refuse(...[code, key, details]: Parameters<typeof refusal>): void {
    this.refusals.push(refusal(code, key, details));
  }
}

function isOurs(action: RecordAction): action is MessageAction {
  return (EVENTS as readonly string[]).includes(action.event);
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
