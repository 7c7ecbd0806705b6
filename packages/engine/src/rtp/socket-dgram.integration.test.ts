/** RTP sockets as they are: one of both families speaks with IPv4 peers by their own addresses. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { DgramSocketIo } from './socket-dgram.ts';

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.family === 'IPv6');

it.skipIf(!hasIPv6)('a socket of both families takes and reaches IPv4 peers as such', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const io = new DgramSocketIo(
    '::',
    { from: 0, to: 0 },
    { onRtp: (_port, _bytes, _length, address) => resolve(address), onRtcp() {} },
  );
  const { rtpPort } = await io.open(0);
  const peer = createSocket('udp4');
  peer.bind(0, '127.0.0.1');
  await once(peer, 'listening');
  peer.send('sound', rtpPort, '127.0.0.1');
  expect(await promise).toBe('127.0.0.1');
  const answered = once(peer, 'message');
  io.sendRtp(0, Buffer.from('back'), 4, '127.0.0.1', peer.address().port);
  expect(String((await answered)[0])).toBe('back');
  peer.close();
  await io.close(0);
});
