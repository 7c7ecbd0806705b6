// What people decide about callers who wait: how far the screening is, who goes first, who is taken to air next, who is
// kept there. The order itself follows from it once a turn (screening.ts).
import type { OnNext, Priority, Screening } from '@openline/protocol';
import type { Channel, DeskModel } from '../model.ts';
import { channelOf, userOf } from '../model.ts';
import type { Outcome, Turn } from '../turn.ts';
import { refuse } from '../turn.ts';
import { land } from './modes.ts';

type Found = Channel | NonNullable<Outcome>;

/** `queue:screening`. There is one `next` at most. */
export function setScreening(turn: Turn, key: string, state: Screening): Outcome {
  const channel = waitingChannel(turn.model, key);
  if ('code' in channel) return channel;
  if (channel.screening.state === state) return null;
  if (state === 'next') readyAgain(turn.model, channel.id);
  channel.screening.state = state;
  return null;
}

/** `queue:priority`. In a queue that was ordered by hand, the caller is placed anew. */
export function setPriority(turn: Turn, key: string, priority: Priority): Outcome {
  const channel = waitingChannel(turn.model, key);
  if ('code' in channel) return channel;
  if (channel.screening.priority === priority) return null;
  channel.screening.priority = priority;
  const { queue } = turn.model;
  queue.order = queue.order.filter((id) => id !== key);
  return null;
}

/** `queue:order`. Who has just left it is passed over, who is not named follows as before. */
export function setOrder(turn: Turn, ids: readonly string[]): Outcome {
  const { model } = turn;
  for (const id of ids) {
    if (userOf(model, id)) return refuse('own_channel', null, { channel: id });
    if (!channelOf(model, id)) return refuse('unknown_channel', null, { channel: id });
  }
  const { queue } = model;
  queue.isByHand = ids.length > 0;
  const named = [...new Set(ids)].filter((id) => queue.order.includes(id));
  queue.order = [...named, ...queue.order.filter((id) => !named.includes(id))];
  if (queue.isByHand) readyAgain(model, queue.order[0] ?? null);
  return null;
}

/** `queue:next`. Whoever pressed second, in the same instant, has what they wanted. */
export function takeNext(turn: Turn, id: string): Outcome {
  const { model } = turn;
  if (userOf(model, id)) return refuse('own_channel', null, { channel: id });
  const channel = channelOf(model, id);
  if (!channel) return refuse('unknown_channel', null, { channel: id });
  if (channel.mode === 'master' || channel.goal?.mode === 'master') return null;
  if (model.queue.order[0] !== id) return refuse('queue_moved', null);
  const refused = land(turn, channel, {
    mode: 'master',
    author: turn.author,
    event: 'queue:next',
    key: null,
  });
  if (refused) return refused;
  const { onNext } = model.queue;
  if (onNext === 'keep') return null;
  const onAir = Object.values(model.channels).filter(({ mode }) => mode === 'master');
  const recordIds = onAir.flatMap(({ recordId }) => recordId ?? []);
  channel.screening.makesRoom = { by: onNext, recordIds };
  return null;
}

/** `queue:onNext`. */
export function setOnNext(turn: Turn, onNext: OnNext): Outcome {
  turn.model.queue.onNext = onNext;
  return null;
}

/** `linesBusy`. */
export function setLinesBusy(turn: Turn, areBusy: boolean): Outcome {
  turn.model.queue.areLinesBusy = areBusy;
  return null;
}

/** `channelLock`. */
export function setLock(turn: Turn, key: string, isLocked: boolean): Outcome {
  if (userOf(turn.model, key)) return refuse('own_channel', key, { channel: key });
  const channel = channelOf(turn.model, key);
  if (!channel) return refuse('unknown_channel', key, { channel: key });
  if (channel.screening.isLocked === isLocked) return null;
  const details = { channel: channel.label };
  if (isLocked && channel.mode !== 'master') return refuse('channel_not_on_air', key, details);
  // Who is on the way off cannot be kept any more.
  if (channel.goal || channel.leg?.isEnding) return refuse('channel_busy_changing', key, details);
  channel.screening.isLocked = isLocked;
  return null;
}

/** A caller who is there and not on air. */
function waitingChannel(model: DeskModel, key: string): Found {
  if (userOf(model, key)) return refuse('own_channel', key, { channel: key });
  const channel = channelOf(model, key);
  if (!channel) return refuse('unknown_channel', key, { channel: key });
  const details = { channel: channel.label };
  if (channel.mode === 'defunct') return refuse('channel_defunct', key, details);
  if (!channel.leg) return refuse('channel_free', key, details);
  if (channel.mode === 'master') return refuse('channel_on_air', key, details);
  // A number that is being dialled: nobody is there yet.
  return channel.screening.state === null ? refuse('channel_not_answered', key, details) : channel;
}

/** Whoever is `next` is it no more, but for one. */
function readyAgain(model: DeskModel, except: string | null): void {
  for (const { id, screening } of Object.values(model.channels)) {
    if (screening.state === 'next' && id !== except) screening.state = 'ready';
  }
}
