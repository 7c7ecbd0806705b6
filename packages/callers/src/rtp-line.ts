/**
 * What a simulated telephone's sound goes through: a UDP port of its own. By node:dgram, or, where a thousand telephones are to
 * speak in one process, by the engine's own packet I/O. Opened by rtp-end.ts.
 */
import { createSocket } from 'node:dgram';
import { openSocketIo, type PacketIoKind } from '@openline/engine';

export interface RtpLine {
  readonly port: number;
  /** The bytes may be used again once this returns. */
  send(bytes: Uint8Array, length: number, address: string, port: number): void;
  close(): void;
}

/** `bytes` is only valid during the call; `atMs`: performance.now() when it came. */
type OnPacket = (bytes: Uint8Array, length: number, address: string, port: number, atMs: number) => void;

export type OpenLine = (host: string, onPacket: OnPacket) => Promise<RtpLine>;

/** How often packets are taken that wait: what they are heard by is when they came. */
const POLL_MS = 5;
const LINES_A_GATEWAY = 50;

export function openDgramLine(host: string, onPacket: OnPacket): Promise<RtpLine> {
  return new Promise((resolve, reject) => {
    const type = host.includes(':') ? 'udp6' : 'udp4';
    const socket = createSocket({ type, recvBufferSize: 256 * 1024 });
    socket.once('error', reject);
    socket.bind(0, host, () => {
      socket.removeListener('error', reject);
      socket.on('error', () => {});
      socket.on('message', (bytes, from) =>
        onPacket(bytes, bytes.length, from.address, from.port, performance.now()),
      );
      resolve({
        port: socket.address().port,
        send: (bytes, length, address, port) => socket.send(bytes.slice(0, length), port, address, () => {}),
        close: () => socket.close(),
      });
    });
  });
}

/**
 * Many telephones behind few ports, as behind a gateway: so many packets a port are read in one call. `kind`: whether this
 * machine has it.
 */
export function batchedLines(host: string): { kind: PacketIoKind; openLine: OpenLine } {
  /** By the far end's port, which is each call's own. */
  const listeners: (OnPacket | undefined)[] = [];
  const { kind, io } = openSocketIo(
    host,
    { from: 0, to: 0 },
    {
      onRtp: (_gateway, bytes, length, address, port, atMs = performance.now()) =>
        listeners[port]?.(bytes, length, address, port, atMs),
      onRtcp: () => {},
    },
    'batched',
  );
  setInterval(() => io.receive(), POLL_MS).unref();
  const gateways: Promise<{ rtpPort: number }>[] = [];
  let lines = 0;
  const openLine: OpenLine = async (_host, onPacket) => {
    const gateway = Math.floor(lines++ / LINES_A_GATEWAY);
    gateways[gateway] ??= io.open(gateway);
    const { rtpPort } = await gateways[gateway];
    let remotePort = 0;
    return {
      port: rtpPort,
      send: (bytes, length, address, port) => {
        remotePort = port;
        listeners[port] = onPacket;
        io.sendRtp(gateway, bytes, length, address, port);
      },
      close: () => {
        listeners[remotePort] = undefined;
      },
    };
  };
  return { kind, openLine };
}
