/**
 * Prompts, which callers in ivr hear: listed, listened to, uploaded as WAV, deleted; and which of them greets while a
 * bucket is the current one. Who may is in the protocol's one table of roles.
 */
import { mayAsk, type HttpRight } from '@openline/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog } from '../accounts/audit-log.ts';
import type { SignedInUser, SignIn } from '../accounts/sign-in.ts';
import { tokenOf } from './account-routes.ts';
import { greetingBody, refuse } from './answers.ts';

export interface PromptRouteOptions {
  signIn: SignIn;
  audit: AuditLog;
  now: () => number;
  prompts: {
    list(): { id: string; durationMs: number; bytes: number; changedAt: number }[];
    fileOf(id: string): string | null;
    put(id: string, file: Uint8Array): { id: string; durationMs: number; bytes: number; changedAt: number };
    remove(id: string): boolean;
  };
  promptsFolder: string;
  convertPrompt: (
    upload: Uint8Array,
  ) => Promise<{ ok: true; file: Uint8Array } | { ok: false; problem: string }>;
  greetings: {
    all(): Record<string, string>;
    set(bucketId: string, prompt: string | null): void;
    forget(prompt: string): void;
  };
  hasBucket: (id: string) => boolean;
}

/** A minute and a half of the largest form, five minutes of the usual ones. */
const MAX_UPLOAD_BYTES = 32 * 1_048_576;
const MAX_PROMPTS = 200;
const PROMPT_ID = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const SOUND_TYPES = ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'application/octet-stream'];

type ById = { Params: { id: string } };

export async function addPromptRoutes(app: FastifyInstance, options: PromptRouteOptions): Promise<void> {
  const { signIn, audit, now, prompts, promptsFolder, convertPrompt, greetings, hasBucket } = options;
  const note = (request: FastifyRequest, user: SignedInUser, action: string, details: object): void =>
    audit.record({ at: now(), userId: user.id, address: request.ip, action, details: { ...details } });

  app.get('/api/prompts', async (request, reply) => {
    if (!who(request, reply, 'prompts:read')) return reply;
    return { prompts: prompts.list().map(promptView), greetings: greetings.all() };
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
    greetings.forget(id);
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
    if (!hasBucket(id)) return refuse(reply, 'not_found');
    if (prompt !== null && prompts.fileOf(prompt) === null) return refuse(reply, 'unknown_prompt');
    greetings.set(id, prompt);
    note(request, user, 'bucket.greeting', { bucket: id, prompt });
    return { greetings: greetings.all() };
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
      if (!PROMPT_ID.test(id) || !Buffer.isBuffer(body)) return refuse(reply, 'bad_request');
      const isNew = prompts.fileOf(id) === null;
      if (isNew && prompts.list().length >= MAX_PROMPTS) {
        return refuse(reply, 'bad_prompt', [`there are ${MAX_PROMPTS} prompts already`]);
      }
      const converted = await convertPrompt(body);
      if (!converted.ok) return refuse(reply, 'bad_prompt', [converted.problem]);
      const prompt = prompts.put(id, converted.file);
      note(request, user, 'prompt.saved', { id });
      return { prompt: promptView(prompt) };
    });
  });

  /** Who asks, when they may; null when the refusal has been sent. */
  function who(request: FastifyRequest, reply: FastifyReply, right: HttpRight): SignedInUser | null {
    const user = signIn.whoHas(tokenOf(request));
    if (!user) void refuse(reply, 'not_signed_in');
    else if (!mayAsk(user.role, right)) void refuse(reply, 'forbidden');
    else return user;
    return null;
  }
}

function promptView(prompt: ReturnType<PromptRouteOptions['prompts']['put']>) {
  const { id, durationMs, bytes, changedAt } = prompt;
  return { id, audio_url: `/api/prompts/${id}`, duration_ms: durationMs, bytes, changed: changedAt };
}
