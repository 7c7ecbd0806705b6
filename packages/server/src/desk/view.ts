// The state as clients see it: the model in the protocol's words. `initialize` is this view, and every broadcast is
// the difference of two of them.
import type {
  Call,
  ChannelState,
  Connection,
  DeskState,
  LineState,
  OutputState,
  Quality,
  Question,
  PlayerState,
  QueueState,
  UserState,
} from '@openline/protocol';
import { levellerOf } from './decide/leveller.ts';
import type { Channel, DeskModel, Player, Strip, User } from './model.ts';
import { channelWaitingFor } from './model.ts';
import type { CallQuality } from './ports/exchange.ts';
import type { QuestionRecord } from './ports/question-store.ts';
import type { CallRecord } from './ports/store.ts';
import { FAVORITE, hasTag } from './records/tags.ts';

export function viewOf(model: DeskModel): DeskState {
  const channels: Record<string, ChannelState> = {};
  for (const channel of Object.values(model.channels)) channels[channel.id] = channelView(model, channel);
  for (const user of Object.values(model.users)) channels[user.id] = ownChannelView(model, user);
  const users = Object.fromEntries(Object.values(model.users).map((user) => [user.id, userView(user)]));
  const unity = { level: 75, muted: false };
  const { master, host } = model;
  const players = Object.values(model.players).flatMap((player) => {
    const state = playerView(player);
    return state ? [[player.id, state] as const] : [];
  });
  return {
    lines: Object.fromEntries(model.config.lines.map((line) => [line.id, lineView(model, line.id)])),
    mixer: {
      channels,
      master: {
        level: master.level,
        muted: master.isMuted,
        on_air: master.isOnAir,
        recording: master.isRecording,
        delay: master.delayS,
        delay_state: {
          state: master.delay.state,
          depth_ms: master.delay.depthMs,
          safe: master.delay.isSafe,
        },
        in: unity,
        out: unity,
      },
      host: {
        level: host.level,
        muted: host.isMuted,
        connected: isHostThere(model),
        feed: model.config.hostFeed,
        connection: hostConnectionView(model),
        input: host.studio?.input ?? null,
        return: host.studio?.return ?? null,
        user: host.leg?.headset?.userId ?? null,
      },
      players: Object.fromEntries(players),
    },
    queue: queueView(model),
    users,
    operators: users,
    buckets: {},
    current_bucket: null,
    prompts: {},
    outputs: outputsView(model),
    alarms: model.alarms,
  };
}

/** An entry of the history; of a call that is up, as it is now. */
export function callView(record: CallRecord, now: number): Call {
  const { answeredAt, endedAt, onAirSince } = record;
  const end = endedAt ?? now;
  const [dumped] = record.type === 'dump' ? record.recordings : [];
  const from = record.type === 'program' ? record.openedAt : answeredAt;
  return {
    id: record.id,
    type: record.type,
    timestamp: record.openedAt,
    channel_id: record.channelId,
    direction: record.direction,
    number: record.number,
    name: record.name,
    point: record.point,
    answered: answeredAt !== null,
    duration_ms: dumped?.durationMs ?? (from === null ? 0 : Math.max(0, end - from)),
    on_air_ms: record.onAirMs + (onAirSince === null ? 0 : Math.max(0, end - onAirSince)),
    hangup_cause: record.cause,
    recordings: record.recordings
      .filter(({ durationMs }) => durationMs !== null)
      .map(({ id, durationMs }) => ({ audio_url: `/audio/${id}.wav`, duration_ms: durationMs ?? 0 })),
    tags: [...record.tags],
    favorite: hasTag(record.tags, FAVORITE),
    modes: record.modes.map(({ mode, at }) => ({ mode, timestamp: at })),
    quality: qualityView(record.quality),
  };
}

export function questionView(question: QuestionRecord): Question {
  const { id, timestamp, endpoint, name, durationMs, bucketId, tags, mark, callId } = question;
  return {
    id,
    timestamp,
    endpoint,
    name,
    duration_ms: durationMs ?? 0,
    audio_url: `/audio/${id}.wav`,
    bucket_id: bucketId,
    tags: [...tags],
    favorite: hasTag(tags, FAVORITE),
    mark,
    call_id: callId,
  };
}

/** Shown from the moment in which it is heard. */
function playerView({
  audioUrl,
  title,
  to,
  level,
  startedAt,
  fromMs,
  durationMs,
}: Player): PlayerState | null {
  if (startedAt === null) return null;
  return {
    audio_url: audioUrl,
    title,
    to,
    level,
    started: startedAt,
    from_ms: fromMs,
    duration_ms: durationMs,
  };
}

