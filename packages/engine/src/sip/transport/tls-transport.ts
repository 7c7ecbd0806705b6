/**
 * SIP over TLS (RFC 3261 18, 26.3): connections of TCP with a handshake before. Who connects to us is not asked for a
 * certificate (phones have none); whom we connect to has to show one for the name that the settings call it by. A bad
 * handshake costs its own connection. Used by the transport layer, main thread.
 */
import { constants } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, createServer, rootCertificates, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { hostAddress } from '../message/uri.ts';
import type { Clock } from '../clock.ts';
import { createStreamTransport, type StreamKind, type StreamLimits } from './stream-transport.ts';
import type { Transport, TransportSink } from './transport.ts';

export interface TlsIdentity {
  /** PEM: the certificate with those above it. */
  certificate: string;
  key: string;
}

export interface TlsOptions {
  identity: TlsIdentity;
  /** PEM: who else may vouch for far ends, beside those whom everybody trusts. */
  authorities?: readonly string[];
}

export interface TlsTransport extends Transport {
  /** From the next handshake on: the certificate was renewed. */
  renew(identity: TlsIdentity): void;
}

const HANDSHAKE_MS = 10_000;

/** TLS 1.2 and up; no renegotiation, which would let one far end have us do any number of handshakes. */
export function serverContext({ certificate, key }: TlsIdentity): SecureContextOptions {
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

export function createTlsTransport(
  sink: TransportSink,
  clock: Clock,
  options: TlsOptions,
  limits?: StreamLimits,
): TlsTransport {
  /** It never listens: the sockets are accepted where the limits are, and given to it for their handshake. */
  const handshakes = createServer({ ...serverContext(options.identity), handshakeTimeout: HANDSHAKE_MS });
  const waiting = new Map<string, (ready: Socket) => void>();
  handshakes.on('tlsClientError', (_error, socket: TLSSocket) => socket.destroy());
  handshakes.on('secureConnection', (socket) => {
    // Before it is anybody's: an error of the connection must not end the process.
    socket.on('error', () => {});
    const use = waiting.get(nameOf(socket));
    if (use === undefined) socket.destroy();
    else use(socket);
  });

  const kind: StreamKind = {
    name: 'tls',
    accept(socket, use) {
      const name = nameOf(socket);
      waiting.set(name, use);
      socket.once('close', () => {
        if (waiting.get(name) === use) waiting.delete(name);
      });
      socket.on('error', () => {});
      handshakes.emit('connection', socket);
    },
    connect(to, serverName) {
      const name = hostAddress(serverName);
      const { authorities } = options;
      const socket = connect({
        ...to,
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        // An address has no place in SNI (RFC 6066 3); the certificate is checked for it all the same.
        ...(isIP(name) === 0 ? { servername: name } : { servername: '', host: name }),
        ...(authorities === undefined ? {} : { ca: [...rootCertificates, ...authorities] }),
      });
      return { socket, readyEvent: 'secureConnect' };
    },
  };

  return {
    ...createStreamTransport(kind, sink, clock, limits),
    renew: (identity) => handshakes.setSecureContext(serverContext(identity)),
  };
}

function nameOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
