/**
 * Prompts, which callers in ivr hear: listed, listened to, uploaded as WAV, deleted; and which of them greets while a
 * bucket is the current one. Who may is in the protocol's one table of roles.
 */
import { mayAsk, promptIdSchema, type HttpRight, type Refusal } from '@openline/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog } from '../accounts/audit-log.ts';
import type { SignedInUser, SignIn } from '../accounts/sign-in.ts';
import type { PromptRecords } from '../desk/records/prompts.ts';
import { greetingBody, refuse } from './answers.ts';
import { whoAsks } from './who-asks.ts';

export interface PromptRouteOptions {
  signIn: SignIn;
  audit: AuditLog;
  now: () => number;
  prompts: PromptRecords;
  promptsFolder: string;
  convertPrompt: (
    upload: Uint8Array,
  ) => Promise<{ ok: true; file: Uint8Array } | { ok: false; problem: string }>;
  /** By bucket; those without are missing. */
  greetings: () => Readonly<Record<string, string>>;
  greet: (bucketId: string, prompt: string | null) => Refusal | null;
}

/** A minute and a half of the largest form, five minutes of the usual ones. */
const MAX_UPLOAD_BYTES = 32 * 1_048_576;
const MAX_PROMPTS = 200;
const SOUND_TYPES = ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'application/octet-stream'];

type ById = { Params: { id: string } };

export async function addPromptRoutes(app: FastifyInstance, options: PromptRouteOptions): Promise<void> {
  const { signIn, audit, now, prompts, promptsFolder, convertPrompt, greetings, greet } = options;
  const note = (request: FastifyRequest, user: SignedInUser, action: string, details: object): void =>
    audit.record({ at: now(), userId: user.id, address: request.ip, action, details: { ...details } });

  app.get('/api/prompts', async (request, reply) => {
    if (!who(request, reply, 'prompts:read')) return reply;
    const list = Object.entries(prompts.state().prompts).map(([id, prompt]) => ({ id, ...prompt }));
    return { prompts: list, greetings: greetings() };
  });

  app.get<ById>('/api/prompts/:id', async (request, reply) => {
    if (!who(request, reply, 'prompts:read')) return reply;
    const file = prompts.fileOf(request.params.id);
    if (file === null) return refuse(reply, 'not_found');
    return reply
      .header('cache-control', 'private, no-cache')
      .type('audio/wav')
      .sendFile(`${file}.wav`, promptsFolder);
  });

  app.delete<ById>('/api/prompts/:id', async (request, reply) => {
    const user = who(request, reply, 'prompts:write');
    if (!user) return reply;
    const { id } = request.params;
    if (!prompts.remove(id)) return refuse(reply, 'not_found');
    note(request, user, 'prompt.deleted', { id });
    return reply.code(204).send();
  });

  app.put<ById>('/api/buckets/:id/greeting', async (request, reply) => {
    const user = who(request, reply, 'prompts:write');
    if (!user) return reply;
    const body = greetingBody.safeParse(request.body);
    if (!body.success) return refuse(reply, 'bad_request');
    const { prompt } = body.data;
    const { id } = request.params;
    const refused = greet(id, prompt);
    if (refused) return refuse(reply, refused.code === 'unknown_prompt' ? 'unknown_prompt' : 'not_found');
    note(request, user, 'bucket.greeting', { bucket: id, prompt });
    return { greetings: greetings() };
  });

  // Large bodies in a scope of their own, and nobody's is read before it is known who sends it.
  await app.register(async (uploads) => {
    uploads.addHook('onRequest', async (request, reply) => {
      if (!who(request, reply, 'prompts:write')) return reply;
      return undefined;
    });
    uploads.addContentTypeParser(
      SOUND_TYPES,
      { parseAs: 'buffer', bodyLimit: MAX_UPLOAD_BYTES },
      (_request, body, done) => done(null, body),
    );
    uploads.put<ById>('/api/prompts/:id', async (request, reply) => {
      const user = who(request, reply, 'prompts:write');
      const { id } = request.params;
      const { body } = request;
      if (!user) return reply;
      if (!promptIdSchema.safeParse(id).success || !Buffer.isBuffer(body))
        return refuse(reply, 'bad_request');
      const isNew = prompts.fileOf(id) === null;
      if (isNew && Object.keys(prompts.state().prompts).length >= MAX_PROMPTS) {
        return refuse(reply, 'bad_prompt', [`there are ${MAX_PROMPTS} prompts already`]);
      }
      const converted = await convertPrompt(body);
      if (!converted.ok) return refuse(reply, 'bad_prompt', [converted.problem]);
      const prompt = prompts.put(id, converted.file);
      note(request, user, 'prompt.saved', { id });
      return { prompt: { id, ...prompt } };
    });
  });

  function who(request: FastifyRequest, reply: FastifyReply, right: HttpRight): SignedInUser | null {
    return whoAsks(signIn, request, reply, ({ role }) => mayAsk(role, right));
  }
}
