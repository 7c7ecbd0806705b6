// The leveller of a caller's channel: what the settings say, and over it what was set for this channel.
import type { LevellerChange, LevellerState } from '@openline/protocol';
import type { DeskConfig } from '../config.ts';
import type { Channel } from '../model.ts';
import { channelOf, userOf } from '../model.ts';
import type { ExchangeLevels } from '../ports/exchange.ts';
import type { Outcome, Turn } from '../turn.ts';
import { refuse, tell } from '../turn.ts';

const TARGET_DB = -20;
const RANGE_DB = 12;
const GATE_DB = -45;
const DUCK_DB = 6;

const parts = ['on', 'target_db', 'range_db', 'gate_db', 'duck'] as const;

export function levellerOf({ leveller }: DeskConfig, channel: Channel): LevellerState {
  const asSet = {
    on: leveller.isOn,
    target_db: TARGET_DB,
    range_db: RANGE_DB,
    gate_db: GATE_DB,
    duck: leveller.isDucked,
  };
  const now = { ...asSet, ...channel.leveller };
  const differs = parts.some((part) => now[part] !== asSet[part]);
  return { ...now, differs };
}

export function exchangeLeveller(config: DeskConfig, channel: Channel): ExchangeLevels['leveller'] {
  const { on, target_db, range_db, gate_db, duck } = levellerOf(config, channel);
  if (!on) return null;
  return { targetDb: target_db, rangeDb: range_db, gateDb: gate_db, duckDb: duck ? DUCK_DB : 0 };
}

/** `channelLeveller`; null: as the settings say. */
export function setLeveller(turn: Turn, key: string, change: LevellerChange | null): Outcome {
  if (userOf(turn.model, key)) return refuse('own_channel', key, { channel: key });
  const channel = channelOf(turn.model, key);
  if (!channel) return refuse('unknown_channel', key, { channel: key });
  channel.leveller = change === null ? {} : { ...channel.leveller, ...change };
  tellLeveller(turn, channel);
  return null;
}

export function tellLeveller(turn: Turn, channel: Channel): void {
  if (!channel.leg) return;
  const levels = { leveller: exchangeLeveller(turn.model.config, channel) };
  tell(turn, { type: 'levels', call: channel.leg.call, levels });
}
