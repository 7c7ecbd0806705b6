/**
 * The console over https, beside plain http, with the station's own certificate (the engine makes it at the first start) or
 * the one that it was given: browsers let only such pages, and those of the same machine, use a microphone. Constructed by
 * main.ts.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';

export interface HttpsListenerOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  files: CertificateFiles;
  handle: RequestListener;
  /** The WebSocket listens there too. */
  attach: (server: Server) => void;
  /** Between two looks at the files; a minute when absent. */
  renewEveryMs?: number;
  log: { info(details: object, msg: string): void; warn(details: object, msg: string): void };
}

interface CertificateFiles {
  certificate: string;
  key: string;
}

interface Identity {
  cert: string;
  key: string;
}

/** The engine writes its certificate while we start. */
const LOOK_EVERY_MS = 500;
/** Another program may have the port, or a server that ran before us. */
const AGAIN_MS = 5_000;
/** Given certificates are short-lived, and somebody puts new ones into the place of the old. */
const RENEW_EVERY_MS = 60_000;

export class HttpsListener {
  readonly #options: HttpsListenerOptions;
  #server: Server | null = null;
  #timer: NodeJS.Timeout | null = null;
  #hasEnded = false;
  #hasWarned = false;
  /** What is shown, and what was last said of what is there instead. */
  #identity: Identity = { cert: '', key: '' };
  #told = '';

  constructor(options: HttpsListenerOptions) {
    this.#options = options;
  }

  /** Where it listens; null: not yet, or not at all. */
  get port(): number | null {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : null;
  }

  /** As soon as there is a certificate. */
  start(): void {
    const { certificate, key } = this.#options.files;
    if (this.#hasEnded) return;
    if (existsSync(certificate) && existsSync(key)) void this.#listen();
    else this.#timer = setTimeout(() => this.start(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#hasEnded = true;
    if (this.#timer) clearTimeout(this.#timer);
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #listen(): Promise<void> {
    const { host, port, handle, attach, log } = this.#options;
    try {
      this.#identity = await this.#read();
      const server = createServer(this.#identity, handle);
      attach(server);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, resolve);
      });
      this.#server = server;
      if (this.#hasEnded) return await this.stop();
      const renewEveryMs = this.#options.renewEveryMs ?? RENEW_EVERY_MS;
      this.#timer = setInterval(() => void this.#renew(server), renewEveryMs);
      return log.info({ httpsPort: this.port }, 'the console is there by https');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#hasWarned) log.warn({ port, reason }, 'the console is not there by https');
      this.#hasWarned = true;
      if (!this.#hasEnded) this.#timer = setTimeout(() => this.start(), AGAIN_MS);
      return undefined;
    }
  }

  async #renew(server: Server): Promise<void> {
    const { log } = this.#options;
    try {
      const renewed = await this.#read();
      if (renewed.cert === this.#identity.cert && renewed.key === this.#identity.key) return;
      // Throws when they do not go together, as between the writing of the one and of the other.
      server.setSecureContext(renewed);
      this.#identity = renewed;
      this.#told = '';
      log.info({ httpsPort: this.port }, 'the renewed certificate is shown from now on');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.#told) log.warn({ reason }, 'the certificate stays as it was');
      this.#told = reason;
    }
  }

  async #read(): Promise<Identity> {
    const { certificate, key } = this.#options.files;
    return { cert: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  }
}

/** Those that were given, or where the engine keeps its own. */
export function certificateFiles(
  env: { readonly [name: string]: string | undefined },
  dataFolder: string,
): CertificateFiles {
  const [certificate, key] = [env['OPENLINE_TLS_CERTIFICATE'], env['OPENLINE_TLS_KEY']];
  if (certificate && key) return { certificate, key };
  return { certificate: join(dataFolder, 'tls', 'certificate.pem'), key: join(dataFolder, 'tls', 'key.pem') };
}
