/**
 * Which packet I/O this machine gets: the system calls of native/socket-batched.ts where they can be had, else
 * node:dgram. Used by media-thread.ts.
 */
import { BatchedSocketIo, loadSystemCalls } from '../native/socket-batched.ts';
import { DgramSocketIo } from './socket-dgram.ts';
import type { PacketIoKind, SocketIo, SocketReceiver } from './socket-io.ts';

export function openSocketIo(
  host: string,
  range: { from: number; to: number },
  receiver: SocketReceiver,
  wanted: PacketIoKind,
): { kind: PacketIoKind; io: SocketIo } {
  const calls = wanted === 'batched' ? loadSystemCalls() : null;
  return calls === null
    ? { kind: 'dgram', io: new DgramSocketIo(host, range, receiver) }
    : { kind: 'batched', io: new BatchedSocketIo(calls, host, range, receiver) };
}
