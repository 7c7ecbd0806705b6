// The desk at work: holds the state, takes one input at a time (actions of clients, facts and results of the
// exchange), and performs what `decide` says through the ports. Constructed once, by the server's composition root.
import type { CallerHistory, Contact, DeskState, Refusal, ServerEventData } from '@openline/protocol';
import { normalizeNumber } from '@openline/protocol';
import type { DeskConfig } from './config.ts';
import { restoreStudio } from './decide/configure.ts';
import { decide } from './decide/decide.ts';
import { metersView } from './meters.ts';
import { emptyModel } from './model.ts';
import type { Author, DeskModel } from './model.ts';
import type { AudioFiles } from './ports/audio-files.ts';
import type { Broadcaster } from './ports/broadcaster.ts';
import type { Clock } from './ports/clock.ts';
import type { CallId, Exchange, ExchangeCall, ExchangeFact, ExchangeMeters } from './ports/exchange.ts';
import type { Ids } from './ports/ids.ts';
import type { Numbers } from './ports/numbers.ts';
import type { QuestionStore } from './ports/question-store.ts';
import type { CallRecord, Store } from './ports/store.ts';
import type { CurrentBucket, DeskAction, DeskInput, Effect, PersonalCard, ToDial } from './turn.ts';
import { callView, viewOf } from './view.ts';

export type { DeskConfig } from './config.ts';
export type { Author } from './model.ts';
export type { DeskAction } from './turn.ts';

export interface DeskPorts {
  exchange: Pick<Exchange, 'perform'>;
  store: Store;
  questions: QuestionStore;
  audio: AudioFiles;
  /** Where what comes in is filed now. */
  currentBucket(): CurrentBucket | null;
  broadcaster: Broadcaster;
  clock: Clock;
  ids: Ids;
  numbers: Numbers;
  /** Told of a store that cannot write (a full disk): the calls go on, what was to be kept is lost. */
  onProblem(problem: unknown): void;
}

export interface Desk {
  /** What `initialize` carries of the desk. Complete: a client that has it needs only later broadcasts. */
  state(): DeskState;
  /** Decides at once; null: accepted. Broadcasts have been sent when it returns. What fails later is reported by
   * `event_error` to the author's client. */
  act(action: DeskAction, by: Author): Refusal | null;
  /** To be handed to `Exchange.start`. */
  onFact(fact: ExchangeFact): void;
  configure(config: DeskConfig): void;
  /** The tags of an entry were changed: if its call is up, it has them. */
  noteTags(recordId: string, tags: readonly string[]): void;
  /** A card was changed in the address book: whoever of theirs is on a channel has it. */
  noteCard(isTheirs: (number: string) => boolean, card: PersonalCard, isBlocked: boolean): void;
  /** Where a call is; null: nowhere, or not on a channel. */
  channelOf(call: string): string | null;
  /** The exchange's meters by channel, for `meters`. */
  meters(meters: ExchangeMeters): ServerEventData<'meters'>;
}

export function openDesk(ports: DeskPorts, config: DeskConfig): Desk {
  return new RunningDesk(ports, config);
}

class RunningDesk implements Desk {
  readonly #ports: DeskPorts;
  #model: DeskModel;
  /** Inputs that came while one was being performed: an exchange may answer before it returns. */
  readonly #waiting: DeskInput[] = [];
  #isPerforming = false;

