/**
 * What every implementation of SocketIo does, tried with real sockets on loopback. Run by socket-io.integration.test.ts.
 */
import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { type SocketIoMaker, SocketStand } from './socket-peers.ts';

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.family === 'IPv6');

export function itIsASocketIo(make: SocketIoMaker): void {
  let stand: SocketStand | null = null;
  const start = (host?: string, range?: { from: number; to: number }): SocketStand => {
    stand = new SocketStand(make, host, range);
    return stand;
  };
  afterEach(async () => {
    await stand?.end();
    stand = null;
  });

  it('hands on what comes, with the port that it is for, where it is from and when it came', async () => {
    const { received, ...sockets } = await opened(start(), 7);
    const peer = await sockets.stand.peer();
    const saidMs = performance.now();
    await peer.say('sound', sockets.rtpPort);
    await peer.say('report', sockets.rtcpPort);
    await sockets.stand.until(() => received.length === 2);
    const from = { port: 7, address: '127.0.0.1', remotePort: peer.port };
    expect(received).toContainEqual(expect.objectContaining({ kind: 'rtp', text: 'sound', ...from }));
    expect(received).toContainEqual(expect.objectContaining({ kind: 'rtcp', text: 'report', ...from }));
    for (const { arrivalMs } of received) {
      expect(arrivalMs).toBeGreaterThan(saidMs - 5);
      expect(arrivalMs).toBeLessThanOrEqual(performance.now());
    }
  });

  it('sends from the port that it receives on, to one peer after the other', async () => {
    const { stand: ours, rtpPort, rtcpPort } = await opened(start(), 1);
    const [one, other] = [await ours.peer(), await ours.peer()];
    ours.send(1, 'a', one);
    ours.send(1, 'b', other);
    ours.send(1, 'c', one);
    ours.io.sendRtcp(1, Buffer.from('report'), 3, '127.0.0.1', other.port);
    await ours.until(() => one.heard.length === 2 && other.heard.length === 2);
    expect(one.heard.map(({ text, from }) => [text, from.port])).toEqual([
      ['a', rtpPort],
      ['c', rtpPort],
    ]);
    expect(other.heard.map(({ text, from }) => `${text} ${from.port}`).toSorted()).toEqual([
      `b ${rtpPort}`,
      `rep ${rtcpPort}`,
    ]);
  });

  it('tells packets of two peers on one port apart', async () => {
    const { stand: ours, rtpPort, received } = await opened(start(), 1);
    const [one, other] = [await ours.peer(), await ours.peer()];
    for (const [text, peer] of [['a', one] as const, ['b', other] as const, ['c', one] as const]) {
      await peer.say(text, rtpPort);
    }
    await ours.until(() => received.length === 3);
    expect(received.map(({ text, remotePort }) => [text, remotePort])).toEqual([
      ['a', one.port],
      ['b', other.port],
      ['c', one.port],
    ]);
  });

  it('loses nothing of what waited while it was held up, and keeps its order', async () => {
    const { stand: ours, rtpPort } = await opened(start(), 1);
    const peer = await ours.peer();
    const said = Array.from({ length: 150 }, (_, n) => String(n));
    for (const text of said) await peer.say(text, rtpPort);
    await ours.until(() => ours.received.length === said.length);
    expect(ours.texts).toEqual(said);
  });

  it('goes on after packets to nobody, to what is no address, and too long to be sent', async () => {
    const { stand: ours, rtpPort } = await opened(start(), 1);
    const peer = await ours.peer();
    const gone = await ours.peer();
    const nobody = { port: gone.port };
    await ours.leave(gone);
    for (let n = 0; n < 20; n++) ours.send(1, 'hello?', nobody);
    ours.send(1, 'here', peer);
    for (const address of ['256.1.1.1', '2001:db8::1', 'desk']) ours.send(1, 'nowhere', nobody, address);
    ours.io.sendRtp(1, new Uint8Array(70_000), 70_000, '127.0.0.1', peer.port);
    ours.send(1, 'still here', peer);
    await peer.say('and you?', rtpPort);
    await ours.until(() => peer.heard.length > 1 && ours.received.length > 0);
    expect(peer.heard.map(({ text }) => text)).toEqual(['here', 'still here']);
    expect(ours.texts).toEqual(['and you?']);
  });

  it('is not harmed by packets that are empty or longer than any sound', async () => {
    const { stand: ours, rtpPort } = await opened(start(), 1);
    const peer = await ours.peer();
    await peer.say('', rtpPort);
    await peer.say(new Uint8Array(40_000), rtpPort);
    await peer.say('sound', rtpPort);
    await ours.until(() => ours.texts.includes('sound'));
    expect(ours.texts.filter((text) => text.length < 1000)).toEqual(['', 'sound']);
  });

  it('after close() nothing comes or goes, and the ports are free', async () => {
    const ours = start();
    const { rtpPort, rtcpPort } = await ours.open(1);
    const peer = await ours.peer();
    await ours.close(1);
    ours.send(1, 'late', peer);
    const again = start('127.0.0.1', { from: rtpPort, to: rtcpPort });
    expect(await again.open(2)).toEqual({ rtpPort, rtcpPort });
    again.send(2, 'of the next call', peer);
    await peer.say('for the next call', rtpPort);
    await again.until(() => again.received.length > 0 && peer.heard.length > 0);
    ours.io.receive();
    expect(ours.received).toEqual([]);
    expect(peer.heard.map(({ text }) => text)).toEqual(['of the next call']);
    await ours.end();
  });

  it('takes an even port with its neighbour, and says when none is left', async () => {
    // A range that is free: what any pair was given.
    const { stand: first, rtpPort } = await opened(start(), 1);
    const second = new SocketStand(make, '127.0.0.1', { from: rtpPort, to: rtpPort + 1 });
    await expect(second.open(1)).rejects.toMatchObject({ code: 'no_ports' });
    await first.close(1);
    expect(await second.open(1)).toEqual({ rtpPort, rtcpPort: rtpPort + 1 });
    await expect(second.open(2)).rejects.toMatchObject({ code: 'no_ports' });
    await second.end();
    expect(rtpPort % 2).toBe(0);
  });

  it('an address that is not of this machine is refused as the system does', async () => {
    await expect(start('192.0.2.1').open(1)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it.skipIf(!hasIPv6)('a socket of both families takes and reaches IPv4 peers as such', async () => {
    const { stand: ours, rtpPort, received } = await opened(start('::'), 1);
    const [four, six] = [await ours.peer('127.0.0.1'), await ours.peer('::1')];
    await four.say('four', rtpPort, '127.0.0.1');
    await six.say('six', rtpPort, '::1');
    await ours.until(() => received.length === 2);
    expect(
      received.map(({ text, address, remotePort }) => `${text} ${address} ${remotePort}`).toSorted(),
    ).toEqual([`four 127.0.0.1 ${four.port}`, `six ::1 ${six.port}`]);
    ours.send(1, 'to four', four, '127.0.0.1');
    ours.send(1, 'to six', six, '::1');
    await ours.until(() => four.heard.length === 1 && six.heard.length === 1);
    expect([four.heard[0]?.text, six.heard[0]?.text]).toEqual(['to four', 'to six']);
  });
}

async function opened(stand: SocketStand, port: number) {
  const { rtpPort, rtcpPort } = await stand.open(port);
  return { stand, received: stand.received, rtpPort, rtcpPort };
}
