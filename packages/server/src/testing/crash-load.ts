/**
 * The load of the crash test: one console that writes one thing after another of what is stored, enters in the ledger what it
 * was promised, and reads all of it again. Every console has things of its own, so that only it changes them.
 */
import type { Call, ClientEvent, Message, Person } from '@openline/protocol';
import type { Ledger } from './ledger.ts';
import type { Observer, Reply } from './observer.ts';
import type { Random } from './random.ts';

interface Write {
  thing: string;
  event: ClientEvent;
  data: unknown;
  value: unknown;
  before: unknown;
}

const UNITY = 75;
const READ_AT_ONCE = 400;
/** Refusals that say nothing of the store: the thing is just not to be had in this state. */
const NOT_NOW = new Set(['call_is_up', 'unknown_call', 'channel_free', 'text_is_going_out', 'exchange_down']);

export class CrashLoad {
  readonly #index: number;
  readonly #random: Random;
  readonly #ledger: Ledger;
  #count = 0;
  readonly #buckets: { id: string; firstName: string }[] = [];
  readonly #texts: string[] = [];
  readonly #calls = new Set<string>();
  /** Refused because nobody handles them. */
  readonly missing = new Set<ClientEvent>();

  constructor(index: number, random: Random, ledger: Ledger) {
    this.#index = index;
    this.#random = random;
    this.#ledger = ledger;
  }

  /** Until the connection ends. */
  async run(client: Observer): Promise<void> {
    while (!client.isClosed) {
      this.#noteCalls(client);
      const write = this.#next();
      if (this.missing.has(write.event)) continue;
      this.#ledger.send(write.thing, write.value, write.before);
      let reply: Reply;
      try {
        reply = await client.send(write.event, write.data);
      } catch {
        return;
      }
      this.#take(write, reply);
    }
  }

  #take(write: Write, { ack, own }: Reply): void {
    const { thing } = write;
    if (!ack.ok) {
      this.#ledger.refuse(thing);
      if (ack.error.code === 'not_available') this.missing.add(write.event);
      else if (!NOT_NOW.has(ack.error.code)) throw new Error(`${JSON.stringify(write)}: ${ack.error.msg}`);
      return;
    }
    this.#ledger.acknowledge(thing);
    for (const frame of own) {
      if (frame.event === 'messages:sent') this.#texts.push(...Object.values(frame.data));
      if (frame.event !== 'buckets:created') continue;
      for (const id of Object.values(frame.data))
        this.#buckets.push({ id, firstName: thing.slice('new bucket '.length) });
    }
  }

  /** Calls of the history that are this console's to tag: every call is one console's. What was told is there. */
  #noteCalls(client: Observer): void {
    for (const id of client.known().call) {
      if (parseInt(id.slice(0, 6), 16) % 3 !== this.#index || this.#calls.has(id)) continue;
      this.#calls.add(id);
      this.#ledger.send(`call ${id}`, 1, 0);
      this.#ledger.acknowledge(`call ${id}`);
    }
  }

  #next(): Write {
    this.#count += 1;
    const random = this.#random;
    const roll = random.next();
    if (roll < 0.2) return this.#fader();
    if (roll < 0.4) return this.#person();
    if (roll < 0.5) return this.#bucket();
    if (roll < 0.75) return this.#text();
    return this.#callTag() ?? this.#person();
  }

  #fader(): Write {
    const level = 1 + this.#random.below(100);
    const channel = `studio-${this.#index + 1}`;
    if (this.#random.chance(0.5)) {
      const data = { [channel]: level };
      return { thing: `level ${channel}`, event: 'channelVolume', data, value: level, before: UNITY };
    }
    const mode = this.#random.pick(['ivr', 'on_hold', 'master', null]) ?? null;
    const data = { [channel]: mode };
    return { thing: `autoanswer ${channel}`, event: 'channelAutoAnswer', data, value: mode, before: null };
  }

  #person(): Write {
    const number = `+22077${this.#index}${String(this.#random.below(10_000)).padStart(4, '0')}`;
    const thing = `person ${number}`;
    const isThere = this.#ledger.acknowledged(thing, null) !== null;
    if (isThere && this.#random.chance(0.3)) {
      return { thing, event: 'contacts:delete', data: [number], value: null, before: null };
    }
    const name = `N${this.#index}-${this.#count}`;
    return { thing, event: 'contacts:save', data: { [number]: { name } }, value: name, before: null };
  }

  #bucket(): Write {
    const bucket = this.#random.pick(this.#buckets);
    if (bucket === undefined || this.#buckets.length < 8) {
      const firstName = `B${this.#index}-${this.#count}`;
      const data = { t: { name: firstName } };
      return { thing: `new bucket ${firstName}`, event: 'buckets:create', data, value: 1, before: 0 };
    }
    const { id, firstName } = bucket;
    const name = `${firstName} ${this.#count}`;
    const thing = `bucket ${id}`;
    return { thing, event: 'buckets:rename', data: { [id]: name }, value: name, before: firstName };
  }

  #text(): Write {
    const content = `T${this.#index}-${this.#count}`;
    const id = this.#random.pick(this.#texts);
    if (id === undefined || this.#random.chance(0.5)) {
      const text = { type: 'sms_out', endpoint: '+2207000001', content, channel_id: null, reply_to: null };
      const data = { t: text };
      return { thing: `new text ${content}`, event: 'messages:send', data, value: 1, before: 0 };
    }
    const thing = `tags of text ${id}`;
    return this.#tag(thing, 'messages:addTags', 'messages:removeTags', { message_ids: [id] });
  }

  #callTag(): Write | null {
    const id = this.#random.pick([...this.#calls].slice(-20));
    if (id === undefined) return null;
    return this.#tag(`tags of call ${id}`, 'calls:addTags', 'calls:removeTags', { ids: [id] });
  }

  #tag(thing: string, add: ClientEvent, remove: ClientEvent, ids: object): Write {
    const before = this.#ledger.acknowledged(thing, []) as string[];
    const tag = `t${this.#random.below(6)}`;
    const isThere = before.includes(tag);
    const value = isThere ? before.filter((each) => each !== tag) : [...before, tag].toSorted();
    return { thing, event: isThere ? remove : add, data: { ...ids, tags: [tag] }, value, before: [] };
  }
}