  constructor(ports: DeskPorts, config: DeskConfig) {
    this.#ports = ports;
    this.#model = emptyModel(config);
    restoreStudio(this.#model, ports.store.loadStrips());
    this.configure(config);
  }

  state(): DeskState {
    return viewOf(this.#model);
  }

  act(action: DeskAction, by: Author): Refusal | null {
    return this.#take({ kind: 'action', action, by, toDial: this.#toDial(action) });
  }

  onFact(told: ExchangeFact): void {
    const fact = withOneSpelling(told, this.#ports.numbers);
    this.#queue({
      kind: 'fact',
      fact,
      contacts: this.#contactsOf(fact),
      callers: this.#callersOf(fact),
      blocked: this.#blockedOf(fact),
      records: this.#recordsOf(fact),
      questions: this.#questionsOf(fact),
    });
  }

  configure(config: DeskConfig): void {
    this.#queue({ kind: 'configure', config, strips: this.#ports.store.loadStrips() });
  }

  noteTags(recordId: string, tags: readonly string[]): void {
    this.#queue({ kind: 'tags', recordId, tags });
  }

  noteCard(isTheirs: (number: string) => boolean, card: PersonalCard, isBlocked: boolean): void {
    this.#queue({ kind: 'card', isTheirs, card, isBlocked });
  }

  channelOf(call: string): string | null {
    const channels = Object.values(this.#model.channels);
    return channels.find(({ leg }) => leg?.call === call && !leg.isEnding)?.id ?? null;
  }

  meters(meters: ExchangeMeters): ServerEventData<'meters'> {
    return metersView(this.#model, meters);
  }

  #queue(input: DeskInput): void {
    this.#waiting.push(input);
    if (!this.#isPerforming) this.#drain();
  }

  #drain(): void {
    for (let input = this.#waiting.shift(); input; input = this.#waiting.shift()) this.#take(input);
  }

  #take(input: DeskInput): Refusal | null {
    const decision = decide(this.#model, input, {
      at: this.#ports.clock.now(),
      freshId: this.#ports.ids.next(),
      bucket: this.#ports.currentBucket(),
    });
    if (!decision.ok) return decision.refusal;
    this.#model = decision.model;
    const isOutermost = !this.#isPerforming;
    this.#isPerforming = true;
    for (const effect of decision.effects) this.#perform(effect);
    if (!isOutermost) return null;
    this.#isPerforming = false;
    this.#drain();
    return null;
  }

  /** One effect that fails takes no other with it: a full disk must not stop the calls. */
  #perform(effect: Effect): void {
    try {
      this.#performOne(effect);
    } catch (problem) {
      this.#ports.onProblem(problem);
    }
  }

  #performOne(effect: Effect): void {
    const { store, questions, broadcaster } = this.#ports;
    switch (effect.kind) {
      case 'exchange':
        return this.#command(effect);
      case 'broadcast':
        return broadcaster.send(effect.audience, effect.frame);
      case 'saveCall':
        return store.saveCall(effect.record);
      case 'saveStrip':
        broadcaster.flush();
        return store.saveStrip(effect.key, effect.strip);
      case 'saveContact':
        return store.saveContact(effect.contact, this.#ports.clock.now());
      case 'keepQuestion':
        return questions.save(effect.question);
      case 'dropQuestion':
        return void questions.remove(effect.id);
      case 'countBlocked':
        return store.countBlocked(effect.number, this.#ports.clock.now());
      case 'keepPoint':
        return this.#keepPoint(effect);
    }
  }

  /** Nothing where the entry has been deleted meanwhile. */
  #keepPoint({ recordId, point }: Extract<Effect, { kind: 'keepPoint' }>): void {
    const { store, broadcaster, clock } = this.#ports;
    const former = store.findCall(recordId);
    if (!former) return;
    const record = { ...former, point };
    store.saveCall(record);
    const data = { [recordId]: callView(record, clock.now()) };
    broadcaster.send({ to: 'all' }, { event: 'calls:update', data });
  }

