// `callNumber` and `channelCallNumber`: which channel dials, whether it may, and where the called party lands.
import { mayDo } from '@openline/protocol';
import type { DeskLine } from '../config.ts';
import type { Channel, Goal } from '../model.ts';
import { channelOf, userOf } from '../model.ts';
import type { DeskAction, Outcome, ToDial, Turn } from '../turn.ts';
import { ask, refuse } from '../turn.ts';
import { freeChannelOf, occupy } from './calls-in.ts';
import { cardFor } from './contacts.ts';
import { channelLevels } from './levels.ts';
import { landingRefusal, userRefusal } from './modes.ts';
import { placeOfMode } from './progress.ts';
import { openRecord } from './records.ts';

type CallAction = Extract<DeskAction, { event: 'callNumber' | 'channelCallNumber' }>;

export function callNumber(turn: Turn, action: CallAction, toDial: ToDial): Outcome {
  const { key, sentAs } = action;
  const { mode } = action.value;
  const { number } = toDial;
  if (number === null) return refuse('bad_number', key, { number: action.value.number });
  const refused = landingRefusal(turn, mode, key);
  if (refused) return refused;
  if (turn.author && !mayDo(turn.author.role, sentAs, mode === 'master'))
    return refuse('forbidden_on_air', key);
  if (!turn.model.isUp) return refuse('exchange_down', key);
  if (!turn.model.config.dialAllow.some((pattern) => new RegExp(pattern).test(number))) {
    return refuse('number_not_allowed', key, { number });
  }
  const limited = limitRefusal(turn, toDial, key);
  if (limited) return limited;
  const asked = action.event === 'callNumber' ? action.value.channel_id : action.key;
  const channel = asked === null ? chooseChannel(turn, number) : askedChannel(turn, asked, key, number);
  if ('code' in channel) return channel;
  const user = userOf(turn.model, mode);
  const userRefused = user ? userRefusal(turn, user, channel, key) : null;
  if (userRefused) return userRefused;
  dial(turn, channel, number, toDial, { mode, author: turn.author, event: sentAs, key });
  return null;
}

/** Who has stolen a password must not ring up a fortune overnight. */
function limitRefusal(turn: Turn, { dialledTodayMs }: ToDial, key: string | null): Outcome {
  const { dialMaxMsADay, dialCallsAtOnce } = turn.model.config;
  if (dialledTodayMs >= dialMaxMsADay) return refuse('dial_limit', key);
  const calls = Object.values(turn.model.channels).filter(({ leg }) => leg?.direction === 'out');
  if (calls.length < dialCallsAtOnce) return null;
  return refuse('too_many_calls_out', key, { limit: String(dialCallsAtOnce) });
}

type Chosen = Channel | NonNullable<Outcome>;

function askedChannel(turn: Turn, id: string, key: string | null, number: string): Chosen {
  if (userOf(turn.model, id)) return refuse('own_channel', key, { channel: id });
  const channel = channelOf(turn.model, id);
  if (!channel) return refuse('unknown_channel', key, { channel: id });
  if (channel.mode === 'defunct') return refuse('channel_defunct', key, { channel: channel.label });
  if (channel.leg || channel.isLeaving) return refuse('channel_not_free', key, { channel: channel.label });
  const line = turn.model.config.lines.find((each) => each.id === channel.lineId);
  return line && !hasWayOut(line, number) ? refuse('no_way_out', key, { channel: channel.label }) : channel;
}

/** A free channel of the first line whose patterns match and that has one, else of the default line. */
function chooseChannel(turn: Turn, number: string): Chosen {
  const lines = turn.model.config.lines.filter((line) => hasWayOut(line, number));
  const matching = lines.filter(({ patterns }) =>
    patterns.some((pattern) => new RegExp(pattern).test(number)),
  );
  // What has a line of its own goes over no other, also while that one is down: it would cost, or not arrive.
  const meant = matching.length > 0 ? matching : lines;
  const up = meant.filter(({ id }) => turn.model.lines[id]?.status === 'up');
  const candidates = matching.length > 0 ? up : up.slice(0, 1);
  if (candidates.length === 0) return refuse('no_line', null, { number });
  for (const line of candidates) {
    const channel = freeChannelOf(turn, line.id);
    if (channel) return channel;
  }
  return refuse('no_free_channel', null);
}

function hasWayOut(line: DeskLine, number: string): boolean {
  return line.canDialNumbers || /^sips?:/i.test(number);
}

function dial(turn: Turn, channel: Channel, number: string, { contact, caller }: ToDial, goal: Goal): void {
  const card = cardFor(number, '', contact);
  const { lineId } = channel;
  const record = openRecord(turn, {
    type: 'call',
    channelId: channel.id,
    lineId,
    direction: 'out',
    number,
    name: card.name,
  });
  const call = turn.newId();
  const place = placeOfMode(turn, goal.mode, channel);
  const tag = { channel: channel.id, record: record.id, goal: goal.mode };
  const op = ask(
    turn,
    { type: 'dial', call, lineId, number, place, levels: channelLevels(turn.model, channel), tag },
    { kind: 'dial', call },
  );
  const leg = {
    call,
    direction: 'out',
    stage: 'dialling',
    hasMedia: false,
    place,
    isHeldByRemote: false,
    headset: null,
    op,
    isEnding: false,
    isStuck: false,
  } as const;
  occupy(channel, leg, card, caller, record.id);
  channel.goal = goal;
}
