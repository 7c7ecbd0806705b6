/** The part of the settings that the desk needs, in its words. */
import type { DeskConfig } from '../desk/desk.ts';
import type { Settings } from './schema.ts';
import { namedOutputs } from './outputs.ts';
import { canDialNumbers } from './way-out.ts';

export function toDeskConfig(settings: Settings): DeskConfig {
  return {
    lines: settings.lines.map((line) => ({
      id: line.id,
      label: line.label ?? line.id,
      number: line.number,
      capacity: line.capacity,
      patterns: line.patterns,
      canDialNumbers: canDialNumbers(line),
      sms: line.sms,
      greeting: line.greeting,
    })),
    outputs: namedOutputs(settings),
    users: settings.users.map(({ id, name }) => ({ id, name })),
    leveller: { isOn: settings.audio.leveller, isDucked: settings.audio.ducking },
    dialAllow: settings.dial.allow,
    questionMaxMs: settings.questions.max_s * 1_000,
    dumpMs: settings.audio.delay_dump_ms,
    thanks: settings.questions.thanks,
    dialMaxMsADay: settings.dial.max_minutes_per_day * 60_000,
    dialCallsAtOnce: settings.dial.max_calls,
    hostFeed: settings.host?.type ?? null,
    iceServers: settings.headsets.ice_servers.map(({ url, username, password }) => ({
      urls: url,
      username,
      credential: password,
    })),
  };
}
