// One turn of the desk: a copy of the state to work on, the effects gathered, the time and the ids it may use.
// Every file in decide/ works through it; a refused turn is thrown away, so nothing half-applies.
import type {
  Action,
  ActionEvent,
  CallerHistory,
  Contact,
  ContactProperty,
  ErrorCode,
  ErrorDetails,
  RecordEvent,
  Refusal,
  ServerFrame,
} from '@openline/protocol';
import { errorMessage, refusal } from '@openline/protocol';
import type { DeskConfig } from './config.ts';
import type { Author, DeskModel, Goal, Leg, Op, OpId } from './model.ts';
import { legOfCall } from './model.ts';
import type { Recorded } from './ports/audio-files.ts';
import type { Audience } from './ports/broadcaster.ts';
import type { CallId, ExchangeCommand, ExchangeFact, ExchangeResult } from './ports/exchange.ts';
import type { QuestionRecord } from './ports/question-store.ts';
import type { CallRecord, StoredStrip } from './ports/store.ts';

/** What the desk decides; what is stored is for the record handlers (records/), the rest is answered where the client
 * is connected. */
export type DeskAction = Action<Exclude<ActionEvent, 'ping' | 'noop' | 'subscribe' | RecordEvent>>;

/** What comes to the desk. What it needs of the store comes along, looked up before. */
export type DeskInput =
  | { kind: 'action'; action: DeskAction; by: Author; toDial: ToDial }
  | {
      kind: 'fact';
      fact: ExchangeFact;
      contacts: Readonly<Record<string, Contact>>;
      /** By call. */
      callers: Readonly<Record<CallId, CallerHistory>>;
      /** Numbers of theirs that hear busy. */
      blocked: ReadonlySet<string>;
      /** With `up`: the records that are open, and those that the calls' tags name. */
      records: readonly CallRecord[];
      /** With `up`: the questions that are open, and what is in the files of those that are not recorded. */
      questions: { open: readonly QuestionRecord[]; files: Readonly<Record<string, Recorded | null>> };
    }
  /** An entry of the history, or a card of the address book, was changed elsewhere. */
  | { kind: 'tags'; recordId: string; tags: readonly string[] }
  | { kind: 'card'; isTheirs: (number: string) => boolean; card: PersonalCard; isBlocked: boolean }
  | { kind: 'result'; op: OpId; result: ExchangeResult }
  | { kind: 'configure'; config: DeskConfig; strips: Readonly<Record<string, StoredStrip>> };

/** A card without what belongs to one call. */
export type PersonalCard = Pick<Contact, 'name' | 'location' | 'notes'> & Record<string, ContactProperty>;

/** What the store knows about a number that is to be dialled. */
export interface ToDial {
  /** In one spelling: E.164, digits as they are, or a SIP address; null when it is none of these. */
  number: string | null;
  /** The kept card. */
  contact: Contact | null;
  caller: CallerHistory | null;
  /** Time of today's outgoing calls so far. */
  dialledTodayMs: number;
}

/** When it is, what new things are called and where they are filed. */
export interface Moment {
  at: number;
  freshId: string;
  /** Where what comes in is filed now. */
  bucket: CurrentBucket | null;
}

export interface CurrentBucket {
  id: string;
  /** The prompt that callers hear in ivr; null: that of their line. */
  greeting: string | null;
}

export type Effect =
  | { kind: 'exchange'; command: ExchangeCommand; op: OpId | null }
  | { kind: 'broadcast'; audience: Audience; frame: ServerFrame }
  | { kind: 'saveCall'; record: CallRecord }
  | { kind: 'saveStrip'; key: string; strip: StoredStrip }
  | { kind: 'saveContact'; contact: Contact }
  | { kind: 'countBlocked'; number: string }
  /** Of a call that the desk holds no more. */
  | { kind: 'keepPoint'; recordId: string; point: string | null }
  | { kind: 'keepQuestion'; question: QuestionRecord }
  /** With its audio. */
  | { kind: 'dropQuestion'; id: string };

export type Decision = { ok: true; model: DeskModel; effects: Effect[] } | { ok: false; refusal: Refusal };

/** null: done. */
export type Outcome = Refusal | null;

export interface Turn {
  readonly model: DeskModel;
  readonly at: number;
  readonly bucket: CurrentBucket | null;
  readonly author: Author | null;
  readonly effects: Effect[];
  readonly changedRecords: Map<string, 'save' | 'publish'>;
  newId(): string;
}

export function startTurn(model: DeskModel, moment: Moment, author: Author | null): Turn {
  let count = 0;
  return {
    model,
    at: moment.at,
    bucket: moment.bucket,
    author,
    effects: [],
    changedRecords: new Map(),
    newId: () => {
      count += 1;
      return count === 1 ? moment.freshId : `${moment.freshId}-${count}`;
    },
  };
}

/** A command whose result does not matter: if it fails, the call is gone or the exchange is. */
export function tell(turn: Turn, command: ExchangeCommand): void {
  turn.effects.push({ kind: 'exchange', command, op: null });
}

/** A command whose result comes back as an input. */
export function ask(turn: Turn, command: ExchangeCommand, op: Op): OpId {
  const id = turn.newId();
  turn.model.ops[id] = op;
  turn.effects.push({ kind: 'exchange', command, op: id });
  return id;
}

/** Moves calls in one step and holds their legs until the result is there. */
export function askMove(turn: Turn, moves: Extract<Op, { kind: 'move' }>['moves']): void {
  const id = ask(turn, { type: 'move', moves }, { kind: 'move', moves });
  for (const { call } of moves) {
    const leg = legOfCall(turn.model, call);
    if (leg) leg.op = id;
  }
}

export function askHangUp(turn: Turn, leg: Leg): void {
  if (leg.isEnding) return;
  leg.isEnding = true;
  const op: Op = { kind: 'hangUp', call: leg.call };
  if (leg.stage === 'offered' && leg.op === null) {
    ask(turn, { type: 'reject', call: leg.call, why: 'declined' }, op);
  } else {
    ask(turn, { type: 'hangUp', call: leg.call }, op);
  }
}

/** Gives up a goal and tells who wanted it why. */
export function failGoal(
  turn: Turn,
  strip: { goal: Goal | null },
  code: ErrorCode,
  details: ErrorDetails,
): void {
  const { goal } = strip;
  strip.goal = null;
  if (!goal) return;
  report(turn, goal.author, goal.event, goal.key, code, details);
}

/** A refusal that comes after the event was accepted. */
export function report(
  turn: Turn,
  author: Author | null,
  event: Goal['event'],
  key: string | null,
  code: ErrorCode,
  details: ErrorDetails,
): void {
  if (!author) return;
  const data = { event, code, msg: errorMessage(code, details), ...(key === null ? {} : { key }) };
  const withId = author.eventId === null ? {} : { id: author.eventId };
  turn.effects.push({
    kind: 'broadcast',
    audience: { to: 'self', client: author.client },
    frame: { event: 'event_error', data, ...withId },
  });
}

export function refuse(code: ErrorCode, key: string | null, details: ErrorDetails = {}): Refusal {
  return refusal(code, key, details);
}
