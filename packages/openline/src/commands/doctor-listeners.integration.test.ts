/** What the doctor says of ports: sockets of the test are in the way of some. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { readConfig } from '@openline/server';
import { afterEach, expect, it } from 'vitest';
import { listenerFindings } from './doctor-listeners.ts';

const open: (Server | Socket)[] = [];

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function takenTcp(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function takenUdp(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  open.push(socket);
  await once(socket, 'listening');
  return socket.address().port;
}

/** By what was looked at: empty when it is well. */
async function said(more: NodeJS.ProcessEnv, feed: { address: string | null; port: number } | null = null) {
  const env = {
    OPENLINE_HOST: '127.0.0.1',
    OPENLINE_SIP_HOST: '127.0.0.1',
    OPENLINE_HTTP_PORT: '0',
    OPENLINE_SIP_PORT: '0',
    OPENLINE_RTP_PORTS: '0-0',
    ...more,
  };
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const findings = await listenerFindings(read.config, env, feed);
  return new Map(findings.map(({ what, isWell, advice }) => [what, isWell ? '' : advice]));
}

it('all that a station listens on, but what is switched off', async () => {
  expect([...(await said({})).keys()]).toEqual([
    'page on TCP port 0',
    'SIP on UDP and TCP port 0',
    'SIP over TLS on TCP port 0',
    'SIP over WebSocket, ws and wss, on TCP port 0',
  ]);
  const off = { OPENLINE_SIP_TLS_PORT: 'off', OPENLINE_SIP_WS_PORT: 'off', OPENLINE_HTTPS_PORT: '0' };
  expect([...(await said(off)).keys()]).toEqual([
    'page on TCP port 0',
    'SIP on UDP and TCP port 0',
    'page by https on TCP port 0',
  ]);
});

it('a port that another program has, and what the station is without it', async () => {
  const [https, tls, ws] = [await takenTcp(), await takenTcp(), await takenTcp()];
  const findings = await said({
    OPENLINE_HTTPS_PORT: String(https),
    OPENLINE_SIP_TLS_PORT: String(tls),
    OPENLINE_SIP_WS_PORT: String(ws),
  });
  expect(findings.get('page on TCP port 0')).toBe('');
  expect(findings.get(`page by https on TCP port ${https}`)).toBe(
    'in use, by this station if it runs; otherwise set OPENLINE_HTTPS_PORT to another one; without it browsers give headsets no microphone',
  );
  expect(findings.get(`SIP over TLS on TCP port ${tls}`)).toBe(
    'in use, by this station if it runs; otherwise set OPENLINE_SIP_TLS_PORT to another one',
  );
  expect(findings.get(`SIP over WebSocket, ws and wss, on TCP port ${ws}`)).toContain('OPENLINE_SIP_WS_PORT');
});

it('one of SIP by UDP alone', async () => {
  const port = await takenUdp();
  const findings = await said({ OPENLINE_SIP_PORT: String(port) });
  expect(findings.get(`SIP on UDP and TCP port ${port}`)).toContain('set OPENLINE_SIP_PORT to another one');
});

it('an address that is not of this machine', async () => {
  const findings = await said({ OPENLINE_SIP_HOST: '192.0.2.77', OPENLINE_SIP_TLS_PORT: '5061' });
  expect(findings.get('SIP over TLS on TCP port 5061')).toContain('the address is not one of this machine');
});

it('single ports of the sound, and the port of the studio desk', async () => {
  const [inRange, feed] = [await takenUdp(), await takenUdp()];
  const from = Math.min(inRange, 65_530);
  const range = `${from}-${from + 5}`;
  const findings = await said({ OPENLINE_RTP_PORTS: range }, { address: '127.0.0.1', port: feed });
  expect(findings.get(`sound on UDP ports ${range}`)).toMatch(
    /^(?:\d+(?:, \d+)*|\d of them) in use, by this station if it runs; each call needs two; otherwise set OPENLINE_RTP_PORTS/,
  );
  expect(findings.get(`studio desk on UDP port ${feed}`)).toBe(
    'in use, by this station if it runs; otherwise set host.port to another one; without it the studio desk is silent',
  );
});
