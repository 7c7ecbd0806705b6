/** Sounds for callers on hold: listed and uploaded by administrators; which one is heard is a setting (`audio.hold`). */
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { AuditLog } from '../accounts/audit-log.ts';
import type { SignIn } from '../accounts/sign-in.ts';
import { refuse } from './answers.ts';
import type { PromptRouteOptions } from './prompt-routes.ts';
import { isAdministrator, whoAsks } from './who-asks.ts';

export interface HoldRouteOptions {
  signIn: SignIn;
  audit: AuditLog;
  now: () => number;
  dataFolder: string;
  convertPrompt: PromptRouteOptions['convertPrompt'];
}

const MAX_UPLOAD_BYTES = 32 * 1_048_576;
const MAX_FILES = 100;
/** As `audio.hold` may name it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_. -]{0,80}\.wav$/;
/** A second as it is stored: shorter is no loop. */
const LEAST_BYTES = 96_000;

type ByName = { Params: { name: string } };

export async function addHoldRoutes(app: FastifyInstance, options: HoldRouteOptions): Promise<void> {
  const { signIn, audit, now, dataFolder, convertPrompt } = options;
  const folder = join(dataFolder, 'hold');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const listed = () => readdirSync(folder).filter((name) => NAME.test(name));

  app.get('/api/hold', async (request, reply) =>
    whoAsks(signIn, request, reply, isAdministrator) ? { files: listed().toSorted() } : reply,
  );

  // Large bodies in a scope of their own, and nobody's is read before it is known who sends it.
  await app.register(async (uploads) => {
    uploads.addHook('onRequest', async (request, reply) => {
      if (!whoAsks(signIn, request, reply, isAdministrator)) return reply;
      return undefined;
    });
    uploads.addContentTypeParser(
      'audio/wav',
      { parseAs: 'buffer', bodyLimit: MAX_UPLOAD_BYTES },
      (_request, body, done) => done(null, body),
    );
    uploads.put<ByName>('/api/hold/:name', async (request, reply) => {
      const user = whoAsks(signIn, request, reply, isAdministrator);
      const { name } = request.params;
      const { body } = request;
      if (!user) return reply;
      if (!NAME.test(name) || !Buffer.isBuffer(body)) return refuse(reply, 'bad_request');
      const files = listed();
      // The engine keeps what it has read under a name: another sound has another one.
      if (files.includes(name)) return refuse(reply, 'bad_prompt', [`there is a ${name} already`]);
      if (files.length >= MAX_FILES)
        return refuse(reply, 'bad_prompt', [`there are ${MAX_FILES} sounds already`]);
      const converted = await convertPrompt(body);
      if (!converted.ok) return refuse(reply, 'bad_prompt', [converted.problem]);
      if (converted.file.length < LEAST_BYTES) {
        return refuse(reply, 'bad_prompt', ['the sound is shorter than a second']);
      }
      const part = join(folder, `${name}.part`);
      writeFileSync(part, converted.file, { mode: 0o600 });
      renameSync(part, join(folder, name));
      audit.record({
        at: now(),
        userId: user.id,
        address: request.ip,
        action: 'hold.saved',
        details: { name },
      });
      return { files: listed().toSorted() };
    });
  });
}
