/**
 * The live program at `/program`, and the descriptions of RTP outputs at `/program/{id}.sdp`: relayed from the engine, which
 * makes them and cuts off who does not keep up. Who may listen is a setting.
 */
import { request as askEngine, type IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SignIn } from '../accounts/sign-in.ts';
import type { StationSettings } from '../settings/station-settings.ts';
import { refuse } from './answers.ts';
import { tokenOf } from './who-asks.ts';

export interface ProgramRouteOptions {
  signIn: SignIn;
  settings: StationSettings;
  /** Where the engine serves them. */
  programSocket: string;
}

const ANSWER_WITHIN_MS = 5_000;

export function addProgramRoutes(app: FastifyInstance, options: ProgramRouteOptions): void {
  const { signIn, settings, programSocket } = options;

  app.get('/program', async (request, reply) => {
    const { access } = settings.current.program_stream;
    if (access === 'off') return refuse(reply, 'not_found');
    if (access === 'signed_in' && !signIn.whoHas(tokenOf(request))) return refuse(reply, 'not_signed_in');
    return relay(programSocket, '/program', request, reply);
  });

  // Receivers cannot sign in; what it says they could hear from the network.
  app.get<{ Params: { file: string } }>('/program/:file', async (request, reply) => {
    const [, id] = /^([a-z0-9][a-z0-9_-]{0,31})\.sdp$/.exec(request.params.file) ?? [];
    if (id === undefined) return refuse(reply, 'not_found');
    return relay(programSocket, `/${encodeURIComponent(`output:${id}`)}.sdp`, request, reply);
  });
}

async function relay(
  socketPath: string,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await ask(socketPath, path);
  if (answer === null) return refuse(reply, 'engine_down');
  const { statusCode = 502, headers } = answer;
  reply.raw.once('close', () => answer.destroy());
  if (request.method === 'HEAD' || statusCode === 404) answer.destroy();
  if (statusCode === 404) return refuse(reply, 'not_found');
  for (const name of ['content-type', 'retry-after'] as const) {
    const value = headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  void reply.code(statusCode).header('cache-control', 'no-store');
  return request.method === 'HEAD' ? reply.send() : reply.send(answer);
}

/** null: the engine is not there. */
function ask(socketPath: string, path: string): Promise<IncomingMessage | null> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage | null>();
  const asked = askEngine({ socketPath, path, timeout: ANSWER_WITHIN_MS }, (answer) => {
    // The stream may be silent for long; only its beginning is waited for.
    answer.socket.setTimeout(0);
    resolve(answer);
  });
  asked.on('timeout', () => asked.destroy());
  asked.on('error', () => resolve(null));
  asked.end();
  return promise;
}
