// Names for the queue and the presenter: who is on air from the telephone, in the order in which they came there.
import type { ChannelState, DeskState } from '@openline/protocol';

type Channels = Readonly<Record<string, ChannelState>>;

/** Ids of the callers on air, who came first first. */
export function callersOnAir(channels: Channels): string[] {
  return Object.entries(channels)
    .filter(([, channel]) => channel.mode === 'master' && channel.line_id !== null)
    .toSorted(([, one], [, other]) => one.timestamp - other.timestamp)
    .map(([id]) => id);
}

/** As one text, so that it is equal while nothing changed. */
export function namesOnAir(desk: Pick<DeskState, 'mixer'> | null, unknown: string): string {
  const channels = desk?.mixer.channels ?? {};
  return callersOnAir(channels)
    .map((id) => whoIs(channels[id]) ?? unknown)
    .join(', ');
}

/** Name, else number; null when neither is known. */
export function whoIs(channel: ChannelState | undefined): string | null {
  return channel?.contact?.name || channel?.contact?.number || null;
}
