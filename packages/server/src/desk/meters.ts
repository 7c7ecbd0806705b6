// Meters by channel: the exchange knows calls, clients know channels. Runs 15 times a second, outside of `decide`.
import type { ServerEventData } from '@openline/protocol';
import type { DeskModel } from './model.ts';
import type { ExchangeMeters } from './ports/exchange.ts';

type Meters = ServerEventData<'meters'>;

export function metersView(model: DeskModel, meters: ExchangeMeters): Meters {
  const channels: Meters['channels'] = {};
  for (const strip of [...Object.values(model.channels), ...Object.values(model.users)]) {
    const levels = sidesOf(meters, strip.leg?.call);
    if (levels) channels[strip.id] = levels;
  }
  return {
    channels,
    host: sidesOf(meters, model.host.leg?.call),
    players: mapPlayers(model, meters),
    program: [...meters.program],
    air: [...meters.air],
  };
}

function mapPlayers(model: DeskModel, meters: ExchangeMeters): Meters['players'] {
  const shown = Object.entries(meters.players).filter(([id]) => Object.hasOwn(model.players, id));
  return Object.fromEntries(shown.map(([id, [peak, rms]]) => [id, [peak, rms]]));
}

function sidesOf(meters: ExchangeMeters, call: string | undefined): Meters['host'] {
  const levels = call === undefined ? undefined : meters.calls[call];
  return levels ? { in: [...levels.in], out: [...levels.out] } : null;
}
