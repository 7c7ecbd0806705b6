/**
 * Who one console of the crash test looks after, and what there is of them: every number, with its calls, questions and
 * texts, is one console's, so that only it changes them. What everybody is told of them is entered in the ledger.
 */
import type { Call, Message, Question, ServerFrame } from '@openline/protocol';
import type { Change, Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export const kinds = ['call', 'question', 'message'] as const;
export type Kind = (typeof kinds)[number];

/** What the address book and the history add up to. */
export interface Sums {
  calls: number;
  texts: number;
  entries: number;
}

interface Belonging {
  kind: Kind;
  id: string;
  number: string;
  /** Of a text. */
  content: string | null;
}

export const CONSOLES = 3;
const REGULARS = 8;
/** What is picked is one of so many that were told of last. */
const RECENT = 20;
/** So begin the texts that gateways deliver until they are taken. */
export const DELIVERED = 'In-';
/** Who sends those. */
export const SENDER = '+2207999999';

/** Of people who call again and again. */
export function regularNumber(random: Random, index = random.below(CONSOLES)): string {
  return `+22077${index}00${random.below(REGULARS)}${index}`;
}

/** Of somebody who calls once. */
export function callerNumber(count: number): string {
  return `+2207${String(count).padStart(6, '0')}`;
}

export class CrashPeople {
  readonly #index: number;
  readonly #random: Random;
  readonly #ledger: Ledger;
  /** By number. */
  readonly #things = new Map<string, Set<string>>();
  readonly #recent: Record<Kind, Belonging[]> = { call: [], question: [], message: [] };
  readonly #ids = new Map<string, Belonging>();

  constructor(index: number, random: Random, ledger: Ledger) {
    this.#index = index;
    this.#random = random;
    this.#ledger = ledger;
  }

  /** To be given every frame that goes to all. */
  take(frame: ServerFrame): void {
    switch (frame.event) {
      case 'calls:update':
        return this.#takeAll('call', frame.data, ({ number }) => number);
      case 'questions:update':
        return this.#takeAll('question', frame.data, ({ endpoint }) => endpoint);
      case 'messages:update':
        return this.#takeAll('message', frame.data, ({ endpoint }) => endpoint);
      default:
    }
  }

  regular(): string {
    return regularNumber(this.#random, this.#index);
  }

  /** Who has called once, not long ago, and was not erased. */
  caller(): string | undefined {
    const number = this.#random.pick(this.#recent.call)?.number;
    return number !== undefined && this.hasSums(number) ? number : undefined;
  }

  /** null: nobody has such a thing just now. */
  some(kind: Kind): { id: string; number: string; content: string | null } | undefined {
    const picked = this.#random.pick(this.#recent[kind]);
    return picked && this.#isThere(picked) ? picked : undefined;
  }

  /** A caller of this console's of whom the sums are known. */
  hasSums(number: string): boolean {
    return ownerOf(number) === this.#index && this.#ledger.known(sumsOf(number)) !== null;
  }

  sumsAfter(number: string, more: Partial<Sums>): Change[] {
    if (!this.hasSums(number)) return [];
    const sums = this.#ledger.known(sumsOf(number)) as Sums;
    const add = (name: keyof Sums) => sums[name] + (more[name] ?? 0);
    const value = { calls: add('calls'), texts: add('texts'), entries: add('entries') };
    return [{ thing: sumsOf(number), value }];
  }

  /** Texts are stored before anybody is told their ids. */
  noteTexts(number: string, contents: readonly string[]): void {
    for (const content of contents) this.#noteThing(number, newText(content));
  }

  /** What has to be gone when the person is erased. */
  allOf(number: string): Change[] {
    const things = [sumsOf(number), ...(this.#things.get(number) ?? [])];
    const known = things.filter((thing) => this.#ledger.known(thing) !== null);
    return [personOf(number), ...known].map((thing) => ({ thing, value: null }));
  }

  #isThere({ kind, id }: Belonging): boolean {
    return this.#ledger.known(thingOf(kind, id)) !== null;
  }

  #takeAll<Told extends Call | Question | Message>(
    kind: Kind,
    told: Readonly<Record<string, Told | null>>,
    numberOf: (told: Told) => string,
  ): void {
    for (const [id, record] of Object.entries(told)) {
      if (record !== null) this.#takeOne(kind, record, numberOf(record));
      else if (this.#ids.has(id)) this.#ledger.tell(thingOf(kind, id), null);
    }
  }

  #takeOne(kind: Kind, record: Call | Question | Message, number: string): void {
    if (ownerOf(number) !== this.#index) return;
    const { id } = record;
    const isNew = !this.#ids.has(id);
    const content = 'content' in record ? record.content : null;
    if (isNew) this.#enter({ kind, id, number, content });
    this.#ledger.tell(thingOf(kind, id), tagsIn(record));
    if (content !== null) this.#ledger.tell(newText(content), 1);
    if (isNew && kind === 'call' && !isRegular(number)) {
      this.#ledger.tell(sumsOf(number), { calls: 1, texts: 0, entries: 1 });
    }
  }

  #noteThing(number: string, thing: string): void {
    const things = this.#things.get(number) ?? new Set();
    this.#things.set(number, things.add(thing));
  }

  #enter(belonging: Belonging): void {
    const { id, number, kind, content } = belonging;
    this.#ids.set(id, belonging);
    this.#noteThing(number, thingOf(kind, id));
    if (content !== null) this.#noteThing(number, newText(content));
    this.#recent[kind].push(belonging);
    if (this.#recent[kind].length > RECENT) this.#recent[kind].shift();
  }
}

/** Of a record as any client is shown it: that it is a favourite is also a tag. */
export function tagsIn({ tags, favorite }: { tags: readonly string[]; favorite: boolean }): string[] {
  const isShownRight = favorite === tags.includes('favorite');
  return [...tags, ...(isShownRight ? [] : ['and shown otherwise'])].toSorted();
}

export const thingOf = (kind: Kind, id: string): string => `${kind} ${id}`;
export const newText = (content: string): string => `new text ${content}`;
export const personOf = (number: string): string => `person ${number}`;
export const sumsOf = (number: string): string => `sums of ${number}`;

function ownerOf(number: string): number {
  return /^\+\d+$/.test(number) ? Number(number.slice(-1)) % CONSOLES : -1;
}

function isRegular(number: string): boolean {
  return number.startsWith('+22077');
}
