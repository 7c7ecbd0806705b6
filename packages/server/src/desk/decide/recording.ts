// Recordings: of a caller (armed while the channel is free), of a user's conversations, of the program. The wishes are flags in the state; `followRecordings` makes the exchange follow them.
import type { Channel, User } from '../model.ts';
import { channelOf, channelWith, userOf } from '../model.ts';
import type { CallRecording } from '../ports/store.ts';
import type { Outcome, Turn } from '../turn.ts';
import { ask, refuse, tell } from '../turn.ts';
import { addRecording, closeRecord, finishRecording, openRecord } from './records.ts';

/** `channelRecording`; on a user's own channel it is `userRecording`. */
export function setChannelRecording(turn: Turn, key: string, isRecording: boolean): Outcome {
  const strip = channelOf(turn.model, key) ?? userOf(turn.model, key);
  if (!strip) return refuse('unknown_channel', key, { channel: key });
  strip.isRecording = isRecording;
  return null;
}

export function setUserRecording(turn: Turn, key: string, isRecording: boolean): Outcome {
  const user = userOf(turn.model, key);
  if (!user) return refuse('unknown_user', key, { user: key });
  user.isRecording = isRecording;
  return null;
}

export function setMasterRecording(turn: Turn, isRecording: boolean): Outcome {
  if (isRecording && !turn.model.isUp) return refuse('exchange_down', null);
  turn.model.master.isRecording = isRecording;
  return null;
}

/** Once a turn, after the modes are settled: starts and stops what the flags and modes ask for. */
export function followRecordings(turn: Turn): void {
  if (!turn.model.isUp) return;
  for (const channel of Object.values(turn.model.channels)) followChannel(turn, channel);
  for (const user of Object.values(turn.model.users)) followUser(turn, user);
  followMaster(turn);
}

/** The exchange has ended a recording, asked or not. */
export function takeStopped(turn: Turn, id: string, durationMs: number, error: string | null): void {
  finishRecording(turn, id, durationMs, error);
  const { master } = turn.model;
  if (master.recordingId === id) master.isRecording = false;
  for (const channel of Object.values(turn.model.channels)) {
    if (channel.recordingId !== id) continue;
    channel.recordingId = null;
    channel.isRecording = false;
  }
  for (const user of Object.values(turn.model.users)) {
    if (user.conversation?.recordingId === id && error !== null) user.isRecording = false;
  }
}

function followChannel(turn: Turn, channel: Channel): void {
  const { leg, recordId } = channel;
  const isTalking = leg?.stage === 'answered' && leg.hasMedia && !leg.isEnding;
  if (!leg || !isTalking || recordId === null) return;
  if (channel.isRecording && channel.recordingId === null) {
    channel.recordingId = start(turn, recordId, 'channel', leg.call);
  } else if (!channel.isRecording && channel.recordingId !== null) {
    tell(turn, { type: 'stopRecording', recording: channel.recordingId });
    channel.recordingId = null;
  }
}

/** One recording a conversation: a private talk's is filed with the caller, a talk on air with the user. */
function followUser(turn: Turn, user: User): void {
  const caller = channelWith(turn.model, user);
  const isTalking = user.leg !== null && (caller !== null || user.mode === 'master');
  const { conversation } = user;
  if (conversation && (!isTalking || !user.isRecording || conversation.mode !== user.mode)) {
    tell(turn, { type: 'stopRecording', recording: conversation.recordingId });
    if (turn.model.records[conversation.recordId]?.channelId === user.id) {
      closeRecord(turn, conversation.recordId, 'normal', null);
    }
    user.conversation = null;
  }
  if (!user.isRecording || !isTalking || !user.leg || user.conversation) return;
  const recordId = caller?.recordId ?? openTalk(turn, user);
  const recordingId = start(turn, recordId, 'user', user.leg.call);
  user.conversation = { mode: user.mode, recordId, recordingId };
}

function openTalk(turn: Turn, user: User): string {
  const { id } = openRecord(turn, {
    type: 'call',
    channelId: user.id,
    lineId: null,
    direction: null,
    number: '',
    name: user.label,
  });
  return id;
}

function followMaster(turn: Turn): void {
  const { master } = turn.model;
  if (master.isRecording && master.recordingId === null) {
    const opening = { channelId: null, lineId: null, direction: null, number: '', name: null } as const;
    master.recordId = openRecord(turn, { type: 'program', ...opening }).id;
    master.recordingId = start(turn, master.recordId, 'program', null);
  } else if (!master.isRecording && master.recordingId !== null) {
    tell(turn, { type: 'stopRecording', recording: master.recordingId });
    closeRecord(turn, master.recordId, 'normal', null);
    master.recordId = null;
    master.recordingId = null;
  }
}

/** `call` null: the program. */
function start(turn: Turn, recordId: string, kind: CallRecording['kind'], call: string | null): string {
  const recording = turn.newId();
  addRecording(turn, recordId, recording, kind);
  const source = call === null ? ({ kind: 'program' } as const) : ({ kind: 'call', call } as const);
  ask(
    turn,
    { type: 'record', recording, source },
    { kind: 'record', recordId, recordingId: recording, author: turn.author },
  );
  return recording;
}
