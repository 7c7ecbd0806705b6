// The state of the desk, as the domain holds it: strips (line channels, users, host, master), the legs behind them,
// what is asked and not there yet, and the records of calls that are up. Every function in decide/ works on a copy.
//
//   strip ── leg ── (exchange) ── telephone        goal: where an operator wants it
//                                                  op:   the command that is on its way to the exchange
import type { CallerHistory, ClientEvent, Contact, LevellerChange, OnNext, Role } from '@openline/protocol';
import type { DeskConfig } from './config.ts';
import type { ClientId } from './ports/broadcaster.ts';
import type {
  CallId,
  CallQuality,
  DelayReport,
  ExchangePlace,
  LineStatus,
  OutputCondition,
  StudioReport,
} from './ports/exchange.ts';
import type { QuestionRecord } from './ports/question-store.ts';
import type { CallRecord, CallScreening } from './ports/store.ts';

/** Who sent an action. */
export interface Author {
  client: ClientId;
  userId: string;
  role: Role;
  /** The `id` of the event; null: it had none. */
  eventId: string | null;
}

/** A mode that was asked for and is not there yet. */
export interface Goal {
  mode: string;
  /** null: the desk itself wants it (autoanswer, a caller left alone). */
  author: Author | null;
  /** How the refusal is labelled, should it come later. */
  event: ClientEvent;
  key: string | null;
}

export type OpId = string;

/** One call of the exchange, as far as facts and results have told. */
export interface Leg {
  call: CallId;
  direction: 'in' | 'out';
  stage: 'offered' | 'dialling' | 'ringing' | 'answered';
  hasMedia: boolean;
  /** The last place that the exchange accepted. */
  place: ExchangePlace;
  isHeldByRemote: boolean;
  headset: Headset | null;
  /** A command about this call is on its way; no other is sent before its result. Hanging up is. */
  op: OpId | null;
  isEnding: boolean;
  /** The last command failed; the desk tries nothing by itself until something has changed. */
  isStuck: boolean;
}

/** What a leg has that is a browser's. */
interface Headset {
  /** Who connected it. */
  userId: string;
  /** Where it is told what concerns it; null: its connection is not known, since a restart of the server. */
  client: ClientId | null;
  isAway: boolean;
}

/** A mixer strip with a telephone behind it. */
export interface Strip {
  id: string;
  label: string;
  mode: string;
  /** Of the last change of mode. */
  since: number;
  level: number;
  isMuted: boolean;
  isRecording: boolean;
  leg: Leg | null;
  goal: Goal | null;
  quality: CallQuality | null;
}

export interface Channel extends Strip {
  lineId: string;
  number: string | null;
  direction: 'in' | 'out' | null;
  /** What was set for this channel, and not by the settings. */
  leveller: LevellerChange;
  autoanswer: string | null;
  contact: Contact | null;
  /** Of the number on the card. */
  caller: CallerHistory | null;
  /** Whose entry of the history the card belongs to, also when the call has ended. */
  cardRecordId: string | null;
  screening: CallScreening;
  recordId: string | null;
  error: string | null;
  recordingId: string | null;
  /** The question that the caller in ivr is asked for; `hasBegun`: behind the beep; `isOver`: by key or by time. */
  question: { id: string; hasBegun: boolean; isOver: boolean } | null;
  /** The settings know it no more; it goes when its call has ended. */
  isLeaving: boolean;
}

/** Who goes to air, in order; and what holds for the show. */
export interface Queue {
  order: string[];
  isByHand: boolean;
  onNext: OnNext;
  areLinesBusy: boolean;
}

/** A user: their own strip (level and mute of their microphone) and what they hear. */
export interface User extends Strip {
  hearLevel: number;
  isHearMuted: boolean;
  /** The channel whispered to by the exchange's word, and what was asked for last. */
  whisper: string | null;
  whisperAsked: string | null;
  isReachable: boolean;
  /** The channel they were private with when their phone or headset was replaced. */
  takesOver: string | null;
  /** The recording of the conversation they are in: with whom, and where it is filed. */
  conversation: { mode: string; recordId: string; recordingId: string } | null;
  isLeaving: boolean;
}

export interface Host {
  level: number;
  isMuted: boolean;
  isReachable: boolean;
  /** Its phone is to be rung once. */
  isToBeReached: boolean;
  leg: Leg | null;
  /** By a sound device or RTP: how feed and return are; null: none is set. */
  studio: StudioReport | null;
}

export interface Master {
  level: number;
  isMuted: boolean;
  isOnAir: boolean;
  /** What was asked for. */
  delayS: number;
  /** How long it was when the exchange was started again without it; until a delay is set. */
  lostDelayS: number | null;
  delay: DelayReport;
  isRecording: boolean;
  recordId: string | null;
  recordingId: string | null;
}

/** A sound that is played from a file. */
export interface Player {
  id: string;
  audioUrl: string;
  title: string;
  /** 'air', or a user. */
  to: string;
  level: number;
  fromMs: number;
  /** null: it is being opened, and shown to nobody yet. */
  startedAt: number | null;
  durationMs: number;
  /** Not to be heard any more. */
  isStopping: boolean;
}

interface Line {
  status: LineStatus;
  error: string | null;
}

