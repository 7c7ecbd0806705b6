/**
 * Programs of the former system: they connect to `ws://HOST:PORT/?user_id=701` without signing in. Who they count as
 * here, when the setting `older_clients` names their address; nobody otherwise. Asked at every connection by
 * socket-server.ts, and again when the settings change.
 */
import type { IncomingMessage } from 'node:http';
import { roles, type Role } from '@openline/protocol';
import type { SignedInUser } from '../../accounts/sign-in.ts';
import { isInRanges } from '../../settings/cidr.ts';
import type { Settings } from '../../settings/schema.ts';
import { isOwnOrigin } from '../request-origin.ts';

export type OlderClientSettings = Pick<Settings, 'older_clients' | 'users'>;

/** As user ids are in the settings, and as the former system numbered its users. */
const USER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

/** null: not one of the addresses, or no such id. */
export function olderClient(
  { older_clients: { allow, role }, users }: OlderClientSettings,
  address: string | undefined,
  userId: string,
): SignedInUser | null {
  if (!USER_ID.test(userId) || !isInRanges(address ?? '', allow)) return null;
  const user = users.find(({ id }) => id === userId);
  // Nobody proves to be that user, so the setting's role is the most it can be.
  return { id: userId, name: user?.name ?? userId, role: user ? lesser(user.role, role) : role };
}

/** A browser says which page connects; any page could, were it not for this. Programs do not say. */
export function isFromAllowedPage(
  request: IncomingMessage,
  { older_clients: older }: OlderClientSettings,
): boolean {
  return isOwnOrigin(request) || older.origins.includes(request.headers.origin ?? '');
}

function lesser(one: Role, other: Role): Role {
  return roles.indexOf(one) < roles.indexOf(other) ? one : other;
}