/** What is there of those things, as any client may ask for it. */
export async function readThings(client: Observer, things: readonly string[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  const named = (prefix: string) =>
    things.filter((thing) => thing.startsWith(prefix)).map((thing) => thing.slice(prefix.length));
  for (const id of named('level ')) found.set(`level ${id}`, client.state?.mixer.channels[id]?.level);
  for (const id of named('autoanswer ')) {
    found.set(`autoanswer ${id}`, client.state?.mixer.channels[id]?.autoanswer);
  }
  for (const name of named('new bucket ')) found.set(`new bucket ${name}`, 0);
  await readBuckets(client, found);
  for (const number of named('person ')) found.set(`person ${number}`, null);
  for (const { contact_id: id, name } of await all<Person>(client, 'contacts', named('person '))) {
    found.set(`person ${id}`, name);
  }
  const calls = await all<Call>(client, 'calls', [...named('tags of call '), ...named('call ')]);
  for (const { id, tags } of calls) {
    found.set(`tags of call ${id}`, tags.toSorted());
    found.set(`call ${id}`, 1);
  }
  await readTexts(client, named('new text '), found);
  return found;
}

async function readBuckets(client: Observer, found: Map<string, unknown>): Promise<void> {
  const { own } = await client.send('buckets:fetch', {});
  for (const frame of own) {
    if (frame.event !== 'buckets:list') continue;
    for (const { id, name } of frame.data.buckets) {
      const thing = `new bucket ${name.split(' ')[0] ?? ''}`;
      found.set(thing, Number(found.get(thing) ?? 0) + 1);
      found.set(`bucket ${id}`, name);
    }
  }
}

async function readTexts(
  client: Observer,
  contents: readonly string[],
  found: Map<string, unknown>,
): Promise<void> {
  for (const content of contents) found.set(`new text ${content}`, 0);
  for (const { id, content, tags } of await all<Message>(client, 'messages', null)) {
    const thing = `new text ${content}`;
    found.set(thing, Number(found.get(thing) ?? 0) + 1);
    found.set(`tags of text ${id}`, tags.toSorted());
  }
}

/** Page by page; `ids` null: everything. */
async function all<Entry>(
  client: Observer,
  kind: 'messages' | 'calls' | 'contacts',
  ids: readonly string[] | null,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let at = 0; ids === null || at < ids.length; at += READ_AT_ONCE) {
    const filter = ids === null ? {} : { ids: ids.slice(at, at + READ_AT_ONCE) };
    entries.push(...(await pages<Entry>(client, kind, filter)));
    if (ids === null) break;
  }
  return entries;
}

async function pages<Entry>(
  client: Observer,
  kind: 'messages' | 'calls' | 'contacts',
  filter: object,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | null = null;
  do {
    const reply: Reply = await client.send(`${kind}:fetch`, { ...filter, limit: 500, cursor });
    const answer = reply.own.find(({ event }) => event === `${kind}:list`);
    const page = (answer?.data ?? { cursor: null }) as { cursor: string | null } & Record<
      typeof kind,
      Entry[] | undefined
    >;
    entries.push(...(page[kind] ?? []));
    ({ cursor } = page);
  } while (cursor !== null);
  return entries;
}
