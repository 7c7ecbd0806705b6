// The console's copy of the desk, moved on by one event: pure, and every part that an event does not touch stays the
// same object, so that only what changed is drawn again.
import type { ChannelState, Initialize, ServerFrame, UserState } from '@openline/protocol';

export function applyEvent(desk: Initialize, frame: ServerFrame): Initialize {
  switch (frame.event) {
    case 'channelUpdate':
      return withChannels(desk, mergeKeyed(desk.mixer.channels, frame.data));
    case 'channelVolumeChange':
      return withChannels(desk, mergeKeyed<ChannelState>(desk.mixer.channels, levelsAsChanges(frame.data)));
    case 'channelContactInfo':
      return withChannels(desk, mergeCards(desk.mixer.channels, frame.data));
    case 'masterUpdate':
      return withMixer(desk, {
        master: { ...desk.mixer.master, ...frame.data } as Initialize['mixer']['master'],
      });
    case 'masterVolumeChange':
      return withMixer(desk, { master: { ...desk.mixer.master, level: frame.data } });
    case 'hostUpdate':
      return withMixer(desk, { host: { ...desk.mixer.host, ...frame.data } as Initialize['mixer']['host'] });
    case 'hostVolumeChange':
      return withMixer(desk, { host: { ...desk.mixer.host, level: frame.data } });
    case 'userUpdate':
      return withUsers(desk, mergeKeyed(desk.users, frame.data));
    case 'userVolumeChange':
      return withUsers(desk, mergeKeyed<UserState>(desk.users, levelsAsChanges(frame.data)));
    case 'lineUpdate':
      return { ...desk, lines: mergeKeyed(desk.lines, frame.data) };
    case 'alarm':
      return { ...desk, alarms: withAlarm(desk.alarms, frame.data) };
    default:
      return desk;
  }
}

type Changes<Value> = Readonly<Record<string, { [Key in keyof Value]?: Value[Key] | undefined } | null>>;

function mergeKeyed<Value extends object>(
  now: Readonly<Record<string, Value>>,
  changes: Changes<Value>,
): Record<string, Value> {
  const next = { ...now };
  for (const [key, change] of Object.entries(changes)) {
    if (change === null) delete next[key];
    // A new key comes whole, a known one in part: together they are whole.
    else next[key] = { ...next[key], ...change } as Value;
  }
  return next;
}

function levelsAsChanges(levels: Readonly<Record<string, number>>): Record<string, { level: number }> {
  return Object.fromEntries(Object.entries(levels).map(([key, level]) => [key, { level }]));
}

function mergeCards(
  channels: Readonly<Record<string, ChannelState>>,
  cards: Readonly<Record<string, object>>,
): Record<string, ChannelState> {
  const next = { ...channels };
  for (const [id, card] of Object.entries(cards)) {
    const channel = next[id];
    if (channel?.contact) next[id] = { ...channel, contact: { ...channel.contact, ...card } };
  }
  return next;
}

function withAlarm(alarms: Initialize['alarms'], alarm: { code: string; raised: boolean; msg: string }) {
  const { [alarm.code]: _, ...others } = alarms;
  return alarm.raised ? { ...others, [alarm.code]: alarm.msg } : others;
}

function withChannels(desk: Initialize, channels: Record<string, ChannelState>): Initialize {
  return withMixer(desk, { channels });
}

function withMixer(desk: Initialize, change: Partial<Initialize['mixer']>): Initialize {
  return { ...desk, mixer: { ...desk.mixer, ...change } };
}

function withUsers(desk: Initialize, users: Initialize['users']): Initialize {
  return { ...desk, users, operators: users };
}
