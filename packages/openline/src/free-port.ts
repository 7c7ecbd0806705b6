/** Whether a port can be taken, by taking it for a moment. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export type Transport = 'tcp' | 'udp';

/** Why it cannot be, as the system calls it (EADDRINUSE, EACCES …); null: it can. */
export function portProblem(transport: Transport, port: number, host: string): Promise<string | null> {
  return transport === 'tcp' ? tcpProblem(port, host) : udpProblem(port, host);
}

export async function isPortFree(transport: Transport, port: number, host: string): Promise<boolean> {
  return (await portProblem(transport, port, host)) === null;
}

function tcpProblem(port: number, host: string): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(codeOf(error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function udpProblem(port: number, host: string): Promise<string | null> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      socket.close();
      resolve(codeOf(error));
    });
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}