  #command({ command, op }: Extract<Effect, { kind: 'exchange' }>): void {
    this.#ports.exchange.perform(command).then(
      (result) => {
        if (op !== null) this.#queue({ kind: 'result', op, result });
      },
      (error: unknown) => {
        const msg = error instanceof Error ? error.message : String(error);
        if (op !== null) this.#queue({ kind: 'result', op, result: { ok: false, code: 'failed', msg } });
      },
    );
  }

  #toDial(action: DeskAction): ToDial {
    if (action.event !== 'callNumber' && action.event !== 'channelCallNumber') {
      return { number: null, contact: null, caller: null, dialledTodayMs: 0 };
    }
    const { store, clock, numbers } = this.#ports;
    const digits = normalizeNumber(action.value.number);
    const number = digits === null ? null : (numbers.toE164(digits) ?? digits);
    const now = clock.now();
    return {
      number,
      contact: number === null ? null : store.findContact(number),
      caller: number === null ? null : this.#callerOf(number, null),
      dialledTodayMs: store.dialledMs(startOfDay(now), now),
    };
  }

  #contactsOf(fact: ExchangeFact): Record<string, Contact> {
    const contacts: Record<string, Contact> = {};
    for (const number of numbersOf(fact)) {
      const contact = this.#ports.store.findContact(number);
      if (contact) contacts[number] = contact;
    }
    return contacts;
  }

  #callersOf(fact: ExchangeFact): Record<CallId, CallerHistory> {
    const callers: Record<CallId, CallerHistory> = {};
    for (const { call, number, tag } of callsOf(fact)) {
      const id = tag['record'];
      if (number === '') continue;
      callers[call] = this.#callerOf(number, typeof id === 'string' ? this.#ports.store.findCall(id) : null);
    }
    return callers;
  }

  /** `record`: of the call itself, where it has one already. */
  #callerOf(number: string, record: CallRecord | null): CallerHistory {
    const past = this.#ports.store.pastOf(number, record?.openedAt ?? this.#ports.clock.now());
    return {
      calls: past.calls + (record ? 0 : 1),
      last_on_air: past.lastOnAirAt,
      last_call: past.lastCallAt,
      blocked: past.isBlocked,
    };
  }

  #questionsOf(fact: ExchangeFact): Extract<DeskInput, { kind: 'fact' }>['questions'] {
    if (fact.type !== 'up') return { open: [], files: {} };
    const running = new Set(fact.snapshot.calls.flatMap(({ recordings }) => recordings));
    const open = this.#ports.questions.open();
    const ended = open.filter(({ id }) => !running.has(id));
    return { open, files: Object.fromEntries(ended.map(({ id }) => [id, this.#ports.audio.measure(id)])) };
  }

  #blockedOf(fact: ExchangeFact): ReadonlySet<string> {
    return new Set(numbersOf(fact).filter((number) => this.#ports.store.isBlocked(number)));
  }

  #recordsOf(fact: ExchangeFact): CallRecord[] {
    if (fact.type !== 'up') return [];
    const records = new Map(this.#ports.store.openCalls().map((record) => [record.id, record]));
    for (const { tag } of fact.snapshot.calls) {
      const id = tag['record'];
      const record = typeof id === 'string' ? this.#ports.store.findCall(id) : null;
      if (record) records.set(record.id, record);
    }
    return [...records.values()];
  }
}

/** The calls that the desk does not know yet. */
function callsOf(fact: ExchangeFact): readonly ExchangeCall[] {
  if (fact.type === 'up') return fact.snapshot.calls;
  return fact.type === 'offered' ? [fact.call] : [];
}

function numbersOf(fact: ExchangeFact): string[] {
  return callsOf(fact)
    .map(({ number }) => number)
    .filter((number) => number !== '');
}

/** What the network says of a caller, so that the same one is found again; as it is when it is no number. */
function withOneSpelling(fact: ExchangeFact, numbers: Numbers): ExchangeFact {
  const spell = (call: ExchangeCall): ExchangeCall => ({
    ...call,
    number: numbers.toE164(call.number) ?? call.number,
  });
  if (fact.type === 'offered') return { ...fact, call: spell(fact.call) };
  if (fact.type !== 'up') return fact;
  return { ...fact, snapshot: { ...fact.snapshot, calls: fact.snapshot.calls.map(spell) } };
}

/** Midnight of the station's own clock. */
function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
