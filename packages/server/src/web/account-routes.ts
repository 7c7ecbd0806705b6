/** Signing in and out, who am I, one's own password, first set-up, the audit log for producers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StationSettings } from '../settings/station-settings.ts';
import { auditQuery, ownPasswordBody, refuse, sessionBody, setUpBody } from './answers.ts';
import type { AuditLog } from '../accounts/audit-log.ts';
import { SECURE_SESSION_COOKIE, SESSION_COOKIE } from './request-origin.ts';
import type { SetUp } from '../accounts/set-up.ts';
import { hashToken, SESSION_LIFE_MS, type SignedInUser, type SignIn } from '../accounts/sign-in.ts';
import { tokenOf, whoAsks } from './who-asks.ts';

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
      // Those beyond the limit are not worth a line each: nobody from outside is to fill the disk.
      if (result.code === 'wrong_password') note(request, null, 'session.refused', { code: result.code });
      if (result.retryAfterS !== null) void reply.header('retry-after', result.retryAfterS);
      return refuse(reply, result.code);
    }
    note(request, result.user.id, 'session.created');
    setCookie(request, reply, result.token);
    return { token: result.token, user: result.user };
  });

  app.delete('/api/session', async (request, reply) => {
    const token = tokenOf(request);
    if (token) signIn.end(token);
    void reply.clearCookie(SESSION_COOKIE, { path: '/' });
    void reply.clearCookie(SECURE_SESSION_COOKIE, { path: '/' });
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
    setCookie(request, reply, token);
    return { token, user: signIn.whoHas(token) };
  });

  app.put('/api/me/password', async (request, reply) => {
    const user = whoAsks(signIn, request, reply);
    if (!user) return reply;
    const body = ownPasswordBody.safeParse(request.body);
    if (!body.success) return refuse(reply, 'bad_request');
    const { password, new_password } = body.data;
    const isRight = await signIn.confirm(user.id, password, request.ip);
    if (isRight === 'wait') return refuse(reply, 'too_many_attempts');
    if (!isRight) {
      note(request, user.id, 'password.refused');
      return refuse(reply, 'wrong_password');
    }
    const token = tokenOf(request);
    const result = await settings.change(
      (document) => ({
        ...document,
        users: document.users.map((one) => (one.id === user.id ? { ...one, password: new_password } : one)),
      }),
      { keepSession: token === undefined ? undefined : hashToken(token) },
    );
    if (!result.ok) return refuse(reply, 'bad_settings', result.problems);
    note(request, user.id, 'password.changed');
    return reply.code(204).send();
  });

  app.get('/api/audit', async (request, reply) => {
    if (!whoAsks(signIn, request, reply, mayReadAudit)) return reply;
    const query = auditQuery.safeParse(request.query);
    if (!query.success) return refuse(reply, 'bad_request');
    return { entries: audit.list(query.data.before ?? null, query.data.limit) };
  });
}

function mayReadAudit({ role }: SignedInUser): boolean {
  return role === 'producer' || role === 'administrator';
}

function setCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const isSecure = request.protocol === 'https';
  void reply.setCookie(isSecure ? SECURE_SESSION_COOKIE : SESSION_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
    maxAge: SESSION_LIFE_MS / 1000,
  });
}
