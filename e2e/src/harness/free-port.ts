import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

// Below the ports that the kernel gives to whoever asks for any (32768 and up): nobody gets one of these by chance between
// this look and the moment when the peer opens it.
const first = 20_000;
const count = 12_000;
const givenOut = new Set<number>();

/** A port on loopback that is free for UDP and for TCP: for peers that cannot choose their own. Never the same one twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    if (givenOut.has(port)) continue;
    givenOut.add(port);
    if ((await isFreeForUdp(port)) && (await isFreeForTcp(port))) return port;
  }
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
