/** The part of the settings that the desk needs, in its words. */
import type { DeskConfig } from '../desk/desk.ts';
import type { Settings } from './schema.ts';

export function toDeskConfig(settings: Settings): DeskConfig {
  return {
    lines: settings.lines.map(({ id, label, number, capacity, patterns, sms, greeting }) => ({
      id,
      label: label ?? id,
      number,
      capacity,
      patterns,
      sms,
      greeting,
    })),
    users: settings.users.map(({ id, name }) => ({ id, name })),
    dialAllow: settings.dial.allow,
    questionMaxMs: settings.questions.max_s * 1_000,
    thanks: settings.questions.thanks,
    dialMaxMsADay: settings.dial.max_minutes_per_day * 60_000,
    dialCallsAtOnce: settings.dial.max_calls,
  };
}
