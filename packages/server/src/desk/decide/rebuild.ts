// The exchange is there, with everything it holds; or it is gone. On `up` the desk is rebuilt of the calls' tags,
// the kept records and the stored strips, so that after a restart of the server the same calls can be moved.
import type { Contact } from '@openline/protocol';
import type { Channel, Host, User } from '../model.ts';
import { channelOf, channelWith, userOf, userOfCall } from '../model.ts';
import type { ExchangeCall, ExchangeLevels, ExchangeSnapshot } from '../ports/exchange.ts';
import type { CallRecord } from '../ports/store.ts';
import type { DeskInput, Turn } from '../turn.ts';
import { askHangUp, failGoal, tell } from '../turn.ts';
import { freeChannelOf, legOf, occupy, takeOffered } from './calls-in.ts';
import { cardFor } from './contacts.ts';
import { adoptDelay, forgetDelay } from './delay.ts';
import { endChannel, endUser } from './ended.ts';
import { channelLevels, hostLevels, programState, userLevels } from './levels.ts';
import { landingRefusal } from './modes.ts';
import { adoptPlayers } from './players.ts';
import { takeReachable } from './reachable.ts';
import { loseOutputs, takeOutput } from './outputs.ts';
import { changeRecord, closeRecord, finishRecording, openRecord } from './records.ts';
import { settleModes } from './settle.ts';
import { loseStudio, takeStudio } from './studio.ts';
import { tellEnded } from './taking-over.ts';
import { adoptWhisper } from './whisper.ts';

/** What the store knows of the calls. */
type Known = Pick<Extract<DeskInput, { kind: 'fact' }>, 'contacts' | 'callers' | 'blocked' | 'records'>;

export function takeDown(turn: Turn, msg: string): void {
  const { model } = turn;
  for (const channel of Object.values(model.channels)) {
    failGoal(turn, channel, 'exchange_down', {});
    if (channel.leg) endChannel(turn, channel, 'exchange_stopped', null);
  }
  for (const user of Object.values(model.users)) {
    failGoal(turn, user, 'exchange_down', {});
    user.isReachable = false;
    user.conversation = null;
    if (user.leg) endUser(turn, user, 'exchange_stopped');
  }
  if (model.host.leg) tellEnded(turn, model.host.leg, 'failed');
  Object.assign(model.host, { leg: null, isReachable: false, isToBeReached: false });
  Object.assign(model.master, { isRecording: false, recordId: null, recordingId: null });
  for (const record of Object.values(model.records)) {
    closeRecord(turn, record.id, 'exchange_stopped', null);
    endRecordings(turn, record, turn.at, new Set());
  }
  for (const id of Object.keys(model.lines)) model.lines[id] = { status: 'down', error: msg };
  model.players = {};
  loseOutputs(turn, msg);
  loseStudio(turn);
  forgetDelay(turn);
  model.ops = {};
  model.isUp = false;
}

export function takeUp(turn: Turn, snapshot: ExchangeSnapshot, known: Known): void {
  const { model } = turn;
  forgetCalls(turn);
  model.isUp = true;
  for (const { lineId, status, error } of snapshot.lines) {
    if (Object.hasOwn(model.lines, lineId)) model.lines[lineId] = { status, error };
  }
  for (const { outputId, ...condition } of snapshot.outputs) takeOutput(turn, outputId, condition);
  takeStudio(turn, snapshot.studio ?? null);
  model.records = Object.fromEntries(known.records.map((record) => [record.id, structuredClone(record)]));
  const running = new Set([
    ...snapshot.programRecordings,
    ...snapshot.calls.flatMap((call) => call.recordings),
  ]);

  const calls = snapshot.calls.toSorted((a, b) => a.offeredAt - b.offeredAt);
  for (const call of newestFirst(calls)) if (call.owner.kind !== 'line') adoptPhone(turn, call);
  for (const owner of snapshot.reachable) takeReachable(model, owner, true);
  settleModes(turn);
  const fresh: ExchangeCall[] = [];
  for (const call of calls) {
    if (call.owner.kind === 'line' && !adoptCall(turn, call, known, running)) fresh.push(call);
  }
  settleModes(turn);
  for (const call of fresh) takeUnknown(turn, call, known);
  for (const { call, whisper } of calls) {
    const user = userOfCall(model, call);
    if (user) adoptWhisper(turn, user, whisper);
  }
  adoptPlayers(turn, snapshot.players);
  adoptUserRecordings(turn, running);
  adoptProgram(turn, snapshot);
  adoptDelay(turn, snapshot.delay);
  closeLostRecords(turn, running);
  for (const channel of Object.values(model.channels)) restoreSince(turn, channel);
  for (const user of Object.values(model.users)) {
    user.since = channelWith(model, user)?.since ?? user.since;
  }
}

