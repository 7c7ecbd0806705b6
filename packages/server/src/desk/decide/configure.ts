// The settings have changed (or the server starts): channels by the capacity of the lines, users by the list.
// What is gone goes at once, or when its call has ended; what stays keeps its call and its faders.
import type { DeskConfig } from '../config.ts';
import type { Channel, DeskModel, User } from '../model.ts';
import { UNITY, channelOf, noScreening, userOf } from '../model.ts';
import type { StoredStrip } from '../ports/store.ts';
import {
  channelKey,
  restoreChannel,
  restoreHost,
  restoreMaster,
  restoreQueue,
  restoreUser,
  userKey,
} from '../strips.ts';
import type { Turn } from '../turn.ts';
import { askHangUp } from '../turn.ts';
import { configureOutputs } from './outputs.ts';
import { tellLeveller } from './leveller.ts';

type Strips = Readonly<Record<string, StoredStrip>>;

export function configure(turn: Turn, config: DeskConfig, strips: Strips): void {
  const { model } = turn;
  const { isOn, isDucked } = model.config.leveller;
  const isLevellerOther = isOn !== config.leveller.isOn || isDucked !== config.leveller.isDucked;
  const feedBefore = model.config.hostFeed;
  model.config = config;
  model.lines = Object.fromEntries(
    config.lines.map(({ id }) => [id, model.lines[id] ?? { status: 'down', error: null }]),
  );
  configureOutputs(turn, config);
  if (kindOfFeed(feedBefore) !== kindOfFeed(config.hostFeed)) leaveFormerFeed(turn);
  const channels = wantedChannels(turn, config, strips);
  // A line with fewer channels lets its calls come to their end: nobody is cut off on air by a setting.
  const isLineGone = ({ lineId, screening }: Channel): boolean =>
    !screening.isLocked && !config.lines.some(({ id }) => id === lineId);
  model.channels = { ...channels, ...leaving(turn, model.channels, channels, isLineGone) };
  const users = wantedUsers(turn, config, strips);
  model.users = { ...users, ...leaving(turn, model.users, users, () => true) };
  if (isLevellerOther) for (const channel of Object.values(model.channels)) tellLeveller(turn, channel);
}

/** A sound device and RTP are one call: the exchange changes what feeds it. */
function kindOfFeed(feed: DeskConfig['hostFeed']): string | null {
  return feed === 'rtp' ? 'device' : feed;
}

/** The studio desk is somewhere else from now on: a telephone that registers anew, another device, a browser. */
function leaveFormerFeed(turn: Turn): void {
  const { host } = turn.model;
  if (host.leg) askHangUp(turn, host.leg);
  Object.assign(host, { isReachable: false, isToBeReached: false });
}

/** Once, before the first `configure`: what has no id. */
export function restoreStudio(model: DeskModel, strips: Strips): void {
  restoreHost(model.host, strips);
  restoreQueue(model.queue, strips);
  restoreMaster(model.master, strips);
}

function wantedChannels(turn: Turn, config: DeskConfig, strips: Strips): Record<string, Channel> {
  const wanted: Record<string, Channel> = {};
  for (const line of config.lines) {
    for (let index = 1; index <= line.capacity; index += 1) {
      const id = `${line.id}-${index}`;
      const label = line.capacity === 1 ? line.label : `${line.label} ${index}`;
      const known = channelOf(turn.model, id);
      const channel = known ?? restoreChannel(newChannel(id, turn.at), strips[channelKey(id)]);
      wanted[id] = Object.assign(channel, { label, number: line.number, lineId: line.id, isLeaving: false });
    }
  }
  return wanted;
}

function wantedUsers(turn: Turn, config: DeskConfig, strips: Strips): Record<string, User> {
  const wanted: Record<string, User> = {};
  for (const { id, name } of config.users) {
    const user = userOf(turn.model, id) ?? restoreUser(newUser(id, turn.at), strips[userKey(id)]);
    wanted[id] = Object.assign(user, { label: name, isLeaving: false });
  }
  return wanted;
}

/** Those that are not wanted any more but have a call: they go when it has ended. */
function leaving<Strip extends Channel | User>(
  turn: Turn,
  present: Readonly<Record<string, Strip>>,
  wanted: Readonly<Record<string, unknown>>,
  isHungUp: (strip: Strip) => boolean,
): Record<string, Strip> {
  const staying: Record<string, Strip> = {};
  for (const [id, strip] of Object.entries(present)) {
    if (Object.hasOwn(wanted, id) || !strip.leg) continue;
    strip.isLeaving = true;
    if (isHungUp(strip)) askHangUp(turn, strip.leg);
    staying[id] = strip;
  }
  return staying;
}

function newStrip(id: string, at: number) {
  return {
    id,
    label: id,
    mode: 'defunct',
    since: at,
    level: UNITY,
    isMuted: false,
    isRecording: false,
    leg: null,
    goal: null,
    quality: null,
    isLeaving: false,
  };
}

function newChannel(id: string, at: number): Channel {
  return {
    ...newStrip(id, at),
    lineId: '',
    number: null,
    direction: null,
    leveller: {},
    autoanswer: null,
    contact: null,
    caller: null,
    cardRecordId: null,
    screening: noScreening(),
    recordId: null,
    error: null,
    recordingId: null,
    question: null,
  };
}

function newUser(id: string, at: number): User {
  return {
    ...newStrip(id, at),
    hearLevel: UNITY,
    isHearMuted: false,
    whisper: null,
    whisperAsked: null,
    isReachable: false,
    takesOver: null,
    conversation: null,
  };
}
