/**
 * The settings over HTTP, for administrators: read and replaced as one document, with a revision so that of two who
 * change them at the same time the second one learns of it; exported whole; and tried out on a number before they hold.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { hashToken, type SignedInUser, type SignIn } from '../accounts/sign-in.ts';
import type { AuditLog } from '../accounts/audit-log.ts';
import { tryDialling } from '../settings/dial-trial.ts';
import { settingsSchema } from '../settings/schema.ts';
import type { StationSettings } from '../settings/station-settings.ts';
import { checkMachine, diskOf, ownAddresses } from '../machine-checks.ts';
import { dialBody, refuse } from './answers.ts';
import type { HealthRouteOptions } from './health-routes.ts';
import { isAdministrator, tokenOf, whoAsks } from './who-asks.ts';

export interface SettingsRouteOptions {
  signIn: SignIn;
  settings: StationSettings;
  audit: AuditLog;
  now: () => number;
  dataFolder: string;
  health: HealthRouteOptions['health'];
}

/** As JSON Schema, so that a page knows every limit without having it written down twice. */
const schema = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });

export function addSettingsRoutes(app: FastifyInstance, options: SettingsRouteOptions): void {
  const { signIn, settings, audit, now, dataFolder, health } = options;
  const administrator = (request: FastifyRequest, reply: FastifyReply): SignedInUser | null =>
    whoAsks(signIn, request, reply, isAdministrator);
  const note = (request: FastifyRequest, user: SignedInUser, action: string): void =>
    audit.record({ at: now(), userId: user.id, address: request.ip, action, details: {} });

  const view = (reply: FastifyReply) => {
    const { revision } = settings;
    void reply.header('etag', `"${revision}"`).header('cache-control', 'no-store');
    return {
      settings: settings.masked,
      locked: settings.locked,
      revision,
      users_without_password: settings.usersWithoutPassword,
    };
  };

  app.get('/api/settings', async (request, reply) => (administrator(request, reply) ? view(reply) : reply));

  app.get('/api/settings/schema', async (request, reply) => (administrator(request, reply) ? schema : reply));

  app.put('/api/settings', async (request, reply) => {
    const user = administrator(request, reply);
    if (!user) return reply;
    const token = tokenOf(request);
    const result = await settings.replace(request.body, {
      revision: revisionIn(request.headers['if-match']),
      keepSession: token === undefined ? undefined : hashToken(token),
      mustKeepAdministrator: true,
    });
    if (!result.ok)
      return refuse(reply, result.isOutdated ? 'settings_changed' : 'bad_settings', result.problems);
    note(request, user, 'settings.changed');
    return view(reply);
  });

  app.get('/api/settings/export', async (request, reply) => {
    const user = administrator(request, reply);
    if (!user) return reply;
    note(request, user, 'settings.exported');
    return reply
      .header('content-disposition', 'attachment; filename="openline-settings.json"')
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(`${JSON.stringify(settings.export(), null, 2)}\n`);
  });

  app.get('/api/about', async (request, reply) => {
    if (!administrator(request, reply)) return reply;
    const disk = diskOf(dataFolder);
    const checks = await checkMachine(dataFolder);
    return {
      ...health(),
      node: process.version,
      data_folder: dataFolder,
      addresses: ownAddresses(),
      disk: disk && { free_bytes: disk.freeBytes, total_bytes: disk.totalBytes },
      checks: checks.map(({ name, isWell, figure }) => ({ name, is_well: isWell, figure })),
    };
  });

  app.post('/api/settings/try-number', async (request, reply) => {
    if (!administrator(request, reply)) return reply;
    const body = dialBody.safeParse(request.body);
    if (!body.success) return refuse(reply, 'bad_request');
    const { number, settings: wanted } = body.data;
    if (wanted === undefined) return tryDialling(settings.current, number);
    const tried = settings.tryOut(wanted);
    return tried.ok ? tryDialling(tried.settings, number) : refuse(reply, 'bad_settings', tried.problems);
  });
}

/** `If-Match: "…"` (RFC 9110, 13.1.1); without one, or with `*`, whatever is there is replaced. */
function revisionIn(header: string | undefined): string | undefined {
  return /^\s*"([^"]*)"\s*$/.exec(header ?? '')?.[1];
}
