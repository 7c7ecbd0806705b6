/**
 * A network in memory, for agents on a fake clock: datagrams and connections between named addresses, with loss as the
 * test says. Everything takes one millisecond. Stands in for the UDP and TCP transports.
 */
import type { Clock } from '../clock.ts';
import type { Flow, Transport, TransportName, Transports, TransportSink } from '../transport/transport.ts';

interface Packet {
  from: string;
  to: string;
  transport: TransportName;
  /** First line of the message. */
  startLine: string;
  text: string;
}

export interface FakeNetwork {
  /** For `createSipAgent`'s parts: the transports of one address. */
  transportsAt(address: string): (sink: TransportSink) => Transports;
  /** True: lost on the way. */
  loses: (packet: Packet) => boolean;
  /** All that was sent, lost or not. */
  readonly sent: Packet[];
  /** Sends as a peer without an agent. */
  inject(from: string, to: string, bytes: Buffer, transport?: TransportName): void;
}

const PORT = 5060;

export function createFakeNetwork(clock: Clock): FakeNetwork {
  const sinks = new Map<string, TransportSink>();

  const flow = (own: string, remote: string, remotePort: number, transport: TransportName): Flow => ({
    transport,
    isReliable: transport === 'tcp',
    remoteAddress: remote,
    remotePort,
    isOpen: () => true,
    send: (bytes, onFailure) => carry(own, remote, transport, bytes, onFailure),
    close() {},
  });

  const carry = (
    from: string,
    to: string,
    transport: TransportName,
    bytes: Buffer,
    onFailure: () => void,
  ): void => {
    const text = bytes.toString('latin1');
    const packet = { from, to, transport, startLine: text.split('\r\n', 1)[0] ?? '', text };
    network.sent.push(packet);
    if (network.loses(packet)) return;
    clock.after(1, () => {
      const sink = sinks.get(to);
      if (sink === undefined) {
        if (transport === 'tcp') onFailure();
        return;
      }
      if (sink.admits(from)) sink.receive(Buffer.from(bytes), flow(to, from, PORT, transport));
    });
  };

  const transport = (name: TransportName, address: string, sink: TransportSink): Transport => ({
    name,
    start() {
      sinks.set(address, sink);
      return Promise.resolve(PORT);
    },
    flowTo: (remote, port) => flow(address, remote, port, name),
    knownFlow: (remote, port) => flow(address, remote, port, name),
    stop() {
      sinks.delete(address);
      return Promise.resolve();
    },
  });

  const network: FakeNetwork = {
    sent: [],
    loses: () => false,
    transportsAt: (address) => (sink) => ({
      udp: transport('udp', address, sink),
      tcp: transport('tcp', address, sink),
    }),
    inject: (from, to, bytes, name = 'udp') => carry(from, to, name, bytes, () => {}),
  };
  return network;
}
