// Faders and mutes: of a caller, of a user's microphone and ear, of the host, of the program.
// Each is kept in the state and told to the exchange where a call is up.
import { levelToDb } from '@openline/protocol';
import type { Channel, DeskModel, Host, User } from '../model.ts';
import { channelOf, userOf } from '../model.ts';
import type { ExchangeLevels, ProgramState } from '../ports/exchange.ts';
import type { Outcome, Turn } from '../turn.ts';
import { refuse, tell } from '../turn.ts';
import { exchangeLeveller } from './leveller.ts';

export function channelLevels({ config }: DeskModel, channel: Channel): ExchangeLevels {
  return { ...hostLevels(channel), leveller: exchangeLeveller(config, channel) };
}

export function hostLevels({ level, isMuted }: Channel | Host): ExchangeLevels {
  return { inDb: levelToDb(level), isInMuted: isMuted, outDb: 0, isOutMuted: false, leveller: null };
}

export function userLevels({ level, isMuted, hearLevel, isHearMuted }: User): ExchangeLevels {
  return {
    inDb: levelToDb(level),
    isInMuted: isMuted,
    outDb: levelToDb(hearLevel),
    isOutMuted: isHearMuted,
    leveller: null,
  };
}

export function programState({ master }: DeskModel): ProgramState {
  return { levelDb: levelToDb(master.level), isMuted: master.isMuted, isOnAir: master.isOnAir };
}

/** `channelVolume`: a caller, or the microphone of a user. */
export function setChannelLevel(turn: Turn, key: string, level: number): Outcome {
  const strip = channelOf(turn.model, key) ?? userOf(turn.model, key);
  if (!strip) return refuse('unknown_channel', key, { channel: key });
  if (strip.level === level) return null;
  strip.level = level;
  if (strip.leg) tell(turn, { type: 'levels', call: strip.leg.call, levels: { inDb: levelToDb(level) } });
  return null;
}

/** `channelMuted`. */
export function setChannelMuted(turn: Turn, key: string, isMuted: boolean): Outcome {
  const strip = channelOf(turn.model, key) ?? userOf(turn.model, key);
  if (!strip) return refuse('unknown_channel', key, { channel: key });
  if (strip.isMuted === isMuted) return null;
  if (strip.mode === 'ivr') return refuse('muted_in_ivr', key);
  strip.isMuted = isMuted;
  if (strip.leg) tell(turn, { type: 'levels', call: strip.leg.call, levels: { isInMuted: isMuted } });
  return null;
}

/** `userVolume`: what the user hears. */
export function setUserLevel(turn: Turn, key: string, level: number): Outcome {
  const user = userOf(turn.model, key);
  if (!user) return refuse('unknown_user', key, { user: key });
  if (user.hearLevel === level) return null;
  user.hearLevel = level;
  if (user.leg) tell(turn, { type: 'levels', call: user.leg.call, levels: { outDb: levelToDb(level) } });
  return null;
}

/** `userMuted`. */
export function setUserMuted(turn: Turn, key: string, isMuted: boolean): Outcome {
  const user = userOf(turn.model, key);
  if (!user) return refuse('unknown_user', key, { user: key });
  if (user.isHearMuted === isMuted) return null;
  user.isHearMuted = isMuted;
  if (user.leg) tell(turn, { type: 'levels', call: user.leg.call, levels: { isOutMuted: isMuted } });
  return null;
}

/** `hostVolume` and `hostMuted`. */
export function setHost(turn: Turn, change: { level?: number; isMuted?: boolean }): Outcome {
  const { host } = turn.model;
  const { level = host.level, isMuted = host.isMuted } = change;
  if (level === host.level && isMuted === host.isMuted) return null;
  host.level = level;
  host.isMuted = isMuted;
  if (host.leg) {
    tell(turn, {
      type: 'levels',
      call: host.leg.call,
      levels: { inDb: levelToDb(level), isInMuted: isMuted },
    });
  }
  return null;
}

/** `masterVolume`, `masterMuted`, `masterOnAir`. */
export function setProgram(
  turn: Turn,
  change: { level?: number; isMuted?: boolean; isOnAir?: boolean },
): Outcome {
  const { master } = turn.model;
  const { level = master.level, isMuted = master.isMuted, isOnAir = master.isOnAir } = change;
  if (level === master.level && isMuted === master.isMuted && isOnAir === master.isOnAir) return null;
  Object.assign(master, { level, isMuted, isOnAir });
  if (turn.model.isUp) tell(turn, { type: 'program', program: programState(turn.model) });
  return null;
}

/** Once a turn, after the modes are settled: who is recorded is heard. */
export function unmuteInIvr(turn: Turn): void {
  for (const channel of Object.values(turn.model.channels)) {
    if (channel.mode === 'ivr' && channel.isMuted) {
      channel.isMuted = false;
      if (channel.leg) {
        tell(turn, { type: 'levels', call: channel.leg.call, levels: { isInMuted: false } });
      }
    }
  }
}
