/**
 * The load of the crash test: one console that writes one thing after another of what is stored, and enters in the ledger
 * what it was promised. Every console has things of its own, so that only it changes them.
 */
import type { ClientEvent, Person, ServerFrame } from '@openline/protocol';
import {
  CrashPeople,
  DELIVERED,
  kinds,
  newText,
  personOf,
  SENDER,
  thingOf,
  type Kind,
} from './crash-people.ts';
import type { Change, Ledger, Write } from './ledger.ts';
import type { Observer, Reply } from './observer.ts';
import type { Random } from './random.ts';

interface Asked {
  event: ClientEvent;
  data: unknown;
  changes: readonly Change[];
}

export type Card = Pick<Person, 'name' | 'location' | 'notes' | 'properties' | 'tags' | 'blocked'>;
/** By channel. */
type ScreenersCards = Record<string, { name: string; notes: string; mood: number }>;

interface SentCard {
  number: string;
  name: string;
  notes: string;
}

interface BucketSeen {
  name: string;
  isArchived: boolean;
}

const EMPTY: Card = { name: null, location: null, notes: null, properties: {}, tags: [], blocked: false };
const MOST_BUCKETS = 8;
const CHANNELS = 4;
/** Refusals that say nothing of the store: the thing is just not to be had in this state. */
const NOT_NOW = new Set(['call_is_up', 'channel_free', 'text_is_going_out', 'exchange_down']);
/** What no client should ever read when it asks for what there is. */
const NEVER = new Set(['not_available', 'server_error', 'bad_data', 'forbidden']);

export class CrashLoad {
  readonly #index: number;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #people: CrashPeople;
  readonly #buckets: string[] = [];
  #client: Observer | null = null;
  /** The card on a channel whose ack has not come. */
  #cardUnderWay: SentCard | null = null;
  /** Acknowledged, but not to whom they were meant: to whom they went is not always told before the ack. */
  readonly #strayCards: SentCard[] = [];
  /** To whom it went, as everybody was told: who is on the channel when the ack comes may be somebody else again. */
  #cardWentTo: string | null = null;
  #count = 0;
  /** How often each event was taken. */
  readonly taken = new Map<ClientEvent, number>();

  constructor(index: number, random: Random, ledger: Ledger) {
    this.#index = index;
    this.#random = random;
    this.#ledger = ledger;
    this.#people = new CrashPeople(index, random, ledger);
  }

  /** Until the connection ends. */
  async run(client: Observer): Promise<void> {
    this.#client = client;
    this.#tellStart(client);
    client.onFact((frame) => {
      this.#people.take(frame);
      this.#followCard(frame);
    });
    while (!client.isClosed) {
      const asked = this.#next();
      const write = this.#ledger.begin(asked.changes);
      this.#cardUnderWay = cardSent(asked);
      this.#cardWentTo = null;
      let reply: Reply;
      try {
        reply = await client.send(asked.event, asked.data);
      } catch {
        return;
      }
      this.#take(asked, write, reply);
    }
  }

  /** Before the ledger is checked against what was found: the card under way may have gone to who came to the channel. */
  noteStrayCards(found: ReadonlyMap<string, unknown>): void {
    const sent = [
      ...this.#strayCards.splice(0),
      ...(this.#cardUnderWay === null ? [] : [this.#cardUnderWay]),
    ];
    this.#cardUnderWay = null;
    for (const [thing, card] of found) {
      if (!thing.startsWith('person ')) continue;
      // The name may have been written over by who looks after them, in the same moment.
      const { name, notes } = (card ?? EMPTY) as Card;
      const isStray = (stray: SentCard) =>
        thing !== personOf(stray.number) && (name === stray.name || notes === stray.notes);
      if (sent.some(isStray)) this.#ledger.doubt(thing);
    }
  }

  #take(asked: Asked, write: Write, { ack, own }: Reply): void {
    if (!ack.ok) {
      this.#ledger.refuse(write);
      const { code } = ack.error;
      const isAllowed = write.changes.length === 0 ? !NEVER.has(code) : NOT_NOW.has(code);
      if (!isAllowed) throw new Error(`${JSON.stringify(asked)}: ${code}, ${ack.error.msg}`);
      return;
    }
    if (asked.event === 'channelContactInfo') this.#noteCard(asked, write);
    else this.#ledger.acknowledge(write);
    this.taken.set(asked.event, (this.taken.get(asked.event) ?? 0) + 1);
    for (const frame of own) {
      if (frame.event !== 'buckets:created') continue;
      const [{ thing } = { thing: '' }] = write.changes;
      for (const id of Object.values(frame.data)) {
        this.#buckets.push(id);
        this.#ledger.tell(`bucket ${id}`, { name: thing.slice('new bucket '.length), isArchived: false });
      }
    }
  }

