/**
 * The consoles of the fan-out benchmark, in a process of their own: plain sockets that shake hands (RFC 6455 4.1) and then only
 * note when something came, so that their work is not taken for the server's. Forked by listeners.ts.
 */
import { connect, type Socket } from 'node:net';
import type { ListenersAnswer, ListenersRequest } from './listeners.ts';

const CONNECTING_AT_ONCE = 20;
const KEY = `${'A'.repeat(22)}==`;

/** What any of them reads: looked at before the next read. */
const chunk = Buffer.alloc(256 * 1024);
const sockets: Socket[] = [];
let arrivalsNs: bigint[] = [];
let wanted = Buffer.from('');
let closed = 0;

function answer(message: ListenersAnswer): void {
  process.send?.(message);
}

/** Resolves when `initialize` has begun to come. */
function listen(url: URL, first: Buffer | null): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOpen = false;
    const read = (bytes: number): boolean => {
      const came = chunk.subarray(0, bytes);
      if (wanted.length > 0 && came.includes(wanted)) arrivalsNs.push(process.hrtime.bigint());
      if (isOpen || !came.includes('"initialize"')) return true;
      isOpen = true;
      if (first) socket.write(first);
      resolve();
      return true;
    };
    const onread = { buffer: chunk, callback: read };
    const socket = connect({ port: Number(url.port), host: url.hostname, noDelay: true, onread });
    sockets.push(socket);
    socket.on('error', reject);
    socket.on('close', () => (closed += 1));
    socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\n` +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
    );
  });
}

/** RFC 6455 5.2: a masked text frame; the mask is zero, which leaves the text as it is. */
function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x81fe, 0);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

async function listenAll(url: string, count: number, first: string | null): Promise<void> {
  const frame = first === null ? null : masked(first);
  for (let at = 0; at < count; at += CONNECTING_AT_ONCE) {
    const bundle = Math.min(CONNECTING_AT_ONCE, count - at);
    await Promise.all(Array.from({ length: bundle }, () => listen(new URL(url), frame)));
  }
}

process.on('message', (request: ListenersRequest) => {
  switch (request.type) {
    case 'listen':
      listenAll(request.url, request.count, request.first).then(
        () => answer({ type: 'listening' }),
        (error: unknown) => answer({ type: 'failed', msg: String(error) }),
      );
      return;
    case 'expect':
      wanted = Buffer.from(request.text);
      arrivalsNs = [];
      return answer({ type: 'listening' });
    case 'arrivals': {
      const taken = arrivalsNs.map(Number);
      arrivalsNs = [];
      return answer({ type: 'arrivals', ns: taken, closed });
    }
    case 'stall': {
      // Its own answers are what it does not read; the answer comes when the server has cut it.
      const [stalled] = sockets;
      stalled?.removeAllListeners('close').pause();
      const startedAt = performance.now();
      stalled?.once('close', () => answer({ type: 'cut', afterMs: performance.now() - startedAt }));
      const frame = masked(JSON.stringify({ event: 'ping', data: 'x'.repeat(60_000) }));
      for (let count = 0; count < 250; count += 1) stalled?.write(frame);
    }
  }
});
process.on('disconnect', () => process.exit(0));
answer({ type: 'listening' });
