/**
 * Something between a browser and the product, on a port of its own that stays: it can be taken away and come back as a server's
 * network does, and hand out files of another version of the console than the product has.
 */
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { freePort } from './free-port.ts';

export interface ConsoleFront {
  readonly url: string;
  /** Instead of what the product has under a path; asked for anew each time, as the product's own unhashed files are. */
  readonly replaced: Map<string, { type: string; body: string }>;
  /** Nobody answers any more, and every connection breaks. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function startConsoleFront(productPort: number): Promise<ConsoleFront> {
  const replaced: ConsoleFront['replaced'] = new Map();
  const sockets = new Set<Socket>();
  // It is given up and taken again: nobody else may get it meanwhile.
  const port = await freePort();
  let server: Server | null = null;

  async function listen(): Promise<void> {
    const opened = createServer((asked, answer) => {
      const other = replaced.get(asked.url ?? '');
      if (other) {
        answer.writeHead(200, { 'content-type': other.type, 'cache-control': 'no-cache' }).end(other.body);
        return;
      }
      const { method, url, headers } = asked;
      const passed = request({ host: '127.0.0.1', port: productPort, method, path: url, headers }, (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      });
      passed.on('error', () => answer.destroy());
      asked.pipe(passed);
    });
    opened.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    opened.on('upgrade', (asked, socket, head) => passUpgrade(asked, socket, head, productPort));
    await new Promise<void>((resolve, reject) => {
      opened.once('error', reject);
      opened.listen(port, '127.0.0.1', resolve);
    });
    server = opened;
  }

  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    replaced,
    async cut() {
      const closing = server;
      server = null;
      const closed = new Promise((resolve) => (closing ? closing.close(resolve) : resolve(null)));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: listen,
  };
}

function passUpgrade(asked: IncomingMessage, socket: Duplex, head: Buffer, productPort: number): void {
  const product = connect(productPort, '127.0.0.1', () => {
    const lines = asked.rawHeaders.flatMap((name, at) =>
      at % 2 === 0 ? [`${name}: ${asked.rawHeaders[at + 1]}`] : [],
    );
    product.write([`${asked.method} ${asked.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    product.write(head);
    product.pipe(socket).pipe(product);
  });
  product.on('error', () => socket.destroy());
  socket.on('error', () => product.destroy());
  socket.on('close', () => product.destroy());
  product.on('close', () => socket.destroy());
}