  /** Another caller may have come to the channel before it: then the card is theirs. */
  #noteCard({ data }: Asked, write: Write): void {
    const [channel = ''] = Object.keys(data as ScreenersCards);
    const shown = this.#client?.state?.mixer.channels[channel]?.contact?.number ?? '';
    const number = this.#cardWentTo ?? shown;
    if (write.changes.some(({ thing }) => thing === personOf(number))) return this.#ledger.acknowledge(write);
    this.#ledger.refuse(write);
    if (this.#cardUnderWay !== null) this.#strayCards.push(this.#cardUnderWay);
    // Who looks after them may be writing a card of theirs at the same time.
    if (number !== '') this.#ledger.doubt(personOf(number));
  }

  #followCard(frame: ServerFrame): void {
    const name = this.#cardUnderWay?.name;
    if (frame.event !== 'contacts:update' || name === undefined) return;
    const theirs = Object.entries(frame.data).find(([, person]) => person?.name === name);
    if (theirs) this.#cardWentTo = theirs[0];
  }

  /** What was there before anybody wrote. */
  #tellStart({ state }: Observer): void {
    const start = { 'current bucket': state?.current_bucket, 'master level': state?.mixer.master.level };
    const channel = this.#channel();
    const level = state?.mixer.channels[channel]?.level;
    for (const [thing, value] of Object.entries({ ...start, [`level ${channel}`]: level })) {
      if (this.#ledger.known(thing) === null) this.#ledger.tell(thing, value);
    }
  }

  #next(): Asked {
    this.#count += 1;
    const roll = this.#random.next();
    if (roll < 0.1) return this.#fader();
    if (roll < 0.22) return this.#call();
    if (roll < 0.36) return this.#person();
    if (roll < 0.42) return this.#cardOnChannel() ?? this.#person();
    if (roll < 0.52) return this.#bucket();
    if (roll < 0.64) return this.#text();
    if (roll < 0.68) return this.#erasure();
    const kind = this.#random.pick(kinds) ?? 'message';
    if (roll < 0.72) return this.#deletion(kind) ?? this.#text();
    return this.#tagging(kind) ?? this.#text();
  }

  /** Its own; the master's and the current bucket are the first console's. */
  #fader(): Asked {
    const level = 1 + this.#random.below(100);
    const channel = this.#channel();
    const roll = this.#random.next();
    if (roll < 0.3 && this.#index === 0) {
      return one('masterVolume', level, 'master level', level);
    }
    if (roll < 0.6) return one('channelVolume', { [channel]: level }, `level ${channel}`, level);
    const mode = this.#random.pick(['ivr', 'on_hold', 'master', null]) ?? null;
    return one('channelAutoAnswer', { [channel]: mode }, `autoanswer ${channel}`, mode);
  }

  /** Callers are moved about: questions begin and end, calls are recorded. Nothing of it is promised by the ack. */
  #call(): Asked {
    const channel = `studio-${1 + this.#random.below(CHANNELS)}`;
    if (this.#random.chance(0.2)) {
      return { event: 'channelRecording', data: { [channel]: this.#random.chance(0.5) }, changes: [] };
    }
    const mode = this.#random.pick(['ivr', 'ivr', 'on_hold', 'master', 'free']);
    return { event: 'channelMode', data: { [channel]: mode }, changes: [] };
  }

  #person(): Asked {
    const number = this.#someNumber();
    const isKnown = this.#ledger.known(personOf(number)) !== null;
    // Who has called keeps a card: the sums stand on it.
    if (isKnown && !this.#people.hasSums(number) && this.#random.chance(0.3)) {
      return one('contacts:delete', [number], personOf(number), null);
    }
    const given = { name: this.#word('N'), ...this.#someOf({ tags: [this.#tag()], blocked: true }) };
    const all = {
      ...given,
      ...this.#someOf({ location: this.#word('L'), properties: { mood: this.#count } }),
    };
    return one('contacts:save', { [number]: all }, personOf(number), cardAfter(this.#card(number), all));
  }

  /** The screener's, of a caller who is this console's. */
  #cardOnChannel(): Asked | null {
    const entries = Object.entries(this.#client?.state?.mixer.channels ?? {});
    const ours = entries.filter(([, { contact }]) => this.#people.hasSums(contact?.number ?? ''));
    const [channel, state] = this.#random.pick(ours) ?? [];
    const number = state?.contact?.number;
    if (channel === undefined || number === undefined) return null;
    const written = { name: this.#word('S'), notes: this.#word('notes'), mood: this.#count };
    const value = cardWritten(this.#card(number), written);
    return one('channelContactInfo', { [channel]: written }, personOf(number), value);
  }

  #bucket(): Asked {
    const id = this.#random.pick(this.#buckets);
    if (id === undefined || this.#buckets.length < MOST_BUCKETS) {
      const name = this.#word('B');
      return one('buckets:create', { t: { name } }, `new bucket ${name}`, 1);
    }
    const bucket = this.#ledger.known(`bucket ${id}`) as BucketSeen;
    const isCurrent = this.#ledger.known('current bucket') === id;
    const roll = this.#random.next();
    if (roll < 0.3 && this.#index === 0 && !bucket.isArchived) {
      return one('currentBucketUpdate', id, 'current bucket', id);
    }
    if (roll < 0.6 && !isCurrent) {
      const isArchived = !bucket.isArchived;
      return one('buckets:archive', { [id]: isArchived }, `bucket ${id}`, { ...bucket, isArchived });
    }
    const name = `${bucket.name.split(' ')[0]} ${this.#count}`;
    return one('buckets:rename', { [id]: name }, `bucket ${id}`, { ...bucket, name });
  }

  /** One or two at once: both are stored, or neither. */
  #text(): Asked {
    const endpoint = this.#someNumber();
    const contents = [this.#word('T'), ...(this.#random.chance(0.3) ? [this.#word('T2')] : [])];
    const text = { type: 'sms_out', endpoint, channel_id: null, reply_to: null };
    const data = Object.fromEntries(contents.map((content, at) => [`t${at}`, { ...text, content }]));
    const changes = contents.map((content) => ({ thing: newText(content), value: 1 }));
    const sums = this.#people.sumsAfter(endpoint, { texts: contents.length });
    this.#people.noteTexts(endpoint, contents);
    return { event: 'messages:send', data, changes: [...changes, ...sums] };
  }

  #erasure(): Asked {
    const number = this.#someNumber();
    const changes = this.#people.allOf(number);
    const isThere = changes.some(({ thing }) => this.#ledger.known(thing) !== null);
    return isThere ? { event: 'contacts:erase', data: [number], changes } : this.#person();
  }

  #deletion(kind: Kind): Asked | null {
    const record = this.#people.some(kind);
    // A text that was delivered may be delivered again: nobody could say whether it was lost.
    if (!record || record.content?.startsWith(DELIVERED)) return null;
    const { id, number, content } = record;
    const gone = [thingOf(kind, id), ...(content === null ? [] : [newText(content)])];
    const changes = gone.map((thing) => ({ thing, value: null }));
    const sums = kind === 'call' ? this.#people.sumsAfter(number, { entries: -1 }) : [];
    return { event: `${kind}s:delete`, data: [id], changes: [...changes, ...sums] };
  }

  /** Up to three at once, by tag or as favourites. */
  #tagging(kind: Kind): Asked | null {
    const picked = [1, 2, 3].flatMap(() => this.#people.some(kind)?.id ?? []);
    const ids = [...new Set(picked)];
    if (ids.length === 0) return null;
    const isFavorite = this.#random.chance(0.4);
    const isAdded = this.#random.chance(0.6);
    const tag = isFavorite ? 'favorite' : this.#tag();
    const changes = ids.map((id) => {
      const thing = thingOf(kind, id);
      const others = (this.#ledger.known(thing) as string[]).filter((each) => each !== tag);
      return { thing, value: isAdded ? [...others, tag].toSorted() : others };
    });
    if (isFavorite) return { event: `${kind}s:${isAdded ? 'favorite' : 'unfavorite'}`, data: ids, changes };
    const data = { [kind === 'message' ? 'message_ids' : 'ids']: ids, tags: [tag] };
    return { event: `${kind}s:${isAdded ? 'addTags' : 'removeTags'}`, data, changes };
  }

  #channel(): string {
    return `studio-${this.#index + 1}`;
  }

  #someNumber(): string {
    const caller = this.#random.chance(0.5) ? this.#people.caller() : undefined;
    return caller === undefined || caller === SENDER ? this.#people.regular() : caller;
  }

  #card(number: string): Card {
    return (this.#ledger.known(personOf(number)) ?? EMPTY) as Card;
  }

  #word(beginning: string): string {
    return `${beginning}${this.#index}-${this.#count}`;
  }

  #tag(): string {
    return `t${this.#random.below(6)}`;
  }

  #someOf<Fields extends object>(fields: Fields): Partial<Fields> {
    const kept = Object.entries(fields).filter(() => this.#random.chance(0.4));
    return Object.fromEntries(kept) as Partial<Fields>;
  }
}

function one(event: ClientEvent, data: unknown, thing: string, value: unknown): Asked {
  return { event, data, changes: [{ thing, value }] };
}

/** Names are written once. */
function cardSent({ event, data, changes: [change] }: Asked): SentCard | null {
  const [written] = Object.values(data as ScreenersCards);
  if (event !== 'channelContactInfo' || !written || !change) return null;
  const { name, notes } = written;
  return { number: change.thing.slice(personOf('').length), name, notes };
}

function cardWritten(card: Card, { name, notes, mood }: ScreenersCards[string]): Card {
  return cardAfter(card, { name, notes, properties: { mood } });
}

/** In the order in which cards are compared. */
function cardAfter(card: Card, given: Partial<Card>): Card {
  const { name, location, notes, properties, tags, blocked } = { ...card, ...given };
  return { name, location, notes, properties: { ...card.properties, ...properties }, tags, blocked };
}
