/** The part of the settings that an exchange needs, in the words of its port. */
import { join } from 'node:path';
import type { ExchangeConfig } from '../desk/ports/exchange.ts';
import type { Settings } from './schema.ts';
import { exchangeOutputs } from './outputs.ts';
import { exchangeStudio } from './studio.ts';
import { gatewayOf } from './way-out.ts';

/** `dataFolder` is where hold music lies. */
export function toExchangeConfig(settings: Settings, dataFolder: string): ExchangeConfig {
  const { hold, hold_notice: notice, hold_notice_every_s: everyS } = settings.audio;
  return {
    stationName: settings.station.name,
    lines: settings.lines.map((line) => ({
      id: line.id,
      number: line.number,
      trust: line.trust,
      accounts: line.accounts,
      register: line.register,
      gateway: gatewayOf(line),
      hasComfortNoise: line.comfort_noise,
    })),
    phones: settings.phones.map(({ user, ...phone }) => ({ userId: user, ...phone })),
    host:
      settings.host?.type === 'phone'
        ? { username: settings.host.username, password: settings.host.password }
        : null,
    studio: exchangeStudio(settings),
    iceServers: settings.headsets.ice_servers,
    dumpMs: settings.audio.delay_dump_ms,
    hold: hold === 'program' ? { kind: 'program' } : { kind: 'music', file: join(dataFolder, 'hold', hold) },
    holdNotice: notice === null ? null : { prompt: notice, everyMs: everyS * 1000 },
    outputs: exchangeOutputs(settings),
    rtpTimeoutMs: settings.audio.rtp_timeout_ms,
    dialTimeoutMs: settings.dial.timeout_ms,
  };
}
