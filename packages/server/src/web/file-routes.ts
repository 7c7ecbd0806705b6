/** Recordings for who is signed in, and the console's own files for everybody. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { refuse } from './answers.ts';
import type { SignIn } from '../accounts/sign-in.ts';
import { tokenOf } from './who-asks.ts';

export interface FileRouteOptions {
  signIn: SignIn;
  audioFolder: string;
  /** The outline of a recording, for the player's picture; null when it has none. */
  outlineOf: (path: string) => Promise<{ durationMs: number; peaks: number[] } | null>;
  /** Where the built console lies; it may come into being while we run. */
  consoleFolder: string;
}

/** Shown while the console is being built after an update: by itself it looks again every second. */
const WAIT_PAGE =
  '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>Openline</title>' +
  '<p>The console is being built; this takes a few seconds.</p>';

export async function addFileRoutes(app: FastifyInstance, options: FileRouteOptions): Promise<void> {
  const { signIn, audioFolder, outlineOf, consoleFolder } = options;
  mkdirSync(consoleFolder, { recursive: true });
  await app.register(fastifyStatic, {
    root: consoleFolder,
    serve: false,
    // Our own headers below; the entry page must be asked for each time, the rest has its hash in its name.
    cacheControl: false,
    // The build lays a compressed form beside every file that gains by it.
    preCompressed: true,
  });

  app.get<{ Params: { file: string } }>('/audio/:file', async (request, reply) => {
    if (!signIn.whoHas(tokenOf(request))) return refuse(reply, 'not_signed_in');
    const { file } = request.params;
    // An id, never a path: the engine writes the same alphabet.
    const [, id, kind] = /^([A-Za-z0-9_-]{1,64})\.(wav|peaks)$/.exec(file) ?? [];
    const path = join(audioFolder, `${id}.wav`);
    if (id === undefined || !existsSync(path)) return refuse(reply, 'not_found');
    if (kind === 'peaks') {
      const outline = await outlineOf(path);
      if (!outline) return refuse(reply, 'not_found');
      return reply
        .header('cache-control', 'private, max-age=60')
        .send({ duration_ms: outline.durationMs, peaks: outline.peaks });
    }
    return reply.header('cache-control', 'private, no-cache').type('audio/wav').sendFile(file, audioFolder);
  });

  // Reached only without an upgrade (websocket/socket-server.ts takes those before).
  app.get('/ws', async (_request, reply) => refuse(reply, 'upgrade_required'));

  app.get('/*', async (request, reply) => {
    const path = decodeURIComponent(request.url.split('?')[0] ?? '/');
    const isAsset = /\.[a-z0-9]+$/i.test(path);
    if (path.startsWith('/api/')) return refuse(reply, 'not_found');
    if (isAsset && path !== '/index.html') {
      const isHashed = path.startsWith('/assets/');
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      return reply.sendFile(path.slice(1));
    }
    // Every other path is a screen of the console.
    void reply.header('cache-control', 'no-cache');
    if (existsSync(join(consoleFolder, 'index.html'))) return reply.sendFile('index.html');
    return reply.code(503).type('text/html').send(WAIT_PAGE);
  });
}
