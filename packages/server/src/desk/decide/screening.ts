// Once a turn, after the modes are settled: the screening of every caller follows where they are, the queue follows the
// screening. And in between: who was on air makes room for the next one, when that one is heard there.
import type { Screening } from '@openline/protocol';
import type { Channel, DeskModel } from '../model.ts';
import { noScreening } from '../model.ts';
import type { Turn } from '../turn.ts';
import { askHangUp } from '../turn.ts';

export function followScreening({ model }: Turn): void {
  // Without the exchange nobody knows who is there: the queue is kept for the calls that it brings back.
  if (!model.isUp) return;
  for (const channel of Object.values(model.channels)) follow(channel);
  orderQueue(model);
}

/** Before the next commands are given. Whoever is on air first is never taken off before the next one is there. */
export function makeRoom(turn: Turn): void {
  for (const { mode, goal, screening } of Object.values(turn.model.channels)) {
    const { makesRoom } = screening;
    if (!makesRoom || (mode !== 'master' && goal?.mode === 'master')) continue;
    screening.makesRoom = null;
    if (mode === 'master') for (const id of makesRoom.recordIds) takeOff(turn, id, makesRoom.by);
  }
}

/** Not who has been locked, or is being moved by somebody. */
function takeOff(turn: Turn, recordId: string, by: 'hold' | 'drop'): void {
  const channel = Object.values(turn.model.channels).find((each) => each.recordId === recordId);
  const isThere = channel?.mode === 'master' && !channel.goal && !channel.screening.isLocked;
  if (!isThere || !channel.leg || channel.leg.isEnding) return;
  const mode = by === 'hold' ? 'on_hold' : 'free';
  channel.goal = { mode, author: null, event: 'queue:next', key: null };
  channel.leg.isStuck = false;
  if (by === 'drop') askHangUp(turn, channel.leg);
}

function follow(channel: Channel): void {
  if (!channel.leg) channel.screening = noScreening();
  const { screening, mode } = channel;
  if (!channel.leg || screening.mode === mode) return;
  screening.mode = mode;
  screening.state = stateIn(channel, screening.state);
  if (mode !== 'master') screening.isLocked = false;
}

function stateIn({ mode, direction }: Channel, was: Screening | null): Screening | null {
  switch (mode) {
    case 'ring':
      return direction === 'in' ? (was ?? 'new') : null;
    case 'dial':
    case 'master':
      return null;
    case 'on_hold':
    case 'ivr':
      return was === null || was === 'talking' ? 'new' : was;
    default:
      return 'talking';
  }
}

function orderQueue(model: DeskModel): void {
  const { queue, channels } = model;
  const isWaiting = ({ screening: { state } }: Channel): boolean => state === 'ready' || state === 'next';
  const waiting = Object.values(channels)
    .filter(isWaiting)
    .toSorted((a, b) => inTurn(model, a, b));
  if (waiting.length === 0) queue.isByHand = false;
  queue.order = queue.order.filter((id) => waiting.some((channel) => channel.id === id));
  for (const channel of waiting) if (!queue.order.includes(channel.id)) placeBehind(model, channel);
  if (!queue.isByHand) queue.order = waiting.map(({ id }) => id);
  const next = waiting.find(({ screening }) => screening.state === 'next');
  if (next) queue.order = [next.id, ...queue.order.filter((id) => id !== next.id)];
}

/** By priority, then by who has waited longest. */
function inTurn(model: DeskModel, a: Channel, b: Channel): number {
  const since = ({ recordId }: Channel): number => model.records[recordId ?? '']?.openedAt ?? 0;
  return b.screening.priority - a.screening.priority || since(a) - since(b) || (a.id < b.id ? -1 : 1);
}

/** At the end of an order made by hand, before those of less priority only. */
function placeBehind({ queue, channels }: DeskModel, { id, screening }: Channel): void {
  const priorityOf = (other: string): number => channels[other]?.screening.priority ?? 0;
  const behind = queue.order.findLastIndex((other) => priorityOf(other) >= screening.priority);
  queue.order.splice(behind + 1, 0, id);
}