/** Of a person's phone and headset the newest is used, once it is up. */
function newestFirst(calls: readonly ExchangeCall[]): ExchangeCall[] {
  const isUp = ({ state }: ExchangeCall): number => Number(state === 'answered');
  return calls.toReversed().toSorted((a, b) => isUp(b) - isUp(a));
}

function forgetCalls({ model }: Turn): void {
  for (const strip of [...Object.values(model.channels), ...Object.values(model.users)]) {
    strip.leg = null;
    strip.goal = null;
    strip.quality = null;
  }
  for (const channel of Object.values(model.channels)) {
    Object.assign(channel, { direction: null, recordId: null, recordingId: null, question: null });
  }
  for (const user of Object.values(model.users))
    Object.assign(user, {
      conversation: null,
      isReachable: false,
      whisper: null,
      whisperAsked: null,
      takesOver: null,
    });
  Object.assign(model.host, { leg: null, isReachable: false, isToBeReached: false });
  Object.assign(model.master, { recordId: null, recordingId: null });
  model.ops = {};
}

function adoptPhone(turn: Turn, call: ExchangeCall): void {
  const { owner } = call;
  const { host } = turn.model;
  if (owner.kind === 'host' && !host.leg) return connect(turn, host, call, hostLevels(host));
  const user = owner.kind === 'user' ? userOf(turn.model, owner.userId) : null;
  if (user && !user.leg) return connect(turn, user, call, userLevels(user));
  askHangUp(turn, legOf(call));
}

function connect(turn: Turn, strip: Host | User, call: ExchangeCall, levels: ExchangeLevels): void {
  strip.leg = legOf(call);
  tellLevels(turn, call, levels);
}

/** False: it has no channel yet. */
function adoptCall(
  turn: Turn,
  call: ExchangeCall,
  { contacts, callers }: Known,
  running: ReadonlySet<string>,
): boolean {
  const tagged = typeof call.tag['channel'] === 'string' ? channelOf(turn.model, call.tag['channel']) : null;
  if (!tagged || tagged.leg) return false;
  const kept = typeof call.tag['record'] === 'string' ? turn.model.records[call.tag['record']] : undefined;
  const card = cardFor(call.number, call.displayName, contacts[call.number] ?? null);
  if (kept) card.point = kept.point;
  const recordId = kept?.id ?? recordOf(turn, call, tagged, card).id;
  occupy(tagged, legOf(call), card, callers[call.call] ?? null, recordId);
  if (kept?.screening) tagged.screening = structuredClone(kept.screening);
  tagged.mode = call.direction === 'out' && call.state === 'dialling' ? 'dial' : 'ring';
  changeRecord(turn, tagged.recordId, { endedAt: null, cause: null, answeredAt: call.answeredAt });
  for (const { id, kind } of kept?.recordings ?? []) {
    if (!running.has(id)) continue;
    if (kind === 'channel') tagged.recordingId = id;
  }
  tagged.isRecording = tagged.recordingId !== null;
  resumeGoal(turn, tagged, call);
  tellLevels(turn, call, channelLevels(turn.model, tagged));
  return true;
}

/** A call that was dialled for somebody still goes there when it is answered. */
function resumeGoal(turn: Turn, channel: Channel, call: ExchangeCall): void {
  const mode = call.tag['goal'];
  const isOnItsWay = call.state !== 'answered' || call.place.kind === 'silence';
  if (call.direction !== 'out' || !isOnItsWay || typeof mode !== 'string') return;
  if (landingRefusal(turn, mode, null)) return;
  channel.goal = { mode, author: null, event: 'callNumber', key: null };
}

