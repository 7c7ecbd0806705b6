/** Datagrams on real sockets: a socket of both families speaks with IPv4 peers by their own addresses. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import type { Flow } from './transport.ts';
import { createUdpTransport } from './udp-transport.ts';

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.family === 'IPv6');

it.skipIf(!hasIPv6)('a socket of both families takes and reaches IPv4 peers as such', async () => {
  const { promise, resolve } = Promise.withResolvers<{ text: string; flow: Flow }>();
  const transport = createUdpTransport({
    admits: (address) => address === '127.0.0.1',
    isTrusted: () => true,
    receive: (bytes, flow) => resolve({ text: bytes.toString(), flow }),
    refuse() {},
  });
  const port = await transport.start('::', 0);
  const peer = createSocket('udp4');
  peer.bind(0, '127.0.0.1');
  await once(peer, 'listening');
  peer.send('OPTIONS', port, '127.0.0.1');
  const { text, flow } = await promise;
  expect(text).toBe('OPTIONS');
  expect(flow).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: peer.address().port });
  const answered = once(peer, 'message');
  flow.send(Buffer.from('200 OK'), () => {
    throw new Error('not sent');
  });
  expect(String((await answered)[0])).toBe('200 OK');
  peer.close();
  await transport.stop();
});
