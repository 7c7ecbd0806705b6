// The broadcasts of a turn: what differs between the view before and after. What did not change is not sent, so
// a set that already holds broadcasts nothing. What an author moved by hand (faders, the card) goes to the others.
import type { ChannelState, DeskState, ServerFrame } from '@openline/protocol';
import type { Author } from './model.ts';
import type { Audience } from './ports/broadcaster.ts';

interface Broadcast {
  kind: 'broadcast';
  audience: Audience;
  frame: ServerFrame;
}

export function broadcastsBetween(before: DeskState, after: DeskState, author: Author | null): Broadcast[] {
  const all = (frame: ServerFrame): Broadcast => ({ kind: 'broadcast', audience: { to: 'all' }, frame });
  const broadcasts: Broadcast[] = [];
  if (author) broadcasts.push(...byHand(before, after, author));
  const isByHand = author !== null;

  const lines = changedEntries(before.lines, after.lines);
  if (lines) broadcasts.push(all({ event: 'lineUpdate', data: lines }));
  const users = changedEntries(before.users, after.users, isByHand ? ['level'] : []);
  if (users) broadcasts.push(all({ event: 'userUpdate', data: users }));
  const channels = changedChannels(before.mixer.channels, after.mixer.channels, isByHand);
  if (channels) broadcasts.push(all({ event: 'channelUpdate', data: channels }));
  const master = changed(before.mixer.master, after.mixer.master, isByHand ? ['level'] : []);
  if (master) broadcasts.push(all({ event: 'masterUpdate', data: master }));
  const host = changed(before.mixer.host, after.mixer.host, isByHand ? ['level'] : []);
  if (host) broadcasts.push(all({ event: 'hostUpdate', data: host }));
  const players = changedEntries(before.mixer.players, after.mixer.players, isByHand ? ['level'] : []);
  if (players) broadcasts.push(all({ event: 'playerUpdate', data: players }));
  const queue = changed(before.queue, after.queue, []);
  if (queue) broadcasts.push(all({ event: 'queueUpdate', data: queue }));
  const outputs = changedEntries(before.outputs, after.outputs);
  if (outputs) broadcasts.push(all({ event: 'outputUpdate', data: outputs }));
  return [...broadcasts, ...alarms(before, after).map(all)];
}

/** Faders and cards, to everybody but whose hand is on them. */
function byHand(before: DeskState, after: DeskState, author: Author): Broadcast[] {
  const frames: ServerFrame[] = [];
  for (const [id, now] of Object.entries(after.mixer.channels)) {
    const was = before.mixer.channels[id];
    if (!was) continue;
    if (was.level !== now.level) frames.push({ event: 'channelVolumeChange', data: { [id]: now.level } });
    const card = isSameCard(was, now) ? changed(was.contact ?? {}, now.contact ?? {}, []) : null;
    if (card) frames.push({ event: 'channelContactInfo', data: { [id]: card } });
  }
  for (const [id, now] of Object.entries(after.users)) {
    const was = before.users[id];
    if (was && was.level !== now.level) frames.push({ event: 'userVolumeChange', data: { [id]: now.level } });
  }
  for (const [id, now] of Object.entries(after.mixer.players)) {
    const was = before.mixer.players[id];
    if (was && was.level !== now.level)
      frames.push({ event: 'playerVolumeChange', data: { [id]: now.level } });
  }
  const { master, host } = after.mixer;
  if (before.mixer.master.level !== master.level)
    frames.push({ event: 'masterVolumeChange', data: master.level });
  if (before.mixer.host.level !== host.level) frames.push({ event: 'hostVolumeChange', data: host.level });
  return frames.map((frame) => ({
    kind: 'broadcast',
    audience: { to: 'others', than: author.client },
    frame,
  }));
}

function changedChannels(
  before: DeskState['mixer']['channels'],
  after: DeskState['mixer']['channels'],
  isByHand: boolean,
): Record<string, Partial<ChannelState> | null> | null {
  const changes = changedEntries(before, after, isByHand ? ['level'] : []);
  if (!changes || !isByHand) return changes;
  for (const [id, change] of Object.entries(changes)) {
    const was = before[id];
    const now = after[id];
    if (!change || !was || !now || !isSameCard(was, now)) continue;
    delete change.contact;
    if (Object.keys(change).length === 0) delete changes[id];
  }
  return Object.keys(changes).length === 0 ? null : changes;
}

/** The same person's card on the same call: its properties travel alone. A new call brings a whole card. */
function isSameCard(was: ChannelState, now: ChannelState): boolean {
  return was.contact !== null && now.contact !== null && was.call_id === now.call_id;
}

function alarms(before: DeskState, after: DeskState): ServerFrame[] {
  const raised = Object.entries(after.alarms).filter(([code, msg]) => before.alarms[code] !== msg);
  const over = Object.keys(before.alarms).filter((code) => !Object.hasOwn(after.alarms, code));
  return [
    ...raised.map(([code, msg]): ServerFrame => ({ event: 'alarm', data: { code, raised: true, msg } })),
    ...over.map((code): ServerFrame => {
      return { event: 'alarm', data: { code, raised: false, msg: before.alarms[code] ?? '' } };
    }),
  ];
}

function changedEntries<Entry extends object>(
  before: Readonly<Record<string, Entry>>,
  after: Readonly<Record<string, Entry>>,
  except: readonly string[] = [],
): Record<string, Partial<Entry> | null> | null {
  const changes: Record<string, Partial<Entry> | null> = {};
  for (const [id, now] of Object.entries(after)) {
    const was = before[id];
    const change = was ? changed(was, now, except) : now;
    if (change) changes[id] = change;
  }
  for (const id of Object.keys(before)) if (!Object.hasOwn(after, id)) changes[id] = null;
  return Object.keys(changes).length === 0 ? null : changes;
}

function changed<Entry extends object>(
  was: Entry,
  now: Entry,
  except: readonly string[],
): Partial<Entry> | null {
  const entries = Object.entries(now).filter(([name, value]) => {
    return !except.includes(name) && !isSame(Reflect.get(was, name), value);
  });
  return entries.length === 0 ? null : (Object.fromEntries(entries) as Partial<Entry>);
}

/** Views are plain values, a level or two deep. */
function isSame(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);
}
