/** Signing in and out, who am I, first set-up, the settings for administrators, the audit log for producers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StationSettings } from '../settings/station-settings.ts';
import { auditQuery, refuse, sessionBody, setUpBody } from './answers.ts';
import type { AuditLog } from '../accounts/audit-log.ts';
import { SESSION_COOKIE } from './request-origin.ts';
import type { SetUp } from '../accounts/set-up.ts';
import { SESSION_LIFE_MS, type SignedInUser, type SignIn } from '../accounts/sign-in.ts';

export interface AccountRouteOptions {
  signIn: SignIn;
  setUp: SetUp;
  settings: StationSettings;
  audit: AuditLog;
  now: () => number;
}

export function addAccountRoutes(app: FastifyInstance, options: AccountRouteOptions): void {
  const { signIn, setUp, settings, audit, now } = options;
  const note = (request: FastifyRequest, userId: string | null, action: string, details = {}): void =>
    audit.record({ at: now(), userId, address: request.ip, action, details });

  app.post('/api/session', async (request, reply) => {
    const body = sessionBody.safeParse(request.body);
    if (!body.success) return refuse(reply, 'bad_request');
    const result = await signIn.signIn(body.data.name, body.data.password, request.ip);
    if (!result.ok) {
      note(request, null, 'session.refused', { code: result.code });
      if (result.retryAfterS !== null) void reply.header('retry-after', result.retryAfterS);
      return refuse(reply, result.code);
    }
    note(request, result.user.id, 'session.created');
    setCookie(reply, result.token);
    return { token: result.token, user: result.user };
  });

  app.delete('/api/session', async (request, reply) => {
    const token = tokenOf(request);
    if (token) signIn.end(token);
    void reply.clearCookie(SESSION_COOKIE, { path: '/' });
    return reply.code(204).send();
  });

  app.get('/api/me', async (request, reply) => {
    const user = signIn.whoHas(tokenOf(request));
    return user ? { user, station: { name: settings.current.station.name } } : refuse(reply, 'not_signed_in');
  });

  app.post('/api/setup', async (request, reply) => {
    const body = setUpBody.safeParse(request.body);
    if (!body.success) return refuse(reply, 'bad_request');
    const result = await setUp.complete(body.data);
    if (!result.ok) return refuse(reply, result.code, result.problems);
    note(request, result.userId, 'station.set_up');
    const token = signIn.open(result.userId);
    setCookie(reply, token);
    return { token, user: signIn.whoHas(token) };
  });

  app.get('/api/settings', async (request, reply) => {
    if (!administrator(request, reply)) return reply;
    return { settings: settings.masked, locked: settings.locked };
  });

  app.put('/api/settings', async (request, reply) => {
    const user = administrator(request, reply);
    if (!user) return reply;
    const result = await settings.replace(request.body);
    if (!result.ok) return refuse(reply, 'bad_settings', result.problems);
    note(request, user.id, 'settings.changed');
    return { settings: settings.masked, locked: settings.locked };
  });

  app.get('/api/audit', async (request, reply) => {
    if (!someone(request, reply, ['producer', 'administrator'])) return reply;
    const query = auditQuery.safeParse(request.query);
    if (!query.success) return refuse(reply, 'bad_request');
    return { entries: audit.list(query.data.before ?? null, query.data.limit) };
  });

  function administrator(request: FastifyRequest, reply: FastifyReply): SignedInUser | null {
    return someone(request, reply, ['administrator']);
  }

  /** Who asks, when they have one of these roles; null when the refusal has been sent. */
  function someone(
    request: FastifyRequest,
    reply: FastifyReply,
    roles: readonly SignedInUser['role'][],
  ): SignedInUser | null {
    const user = signIn.whoHas(tokenOf(request));
    if (!user) void refuse(reply, 'not_signed_in');
    else if (!roles.includes(user.role)) void refuse(reply, 'forbidden');
    else return user;
    return null;
  }
}

/** The cookie's token, or that of a program (`Authorization: Bearer …`). */
export function tokenOf(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? request.cookies[SESSION_COOKIE];
}

function setCookie(reply: FastifyReply, token: string): void {
  void reply.setCookie(SESSION_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    maxAge: SESSION_LIFE_MS / 1000,
  });
}
