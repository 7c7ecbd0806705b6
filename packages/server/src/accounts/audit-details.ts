/**
 * What of an event goes into the audit log: who was concerned, not what was written. Numbers stay (dialling out is
 * what it is read for), texts and cards do not; so erasing a person has only the number to take out. Used by main.ts.
 */
import type { Action } from '@openline/protocol';

/** Too many to be worth a line each: faders, questions, how a headset finds its way. */
const NOT_AUDITED =
  /Volume$|^(?:ping|noop|subscribe|addrBookSuggestions|[a-z]+:fetch|headset:(?:servers|candidate|reconnect))$/;

/** null: not worth a line. */
export function auditDetails(action: Action): Readonly<Record<string, unknown>> | null {
  if (NOT_AUDITED.test(action.event)) return null;
  switch (action.event) {
    case 'channelContactInfo':
    case 'contacts:save':
      return { key: action.key, value: Object.keys(action.value) };
    case 'headset:connect':
      return { key: null, value: { as: action.value.as } };
    case 'messages:send':
      return {
        key: action.key,
        value: { endpoint: action.value.endpoint, channel_id: action.value.channel_id },
      };
    case 'contacts:erase':
      return { key: `…${action.key.slice(-2)}` };
    default:
      return { key: action.key, value: action.value };
  }
}
