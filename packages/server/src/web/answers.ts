/** The form of a refusal over HTTP, and the bodies that are accepted. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

const sentences = {
  bad_request: 'The request is not in the form that is expected.',
  wrong_password: 'Name or password is wrong.',
  too_many_attempts: 'Too many attempts; wait a minute.',
  not_signed_in: 'Sign in first.',
  forbidden: 'Your role does not allow this.',
  wrong_origin: 'This request comes from another site.',
  set_up_done: 'This station has been set up already.',
  wrong_token: 'This set-up link is not valid any more.',
  bad_settings: 'These settings cannot be used.',
  settings_changed: 'The settings have been changed by somebody else meanwhile.',
  engine_down: 'The telephone engine is not running.',
  line_down: 'This line is down.',
  no_free_channel: 'Every channel of this line is taken.',
  no_line: 'There is no such line.',
  bad_prompt: 'This cannot be used as a prompt.',
  unknown_prompt: 'There is no such prompt.',
  not_found: 'There is nothing here.',
  too_large: 'The request is too large.',
  bad_offer: 'This is no offer of a browser that wants to listen.',
  too_many_listeners: 'As many listen as may; come again later.',
  no_such_range: 'The recording is shorter than that.',
  upgrade_required: 'This address is for WebSocket only.',
} as const;
export type HttpErrorCode = keyof typeof sentences;

const statuses: Readonly<Record<HttpErrorCode, number>> = {
  bad_request: 400,
  wrong_password: 401,
  too_many_attempts: 429,
  not_signed_in: 401,
  forbidden: 403,
  wrong_origin: 403,
  set_up_done: 409,
  wrong_token: 403,
  bad_settings: 422,
  settings_changed: 412,
  engine_down: 503,
  line_down: 409,
  no_free_channel: 409,
  no_line: 404,
  bad_prompt: 422,
  unknown_prompt: 422,
  not_found: 404,
  too_large: 413,
  bad_offer: 400,
  too_many_listeners: 503,
  no_such_range: 416,
  upgrade_required: 426,
};

/** `{error: {code, msg, problems?}}` */
export function refuse(reply: FastifyReply, code: HttpErrorCode, problems: string[] = []): FastifyReply {
  const error = { code, msg: sentences[code], ...(problems.length > 0 ? { problems } : {}) };
  return reply.code(statuses[code]).send({ error });
}

export const sessionBody = z.strictObject({ name: z.string().max(200), password: z.string().max(200) });

export const setUpBody = z.strictObject({
  token: z.string().max(200),
  station: z.strictObject({ name: z.string().max(200) }),
  user: z.strictObject({
    id: z.string().max(32).optional(),
    name: z.string().max(200),
    password: z.string().max(200),
  }),
});

export const ownPasswordBody = z.strictObject({
  password: z.string().max(200),
  new_password: z.string().min(8).max(200),
});

export const dialBody = z.strictObject({
  number: z.string().max(200),
  /** What is to be in force; absent: what is. */
  settings: z.unknown().optional(),
});

export const testCallBody = z.strictObject({ line: z.string().max(64) });

export const greetingBody = z.strictObject({ prompt: z.string().max(64).nullable() });

export const auditQuery = z.object({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
