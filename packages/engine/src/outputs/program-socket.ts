/**
 * HTTP on a local socket, for the web server alone: `GET /program` is the live stream, `GET /{ref}.sdp` the description of an
 * RTP output. Made by outputs-thread.ts.
 */
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';

export interface ProgramSocketOptions {
  path: string;
  /** False: there is no program stream. */
  onListener: (response: ServerResponse) => boolean;
  sdpOf: (ref: string) => string | null;
  onProblem: (error: Error) => void;
}

export function openProgramSocket({ path, onListener, sdpOf, onProblem }: ProgramSocketOptions): Server {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://engine');
    const [, ref] = /^\/([^/]+)\.sdp$/.exec(pathname) ?? [];
    if (pathname === '/program' && onListener(response)) return;
    const sdp = ref === undefined ? null : sdpOf(decodeURIComponent(ref));
    if (sdp === null) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/sdp' }).end(sdp);
  });
  server.on('error', onProblem);
  // The control socket has made sure that no other engine is alive on this folder.
  if (process.platform !== 'win32') removeStale(path);
  server.listen(path, () => {
    if (process.platform !== 'win32') chmodSync(path, 0o600);
  });
  return server;
}

function removeStale(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
