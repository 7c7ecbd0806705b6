/** SIP over TCP (RFC 3261 18): connections as they are. Used by the transport layer, main thread. */
import { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { createStreamTransport, type StreamKind, type StreamLimits } from './stream-transport.ts';
import type { Transport, TransportSink } from './transport.ts';

const TCP: StreamKind = {
  name: 'tcp',
  accept: (socket, use) => use(socket),
  connect(to) {
    const socket = new Socket();
    socket.connect(to);
    return { socket, readyEvent: 'connect' };
  },
};

export function createTcpTransport(sink: TransportSink, clock: Clock, limits?: StreamLimits): Transport {
  return createStreamTransport(TCP, sink, clock, limits);
}
