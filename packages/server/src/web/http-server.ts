/**
 * The HTTP side of the server: builds Fastify with its headers, checks and routes. Constructed by main.ts; the
 * WebSocket hangs on the same port (websocket/).
 */
import { fileURLToPath } from 'node:url';
import fastifyCookie from '@fastify/cookie';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { addAccountRoutes, type AccountRouteOptions } from './account-routes.ts';
import { refuse, type HttpErrorCode } from './answers.ts';
import { addDocsRoutes } from './docs-routes.ts';
import { addFileRoutes, type FileRouteOptions } from './file-routes.ts';
import { addHealthRoutes, type HealthRouteOptions } from './health-routes.ts';
import { addHoldRoutes, type HoldRouteOptions } from './hold-routes.ts';
import { addProgramRoutes, type ProgramRouteOptions } from './program-routes.ts';
import { addPromptRoutes, type PromptRouteOptions } from './prompt-routes.ts';
import { addSettingsRoutes, type SettingsRouteOptions } from './settings-routes.ts';
import { addWhepRoutes, type WhepRouteOptions } from './whep-routes.ts';
import { addTestCallRoutes, type TestCallRouteOptions } from './test-call-routes.ts';
import { isOwnOrigin } from './request-origin.ts';

export interface HttpServerOptions
  extends AccountRouteOptions,
    HealthRouteOptions,
    HoldRouteOptions,
    ProgramRouteOptions,
    PromptRouteOptions,
    SettingsRouteOptions,
    TestCallRouteOptions,
    WhepRouteOptions {
  log: FastifyBaseLogger;
  audioFolder: string;
  outlineOf: FileRouteOptions['outlineOf'];
  consoleFolder?: string;
}

const CONSOLE_FOLDER = fileURLToPath(new URL('../../../console/dist', import.meta.url));
const MAX_BODY_BYTES = 1_048_576;
/** A request that comes in drop by drop holds a connection no longer. */
const REQUEST_TIMEOUT_MS = 30_000;

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; " +
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; " +
    "form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** Of what Fastify refuses by itself. */
function refusalOf(status: number): HttpErrorCode {
  if (status === 413) return 'too_large';
  return status === 416 ? 'no_such_range' : 'bad_request';
}

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.log,
    // Paths may carry tokens and numbers; what matters is logged where it happens.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    return503OnClosing: false,
  });
  await app.register(fastifyCookie);

  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS);
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!isReading && !isOwnOrigin(request.raw)) return refuse(reply, 'wrong_origin');
    return undefined;
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return refuse(reply, refusalOf(status));
    request.log.error({ err: error }, 'a request failed');
    return reply
      .code(500)
      .send({ error: { code: 'server_error', msg: 'Something went wrong; it is in the log.' } });
  });
  app.setNotFoundHandler((_request, reply) => refuse(reply, 'not_found'));

  addHealthRoutes(app, options);
  addAccountRoutes(app, options);
  addSettingsRoutes(app, options);
  addTestCallRoutes(app, options);
  addProgramRoutes(app, options);
  addWhepRoutes(app, options);
  addDocsRoutes(app, () => options.health().version);
  await addFileRoutes(app, {
    signIn: options.signIn,
    audioFolder: options.audioFolder,
    outlineOf: options.outlineOf,
    consoleFolder: options.consoleFolder ?? CONSOLE_FOLDER,
  });
  await addPromptRoutes(app, options);
  await addHoldRoutes(app, options);
  return app;
}
