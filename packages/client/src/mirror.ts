// The client's copy of the state: `initialize` whole, every later event a delta. Pure, so that a console can keep
// it in whatever store it likes; the client keeps one itself.
import { wellFormed } from '@openline/protocol';
import type {
  ChannelState,
  ClientEvent,
  ClientEventData,
  ContactProperty,
  Initialize,
  PlayerState,
  ServerFrame,
  UserState,
} from '@openline/protocol';

export type Mirror = Initialize;

/** The state after an event. The same object when the event changes nothing of it; null before `initialize`. */
export function applyFrame(mirror: Mirror | null, frame: ServerFrame): Mirror | null {
  if (frame.event === 'initialize') return frame.data;
  if (!mirror) return null;
  const { mixer } = mirror;
  switch (frame.event) {
    case 'channelUpdate':
      return withChannels(mirror, mergeEntries(mixer.channels, frame.data));
    case 'channelVolumeChange':
      return withChannels(
        mirror,
        mergeEntries<ChannelState>(
          mixer.channels,
          mapEntries(frame.data, (level) => ({ level })),
        ),
      );
    case 'channelContactInfo':
      return withChannels(mirror, withCards(mixer.channels, frame.data));
    case 'masterUpdate':
      return { ...mirror, mixer: { ...mixer, master: merge(mixer.master, frame.data) } };
    case 'masterVolumeChange':
      return { ...mirror, mixer: { ...mixer, master: { ...mixer.master, level: frame.data } } };
    case 'hostUpdate':
      return { ...mirror, mixer: { ...mixer, host: merge(mixer.host, frame.data) } };
    case 'hostVolumeChange':
      return { ...mirror, mixer: { ...mixer, host: { ...mixer.host, level: frame.data } } };
    case 'userUpdate':
      return withUsers(mirror, mergeEntries(mirror.users, frame.data));
    case 'userVolumeChange':
      return withUsers(
        mirror,
        mergeEntries<UserState>(
          mirror.users,
          mapEntries(frame.data, (level) => ({ level })),
        ),
      );
    case 'playerUpdate':
      return withPlayers(mirror, mergeEntries(mixer.players, frame.data));
    case 'playerVolumeChange': {
      const known = Object.entries(frame.data).filter(([id]) => Object.hasOwn(mixer.players, id));
      const levels = mapEntries(Object.fromEntries(known), (level) => ({ level }));
      return withPlayers(mirror, mergeEntries<PlayerState>(mixer.players, levels));
    }
    case 'queueUpdate':
      return { ...mirror, queue: merge(mirror.queue, frame.data) };
    case 'lineUpdate':
      return { ...mirror, lines: mergeEntries(mirror.lines, frame.data) };
    case 'outputUpdate':
      return { ...mirror, outputs: mergeEntries(mirror.outputs, frame.data) };
    case 'stationUpdate':
      return { ...mirror, station: merge(mirror.station, frame.data) };
    case 'buckets:update':
      return { ...mirror, buckets: mergeEntries(mirror.buckets, frame.data) };
    case 'prompts:update':
      return { ...mirror, prompts: mergeEntries(mirror.prompts, frame.data) };
    case 'currentBucketUpdate':
      return { ...mirror, current_bucket: frame.data };
    case 'alarm':
      return { ...mirror, alarms: withAlarm(mirror.alarms, frame.data) };
    default:
      return mirror;
  }
}

/** What an own event changes that the server echoes to others only: faders and cards. To be applied once the
 * server has accepted it. */
export function applyOwn<E extends ClientEvent>(
  mirror: Mirror | null,
  event: E,
  data: ClientEventData<E>,
): Mirror | null {
  const frame = echoes[event]?.(wellFormed(data));
  return frame ? applyFrame(mirror, frame) : mirror;
}

type Echo = (data: unknown) => ServerFrame | null;

const levels = (data: unknown) => data as Record<string, number>;

const echoes: Partial<Record<ClientEvent, Echo>> = {
  channelVolume: (data) => ({ event: 'channelVolumeChange', data: levels(data) }),
  userVolume: (data) => ({ event: 'userVolumeChange', data: levels(data) }),
  'media:volume': (data) => ({ event: 'playerVolumeChange', data: levels(data) }),
  masterVolume: (data) => ({ event: 'masterVolumeChange', data: data as number }),
  hostVolume: (data) => ({ event: 'hostVolumeChange', data: data as number }),
  channelContactInfo: (data) => ({
    event: 'channelContactInfo',
    data: data as ClientEventData<'channelContactInfo'>,
  }),
  channelProperty: (data) => {
    const entries = Object.entries(data as ClientEventData<'channelProperty'>);
    const moved = entries.flatMap(([key, property]) =>
      property.name === 'level' ? [[key, property.value]] : [],
    );
    return { event: 'channelVolumeChange', data: Object.fromEntries(moved) as Record<string, number> };
  },
  userProperty: (data) => {
    const entries = Object.entries(data as ClientEventData<'userProperty'>);
    const moved = entries.flatMap(([key, property]) =>
      property.name === 'level' ? [[key, property.value]] : [],
    );
    return { event: 'userVolumeChange', data: Object.fromEntries(moved) as Record<string, number> };
  },
  masterProperty: (data) => {
    const property = data as ClientEventData<'masterProperty'>;
    return property.name === 'level' ? { event: 'masterVolumeChange', data: property.value } : null;
  },
};

function withChannels(mirror: Mirror, channels: Record<string, ChannelState>): Mirror {
  return { ...mirror, mixer: { ...mirror.mixer, channels } };
}

function withPlayers(mirror: Mirror, players: Record<string, PlayerState>): Mirror {
  return { ...mirror, mixer: { ...mirror.mixer, players } };
}

function withUsers(mirror: Mirror, users: Record<string, UserState>): Mirror {
  return { ...mirror, users, operators: users };
}

function withCards(
  channels: Record<string, ChannelState>,
  cards: Readonly<Record<string, Readonly<Record<string, ContactProperty>>>>,
): Record<string, ChannelState> {
  const changes = Object.entries(cards).flatMap(([id, card]) => {
    const contact = channels[id]?.contact;
    if (!contact) return [];
    // Nothing where nothing was: the server leaves it out.
    const written = Object.entries(card).filter(
      ([name, value]) => value !== null || Object.hasOwn(contact, name),
    );
    return [[id, { contact: { ...contact, ...Object.fromEntries(written) } }] as const];
  });
  return mergeEntries(channels, Object.fromEntries(changes));
}

function withAlarm(
  alarms: Readonly<Record<string, string>>,
  { code, raised, msg }: { code: string; raised: boolean; msg: string },
): Record<string, string> {
  const { [code]: _, ...others } = alarms;
  return raised ? { ...others, [code]: msg } : others;
}

/** What a schema of parts yields; JSON has no undefined. */
type Change<Entry> = { readonly [Name in keyof Entry]?: Entry[Name] | undefined };

/** Shallow, per entry; null takes an entry out; a new entry comes whole. */
function mergeEntries<Entry extends object>(
  entries: Readonly<Record<string, Entry>>,
  changes: Readonly<Record<string, Change<Entry> | null>>,
): Record<string, Entry> {
  const merged: Record<string, Entry> = { ...entries };
  for (const [id, change] of Object.entries(changes)) {
    if (change === null) delete merged[id];
    else merged[id] = merge(merged[id] ?? ({} as Entry), change);
  }
  return merged;
}

function merge<Entry extends object>(entry: Entry, change: Change<Entry>): Entry {
  return { ...entry, ...change } as Entry;
}

function mapEntries<From, To>(
  entries: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, map(value)]));
}