function stripView({ label, mode, since, level, isMuted, isRecording, quality, leg }: Strip) {
  return {
    type: 'sip',
    label,
    mode,
    timestamp: since,
    level,
    muted: isMuted,
    recording: isRecording,
    quality: qualityView(quality),
    held_by_remote: leg?.isHeldByRemote ?? false,
  } as const;
}

function channelView(model: DeskModel, channel: Channel): ChannelState {
  const lineError = channel.mode === 'defunct' ? (model.lines[channel.lineId]?.error ?? null) : null;
  return {
    ...stripView(channel),
    number: channel.number,
    line_id: channel.lineId,
    direction: channel.direction,
    leveller: levellerOf(model.config, channel),
    autoanswer: channel.autoanswer,
    contact: channel.contact,
    caller: channel.caller,
    ...screeningView(channel),
    call_id: channel.recordId,
    error: channel.error ?? lineError,
    pending: channel.goal?.mode ?? null,
  };
}

function ownChannelView(model: DeskModel, user: User): ChannelState {
  return {
    ...stripView(user),
    number: null,
    line_id: null,
    direction: 'operator',
    leveller: null,
    autoanswer: null,
    contact: null,
    caller: null,
    screening: null,
    priority: 0,
    locked: false,
    call_id: null,
    error: null,
    pending: user.goal?.mode ?? channelWaitingFor(model, user)?.id ?? null,
  };
}

/** What is kept of a call that may still be there is not shown before it is. */
function screeningView({ leg, screening }: Channel): Pick<ChannelState, 'screening' | 'priority' | 'locked'> {
  if (!leg) return { screening: null, priority: 0, locked: false };
  return { screening: screening.state, priority: screening.priority, locked: screening.isLocked };
}

function queueView({ channels, queue }: DeskModel): QueueState {
  return {
    order: queue.order.filter((id) => channels[id]?.leg),
    by_hand: queue.isByHand,
    on_next: queue.onNext,
    lines_busy: queue.areLinesBusy,
  };
}

function outputsView({ config, outputs }: DeskModel): Record<string, OutputState> {
  return Object.fromEntries(
    config.outputs.flatMap(({ id, type, label, isDelayed }) => {
      const condition = outputs[id];
      if (!condition) return [];
      const { state, error, listeners, since } = condition;
      return [[id, { type, label, delayed: isDelayed, state, error, listeners, timestamp: since }]];
    }),
  );
}

function userView(user: User): UserState {
  const { label, hearLevel, isHearMuted, isRecording, whisper } = user;
  return {
    name: label,
    level: hearLevel,
    muted: isHearMuted,
    recording: isRecording,
    whisper,
    connection: connectionView(user),
  };
}

/** A device that brings nothing has its place on air all the same, and is not there. */
function isHostThere({ host }: DeskModel): boolean {
  const isInPlace = host.leg?.hasMedia === true && host.leg.place.kind === 'host';
  return isInPlace && (host.studio === null || host.studio.input.state === 'running');
}

function hostConnectionView({ host, config }: DeskModel): Connection | null {
  if (config.hostFeed !== 'device' && config.hostFeed !== 'rtp') return connectionView(host);
  return host.leg && { by: 'feed', away: host.studio?.input.state !== 'running' };
}

/** A phone that is registered is connected: it is rung when it is needed. */
function connectionView({ leg, isReachable }: Pick<User, 'leg' | 'isReachable'>): Connection | null {
  if (leg?.headset) return { by: 'headset', away: leg.headset.isAway };
  return leg || isReachable ? { by: 'phone', away: false } : null;
}

function lineView(model: DeskModel, id: string): LineState {
  const line = model.config.lines.find((each) => each.id === id);
  return {
    type: 'sip',
    label: line?.label ?? id,
    number: line?.number ?? null,
    status: model.lines[id]?.status ?? 'down',
    capacity: line?.capacity ?? 0,
    sms: line?.sms ?? false,
    connection: { provider: null, rssi: null },
  };
}

function qualityView(quality: CallQuality | null): Quality | null {
  if (!quality) return null;
  const { packetsReceived, packetsLost } = quality;
  const sent = packetsReceived + packetsLost;
  return {
    codec: quality.codec,
    loss_percent: sent === 0 ? 0 : rounded((packetsLost / sent) * 100),
    jitter_ms: rounded(quality.jitterMs),
    concealed_frames: quality.framesConcealed,
    buffer_ms: rounded(quality.bufferMs),
    buffer_max_ms: rounded(quality.bufferMaxMs),
    mos: rounded(quality.mos),
  };
}

/** One decimal: more says nothing, and would be told to every client. */
function rounded(figure: number): number {
  return Math.round(figure * 10) / 10;
}
