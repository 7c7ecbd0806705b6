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

/** All lines of a process share what reads them. `kind`: whether this machine has it. */
export function batchedLines(host: string): { kind: PacketIoKind; openLine: OpenLine } {
  const listeners: (OnPacket | undefined)[] = [];
  const { kind, io } = openSocketIo(
    host,
    { from: 0, to: 0 },
    {
      onRtp: (line, bytes, length, address, port, atMs = performance.now()) =>
        listeners[line]?.(bytes, length, address, port, atMs),
      onRtcp: () => {},
    },
    'batched',
  );
  setInterval(() => io.receive(), POLL_MS).unref();
  const openLine: OpenLine = async (_host, onPacket) => {
    const line = listeners.push(onPacket) - 1;
    const { rtpPort } = await io.open(line);
    return {
      port: rtpPort,
      send: (bytes, length, address, port) => io.sendRtp(line, bytes, length, address, port),
      close: () => {
        listeners[line] = undefined;
        void io.close(line);
      },
    };
  };
  return { kind, openLine };
}
