// Signing in and out and the first set-up, over HTTP. Every answer is a value: the pages show `code` in words of
// their own, and `problems` as the server says them.
import type { Role } from '@openline/protocol';

export interface SignedInUser {
  id: string;
  name: string;
  role: Role;
}

type ApiFailure = { ok: false; code: string; problems: readonly string[] };
export type SessionResult = { ok: true; user: SignedInUser } | ApiFailure;
export type MeResult = { ok: true; user: SignedInUser; stationName: string } | ApiFailure;

/** Code of a request that got no answer at all. */
export const UNREACHABLE = 'unreachable';
const TIMEOUT_MS = 15_000;

export async function fetchMe(): Promise<MeResult> {
  const answer = await askServer('GET', '/api/me');
  if (!answer.ok) return answer;
  const body = answer.body as { user: SignedInUser; station: { name: string } };
  return { ok: true, user: body.user, stationName: body.station.name };
}

export function signIn(name: string, password: string): Promise<SessionResult> {
  return askForSession('/api/session', { name, password });
}

export async function signOut(): Promise<void> {
  await askServer('DELETE', '/api/session');
}

export function setUpStation(token: string, station: string, name: string, password: string) {
  return askForSession('/api/setup', { token, station: { name: station }, user: { name, password } });
}

async function askForSession(path: string, body: object): Promise<SessionResult> {
  const answer = await askServer('POST', path, body);
  return answer.ok ? { ok: true, user: (answer.body as { user: SignedInUser }).user } : answer;
}

/** A request of any screen to the station's own server, signed in by the cookie. */
export async function askServer(
  method: string,
  path: string,
  body?: object | Blob,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ ok: true; body: unknown } | ApiFailure> {
  try {
    const answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body ? withBody(body, headers) : { headers }),
    });
    if (answer.status === 204) return { ok: true, body: null };
    const said: unknown = await answer.json();
    return answer.ok ? { ok: true, body: said } : failureFrom(said);
  } catch {
    return { ok: false, code: UNREACHABLE, problems: [] };
  }
}

/** A sound as it is, everything else as JSON. */
function withBody(body: object | Blob, headers: Readonly<Record<string, string>>): RequestInit {
  if (body instanceof Blob) return { headers: { ...headers, 'content-type': body.type }, body };
  return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function failureFrom(said: unknown): ApiFailure {
  const error = (said as { error?: { code?: string; problems?: string[] } } | null)?.error;
  return { ok: false, code: error?.code ?? 'failed', problems: error?.problems ?? [] };
}