/** A command on its way to the exchange: what its result means. */
export type Op =
  | { kind: 'answer'; call: CallId; place: ExchangePlace }
  | { kind: 'dial'; call: CallId }
  | { kind: 'reach'; call: CallId }
  | { kind: 'connect'; call: CallId; author: Author }
  | { kind: 'reoffer'; call: CallId; author: Author }
  | { kind: 'hangUp'; call: CallId }
  | { kind: 'move'; moves: { call: CallId; place: ExchangePlace }[] }
  | { kind: 'whisper'; call: CallId; to: string | null; author: Author | null }
  | { kind: 'question'; questionId: string }
  | { kind: 'dump'; recordId: string; recordingId: string; author: Author | null }
  | { kind: 'play'; player: string; author: Author | null }
  | { kind: 'record'; recordId: string; recordingId: string; author: Author | null };

export interface DeskModel {
  config: DeskConfig;
  isUp: boolean;
  lines: Record<string, Line>;
  channels: Record<string, Channel>;
  users: Record<string, User>;
  host: Host;
  master: Master;
  queue: Queue;
  players: Record<string, Player>;
  ops: Record<OpId, Op>;
  /** Records that are open, or whose recordings still run. */
  records: Record<string, CallRecord>;
  /** Questions whose recording has not ended. */
  questions: Record<string, QuestionRecord>;
  /** Those of the settings, by id. */
  outputs: Record<string, OutputCondition & { since: number }>;
  alarms: Record<string, string>;
}

export const BYPASS: DelayReport = { state: 'bypass', depthMs: 0, targetMs: 0, isSafe: false };

export const UNITY = 75;

export function emptyModel(config: DeskConfig): DeskModel {
  return {
    config,
    isUp: false,
    lines: {},
    channels: {},
    users: {},
    host: { level: UNITY, isMuted: false, isReachable: false, isToBeReached: false, leg: null, studio: null },
    master: {
      level: UNITY,
      isMuted: false,
      isOnAir: false,
      delayS: 0,
      lostDelayS: null,
      delay: { ...BYPASS },
      isRecording: false,
      recordId: null,
      recordingId: null,
    },
    queue: { order: [], isByHand: false, onNext: 'keep', areLinesBusy: false },
    players: {},
    ops: {},
    records: {},
    questions: {},
    outputs: {},
    alarms: {},
  };
}

export function noScreening(): CallScreening {
  return { state: null, mode: '', priority: 0, isLocked: false, makesRoom: null };
}

/** A copy to work on; the settings are shared, nobody writes them. */
export function copyModel({ config, ...rest }: DeskModel): DeskModel {
  return { config, ...structuredClone(rest) };
}

/** Own properties only: ids come from clients. */
export function channelOf(model: DeskModel, id: string): Channel | null {
  return Object.hasOwn(model.channels, id) ? (model.channels[id] ?? null) : null;
}
export function userOf(model: DeskModel, id: string): User | null {
  return Object.hasOwn(model.users, id) ? (model.users[id] ?? null) : null;
}

export function playerOf(model: DeskModel, id: string): Player | null {
  return Object.hasOwn(model.players, id) ? (model.players[id] ?? null) : null;
}

export function channelOfCall(model: DeskModel, call: CallId): Channel | null {
  return Object.values(model.channels).find((channel) => channel.leg?.call === call) ?? null;
}
export function userOfCall(model: DeskModel, call: CallId): User | null {
  return Object.values(model.users).find((user) => user.leg?.call === call) ?? null;
}

/** A line's channel or a user's own, by id. */
export function stripOf(model: DeskModel, id: string): Channel | User | null {
  return channelOf(model, id) ?? userOf(model, id);
}

/** The leg of a call, whosever it is. */
export function legOfCall(model: DeskModel, call: CallId): Leg | null {
  if (model.host.leg?.call === call) return model.host.leg;
  return (channelOfCall(model, call) ?? userOfCall(model, call))?.leg ?? null;
}

/** The user with whom a channel is private by the exchange's word, both ways. */
export function userWith(model: DeskModel, channel: Channel): User | null {
  const { leg } = channel;
  if (leg?.place.kind !== 'private') return null;
  const user = userOfCall(model, leg.place.with);
  const back = user?.leg?.place;
  return back?.kind === 'private' && back.with === leg.call ? user : null;
}

/** The channel a user is private with by the exchange's word, both ways. */
export function channelWith(model: DeskModel, user: User): Channel | null {
  const { leg } = user;
  if (leg?.place.kind !== 'private') return null;
  const channel = channelOfCall(model, leg.place.with);
  return channel && userWith(model, channel) === user ? channel : null;
}

/** The channel that is on its way to a private talk with this user. */
export function channelWaitingFor(model: DeskModel, user: User): Channel | null {
  return Object.values(model.channels).find((channel) => channel.goal?.mode === user.id) ?? null;
}

/** The channel that waits for a user whose phone or headset has just been replaced. */
export function channelTakenOver(model: DeskModel, user: User): Channel | null {
  if (user.takesOver === null || !user.leg || user.leg.isEnding) return null;
  const channel = channelOf(model, user.takesOver);
  const isWaiting =
    channel?.mode === user.id && channel.goal === null && channel.leg?.place.kind === 'private';
  return isWaiting ? channel : null;
}

/** Sound flows and nothing is on its way: it can be placed now. */
export function isPlaceable(leg: Leg | null): leg is Leg {
  return leg?.stage === 'answered' && leg.hasMedia && leg.op === null && !leg.isEnding;
}
