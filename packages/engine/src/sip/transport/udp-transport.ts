/**
 * SIP over UDP (RFC 3261 18): one socket, a flow is only an address. Used by the transport layer, main thread.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIPv4, isIPv6 } from 'node:net';
import type { Flow, Transport, TransportSink } from './transport.ts';

/** A registrar with many phones restarting at once: the kernel keeps what one turn of the loop cannot take. */
const RECEIVE_BUFFER_BYTES = 1 << 20;

export function createUdpTransport(sink: TransportSink): Transport {
  let socket: Socket | null = null;

  const flowTo = (remoteAddress: string, remotePort: number): Flow => ({
    transport: 'udp',
    isReliable: false,
    remoteAddress,
    remotePort,
    isOpen: () => socket !== null,
    send(bytes, onFailure) {
      if (socket === null || remotePort === 0) {
        queueMicrotask(onFailure);
        return;
      }
      socket.send(bytes, remotePort, remoteAddress, (error) => {
        if (error !== null) onFailure();
      });
    },
    close() {},
  });

  const receive = (bytes: Buffer, from: RemoteInfo): void => {
    // Keep-alives of phones behind NAT: CRLFs (RFC 5626 3.5.1), a NUL, four bytes of anything.
    if (bytes.length <= 4) return;
    // IPv4 as a socket of both families shows it (RFC 4291 2.5.5.2); in messages it has to stand as what it is.
    const address = from.address.replace(/^::ffff:/, '');
    if (!sink.admits(address)) return;
    sink.receive(bytes, flowTo(address, from.port));
  };

  return {
    name: 'udp',
    flowTo,
    knownFlow: flowTo,
    async start(host, port) {
      const isBothFamilies = isIPv6(host);
      const opened = createSocket({
        type: isBothFamilies ? 'udp6' : 'udp4',
        lookup(name, options, done) {
          if (isBothFamilies && isIPv4(name)) done(null, `::ffff:${name}`, 6);
          else lookup(name, options, done);
        },
      });
      await new Promise<void>((resolve, reject) => {
        opened.once('error', reject);
        opened.bind({ address: host, port }, () => {
          opened.off('error', reject);
          resolve();
        });
      });
      // ICMP errors of former sends come here; the transaction's timers deal with a silent peer.
      opened.on('error', () => {});
      opened.on('message', receive);
      opened.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
      socket = opened;
      return opened.address().port;
    },
    async stop() {
      const closing = socket;
      socket = null;
      if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
}
