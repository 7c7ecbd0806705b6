/** The station calls itself, to show that it works: who may dial may ask for it, with or without locked settings. */
import { mayAsk } from '@openline/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog } from '../accounts/audit-log.ts';
import type { SignedInUser, SignIn } from '../accounts/sign-in.ts';
import { refuse, testCallBody } from './answers.ts';
import { whoAsks } from './who-asks.ts';

export interface TestCallRouteOptions {
  signIn: SignIn;
  audit: AuditLog;
  now: () => number;
  testCall: {
    /** Resolves when it rings on the channel. */
    place(lineId: string): Promise<TestCallOutcome>;
    stop(): void;
  };
}

export type TestCallOutcome =
  | { ok: true; channelId: string }
  | { ok: false; code: 'engine_down' | 'line_down' | 'no_free_channel' | 'no_line' };

export function addTestCallRoutes(app: FastifyInstance, options: TestCallRouteOptions): void {
  const { signIn, audit, now, testCall } = options;
  const who = (request: FastifyRequest, reply: FastifyReply): SignedInUser | null =>
    whoAsks(signIn, request, reply, ({ role }) => mayAsk(role, 'test-call'));

  app.post('/api/test-call', async (request, reply) => {
    const user = who(request, reply);
    if (!user) return reply;
    const body = testCallBody.safeParse(request.body);
    if (!body.success) return refuse(reply, 'bad_request');
    const { line } = body.data;
    const outcome = await testCall.place(line);
    if (!outcome.ok) return refuse(reply, outcome.code);
    audit.record({ at: now(), userId: user.id, address: request.ip, action: 'test_call', details: { line } });
    return { channel_id: outcome.channelId };
  });

  app.delete('/api/test-call', async (request, reply) => {
    if (!who(request, reply)) return reply;
    testCall.stop();
    return reply.code(204).send();
  });
}
