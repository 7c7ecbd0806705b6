// Who may send what: the only table of it. The web layer checks `role` before an action reaches the desk; the desk
// checks `airRole`, because only it knows whether an action touches what is on air.
import type { ClientEvent } from './client-events.ts';
import type { Role } from './values.ts';

/** From least to most; each may all that the former may. */
export const roles = ['viewer', 'screener', 'producer', 'administrator'] as const satisfies readonly Role[];

export interface RequiredRole {
  role: Role;
  /** Required where the action puts something on air, or changes what is on air. */
  airRole: Role;
}

const viewer: RequiredRole = { role: 'viewer', airRole: 'viewer' };
const screener: RequiredRole = { role: 'screener', airRole: 'screener' };
const screenerOffAir: RequiredRole = { role: 'screener', airRole: 'producer' };
const producer: RequiredRole = { role: 'producer', airRole: 'producer' };

export const eventRoles: Readonly<Record<ClientEvent, RequiredRole>> = {
  ping: viewer,
  noop: viewer,
  subscribe: viewer,
  channelProperty: screenerOffAir,
  channelMuted: screenerOffAir,
  channelMode: screenerOffAir,
  channelAutoAnswer: screenerOffAir,
  channelRecording: screener,
  channelVolume: screenerOffAir,
  channelLeveller: screenerOffAir,
  channelContactInfo: screener,
  channelCallNumber: screenerOffAir,
  channelLock: producer,
  'queue:screening': screener,
  'queue:priority': screener,
  'queue:order': screener,
  'queue:next': producer,
  'queue:onNext': producer,
  linesBusy: producer,
  masterProperty: producer,
  masterMuted: producer,
  masterVolume: producer,
  masterRecording: producer,
  masterOnAir: producer,
  masterDelay: producer,
  masterDump: producer,
  userProperty: screener,
  userVolume: screener,
  userMuted: screener,
  userRecording: screener,
  userWhisper: producer,
  hostVolume: producer,
  hostMuted: producer,
  callNumber: screenerOffAir,
  'headset:servers': screener,
  'headset:connect': screenerOffAir,
  'headset:candidate': screener,
  'headset:reconnect': screener,
  'headset:disconnect': screener,
  'media:play': screenerOffAir,
  'media:stop': screenerOffAir,
  'media:volume': screenerOffAir,
  addrBookSuggestions: screener,
  currentBucketUpdate: producer,
  'messages:send': screener,
  'messages:delete': producer,
  'messages:favorite': screener,
  'messages:unfavorite': screener,
  'messages:addTags': screener,
  'messages:removeTags': screener,
  'message:removeTags': screener,
  'messages:fetch': viewer,
  'questions:delete': producer,
  'questions:favorite': screener,
  'questions:unfavorite': screener,
  'questions:addTags': screener,
  'questions:removeTags': screener,
  'questions:fetch': viewer,
  'calls:delete': producer,
  'calls:favorite': screener,
  'calls:unfavorite': screener,
  'calls:addTags': screener,
  'calls:removeTags': screener,
  'calls:fetch': viewer,
  'buckets:create': producer,
  'buckets:rename': producer,
  'buckets:archive': producer,
  'buckets:greeting': producer,
  'buckets:fetch': viewer,
  'contacts:save': screener,
  'contacts:delete': producer,
  'contacts:fetch': screener,
  'contacts:export': producer,
  'contacts:erase': producer,
};

/** What is asked for over HTTP because it is no event: files. */
export const httpRoles = {
  /** Prompts that callers hear: to see and listen to. */
  'prompts:read': 'screener',
  /** To upload, delete, choose as the greeting of a bucket. */
  'prompts:write': 'producer',
  /** The station calls itself. */
  'test-call': 'producer',
} as const satisfies Readonly<Record<string, Role>>;
export type HttpRight = keyof typeof httpRoles;

export function mayAsk(role: Role, right: HttpRight): boolean {
  return roles.indexOf(role) >= roles.indexOf(httpRoles[right]);
}

/** Whether the role is enough for the event; `touchesAir` asks for the stricter of the two columns. */
export function mayDo(role: Role, event: ClientEvent, touchesAir = false): boolean {
  const required = touchesAir ? eventRoles[event].airRole : eventRoles[event].role;
  return roles.indexOf(role) >= roles.indexOf(required);
}
