// What of a strip survives a restart of the server, and how it comes back: faders, mutes, autoanswer, an armed
// recording, the queue. Kept by key in the store; a stored value of the wrong kind counts as none.
import { levellerChangeSchema, onNextSchema } from '@openline/protocol';
import type { Channel, DeskModel, Host, Master, Queue, User } from './model.ts';
import type { StoredStrip } from './ports/store.ts';

type Strips = Readonly<Record<string, StoredStrip>>;

export const channelKey = (id: string): string => `channel:${id}`;
export const userKey = (id: string): string => `user:${id}`;
const HOST_KEY = 'host';
const MASTER_KEY = 'master';
const QUEUE_KEY = 'queue';

/** Every strip as it is to be stored. */
export function storedStrips(model: DeskModel): Record<string, StoredStrip> {
  const strips: Record<string, StoredStrip> = {};
  for (const channel of Object.values(model.channels)) {
    const { level, isMuted, leveller, autoanswer, isRecording, leg } = channel;
    strips[channelKey(channel.id)] = {
      level,
      isMuted,
      leveller: JSON.stringify(leveller),
      autoanswer,
      isArmed: isRecording && leg === null,
    };
  }
  for (const user of Object.values(model.users)) {
    const { level, isMuted, hearLevel, isHearMuted, isRecording } = user;
    strips[userKey(user.id)] = { level, isMuted, hearLevel, isHearMuted, isRecording };
  }
  strips[HOST_KEY] = { level: model.host.level, isMuted: model.host.isMuted };
  const { level, isMuted, isOnAir, delayS, lostDelayS } = model.master;
  strips[MASTER_KEY] = { level, isMuted, isOnAir, delayS, lostDelayS };
  const { order, isByHand, onNext, areLinesBusy } = model.queue;
  strips[QUEUE_KEY] = { order: JSON.stringify(order), isByHand, onNext, areLinesBusy };
  return strips;
}

export function restoreChannel(channel: Channel, strip: StoredStrip | undefined): Channel {
  channel.level = numberIn(strip, 'level', channel.level);
  channel.isMuted = flagIn(strip, 'isMuted', channel.isMuted);
  channel.isRecording = flagIn(strip, 'isArmed', false);
  if (typeof strip?.['leveller'] === 'string') {
    channel.leveller = levellerChangeSchema.catch({}).parse(JSON.parse(strip['leveller']));
  }
  const autoanswer = strip?.['autoanswer'];
  channel.autoanswer = typeof autoanswer === 'string' ? autoanswer : null;
  return channel;
}

export function restoreUser(user: User, strip: StoredStrip | undefined): User {
  user.level = numberIn(strip, 'level', user.level);
  user.isMuted = flagIn(strip, 'isMuted', user.isMuted);
  user.hearLevel = numberIn(strip, 'hearLevel', user.hearLevel);
  user.isHearMuted = flagIn(strip, 'isHearMuted', user.isHearMuted);
  user.isRecording = flagIn(strip, 'isRecording', user.isRecording);
  return user;
}

export function restoreHost(host: Host, strips: Strips): void {
  host.level = numberIn(strips[HOST_KEY], 'level', host.level);
  host.isMuted = flagIn(strips[HOST_KEY], 'isMuted', host.isMuted);
}

export function restoreMaster(master: Master, strips: Strips): void {
  master.level = numberIn(strips[MASTER_KEY], 'level', master.level);
  master.isMuted = flagIn(strips[MASTER_KEY], 'isMuted', master.isMuted);
  master.isOnAir = flagIn(strips[MASTER_KEY], 'isOnAir', master.isOnAir);
  const delayS = strips[MASTER_KEY]?.['delayS'];
  if (typeof delayS === 'number') master.delayS = delayS;
  const lostDelayS = strips[MASTER_KEY]?.['lostDelayS'];
  if (typeof lostDelayS === 'number') master.lostDelayS = lostDelayS;
}

/** The order is that of the calls that are still there when the exchange has told of them. */
export function restoreQueue(queue: Queue, strips: Strips): void {
  const strip = strips[QUEUE_KEY];
  queue.isByHand = flagIn(strip, 'isByHand', queue.isByHand);
  queue.areLinesBusy = flagIn(strip, 'areLinesBusy', queue.areLinesBusy);
  queue.onNext = onNextSchema.catch(queue.onNext).parse(strip?.['onNext']);
  if (typeof strip?.['order'] === 'string') queue.order = JSON.parse(strip['order']) as string[];
}

function numberIn(strip: StoredStrip | undefined, name: string, otherwise: number): number {
  const value = strip?.[name];
  return typeof value === 'number' && value >= 1 && value <= 100 ? value : otherwise;
}

function flagIn(strip: StoredStrip | undefined, name: string, otherwise: boolean): boolean {
  const value = strip?.[name];
  return typeof value === 'boolean' ? value : otherwise;
}