/** A call that nobody has tagged: it came while no server was there, or its channel is no more. */
function takeUnknown(turn: Turn, call: ExchangeCall, { contacts, callers, blocked }: Known): void {
  if (call.owner.kind !== 'line') return;
  const contact = contacts[call.number] ?? null;
  const caller = callers[call.call] ?? null;
  if (call.state === 'offered') return takeOffered(turn, call, contact, caller, blocked);
  const channel = freeChannelOf(turn, call.owner.lineId);
  if (!channel) return tell(turn, { type: 'hangUp', call: call.call });
  const card = cardFor(call.number, call.displayName, contact);
  const record = recordOf(turn, call, channel, card);
  occupy(channel, legOf(call), card, caller, record.id);
  channel.mode = 'ring';
  changeRecord(turn, record.id, { answeredAt: call.answeredAt });
  tell(turn, { type: 'tag', call: call.call, tag: { channel: channel.id, record: record.id } });
  tellLevels(turn, call, channelLevels(turn.model, channel));
}

function recordOf(turn: Turn, call: ExchangeCall, channel: Channel, card: Contact): CallRecord {
  return openRecord(turn, {
    type: 'call',
    channelId: channel.id,
    lineId: channel.lineId,
    direction: call.direction,
    number: call.number,
    name: card.name,
  });
}

function tellLevels(turn: Turn, call: ExchangeCall, levels: ExchangeLevels): void {
  const isSame = (Object.keys(levels) as (keyof ExchangeLevels)[]).every(
    (name) => JSON.stringify(levels[name]) === JSON.stringify(call.levels[name]),
  );
  if (!isSame) tell(turn, { type: 'levels', call: call.call, levels });
}

function adoptUserRecordings(turn: Turn, running: ReadonlySet<string>): void {
  for (const user of Object.values(turn.model.users)) {
    if (!user.leg) continue;
    for (const record of Object.values(turn.model.records)) {
      const recording = record.recordings.find(({ id, kind }) => kind === 'user' && running.has(id));
      const isTheirs = record.channelId === user.id || record.channelId === user.mode;
      if (recording && isTheirs) {
        user.conversation = { mode: user.mode, recordId: record.id, recordingId: recording.id };
      }
    }
  }
}

function adoptProgram(turn: Turn, snapshot: ExchangeSnapshot): void {
  const { master, records } = turn.model;
  for (const record of Object.values(records)) {
    const recording = record.recordings.find(({ id }) => snapshot.programRecordings.includes(id));
    if (record.type !== 'program' || !recording) continue;
    master.recordId = record.id;
    master.recordingId = recording.id;
    changeRecord(turn, record.id, { endedAt: null, cause: null });
  }
  master.isRecording = master.recordingId !== null;
  const wanted = programState(turn.model);
  const { levelDb, isMuted, isOnAir } = snapshot.program;
  if (wanted.levelDb !== levelDb || wanted.isMuted !== isMuted || wanted.isOnAir !== isOnAir) {
    tell(turn, { type: 'program', program: wanted });
  }
}

/** What ended while nobody looked: put where it was last seen. */
function closeLostRecords(turn: Turn, running: ReadonlySet<string>): void {
  const { channels, users, master } = turn.model;
  const held = new Set([
    ...Object.values(channels).map(({ recordId }) => recordId),
    ...Object.values(users).map(({ conversation }) => conversation?.recordId ?? null),
    master.recordId,
  ]);
  for (const record of Object.values(turn.model.records)) {
    endRecordings(turn, record, record.seenAt, running);
    if (held.has(record.id) || record.endedAt !== null) continue;
    const { seenAt, onAirSince } = record;
    const onAirMs = record.onAirMs + (onAirSince === null ? 0 : seenAt - onAirSince);
    changeRecord(turn, record.id, { endedAt: seenAt, cause: 'unknown', onAirMs, onAirSince: null });
  }
}

/** The exact length is in the file; the record says what the clock says. */
function endRecordings(turn: Turn, record: CallRecord, at: number, running: ReadonlySet<string>): void {
  for (const { id, durationMs, startedAt } of record.recordings) {
    if (durationMs === null && !running.has(id)) finishRecording(turn, id, Math.max(0, at - startedAt), null);
  }
}

/** The timer of a strip goes on where it was. */
function restoreSince(turn: Turn, channel: Channel): void {
  const record = channel.recordId === null ? undefined : turn.model.records[channel.recordId];
  const last = record?.modes.at(-1);
  if (last?.mode === channel.mode) channel.since = last.at;
}
