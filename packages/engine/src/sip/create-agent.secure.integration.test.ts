/**
 * The agent over TLS and WebSocket on real sockets: registration, calls both ways, trunks whose certificate is checked,
 * handshakes that go wrong, pages that are not welcome, and the torture messages by both.
 */
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { makeCertificate } from '../identity/self-made-certificate.ts';
import type { OutgoingInvite, SipAgent, SipAgentConfig, SipPorts } from './agent.ts';
import { createSipAgent } from './create-agent.ts';
import { digestResponse } from './digest/credentials.ts';
import { type RecordedAgent, recordedAgent, recordedSession } from './testing/recorded-agent.ts';
import { sdpOf } from './testing/sdp-fixture.ts';
import { TORTURE_MESSAGES } from './torture/messages.ts';
import { mutate, seededRandom } from './torture/mutate.ts';

const ADDRESS = '127.0.0.1';
const CONFIG: SipAgentConfig = {
  accounts: [{ username: 'anna', password: 'secret', ref: 'user:anna' }],
  peers: [{ ref: 'studio', cidrs: ['127.0.0.1/32'] }],
  trunks: [],
  stationName: 'Radio Baobab',
};
const DEADLINE_MS = 30_000;

let identity: { certificate: string; key: string };
/** The same names, another key. */
let renewed: { certificate: string; key: string };
let agents: SipAgent[];
let opened: { destroy(): void }[];

beforeAll(async () => {
  const names = ['localhost', ADDRESS];
  const common = { commonName: 'desk', names, nowMs: Date.now(), lifetimeMs: 3600_000 };
  [identity, renewed] = await Promise.all([makeCertificate(common), makeCertificate(common)]);
});

beforeEach(() => {
  agents = [];
  opened = [];
});

afterEach(async () => {
  for (const each of opened) each.destroy();
  await Promise.all(agents.map((each) => each.stop()));
});

async function start(
  recorded: RecordedAgent,
  config = CONFIG,
  authorities?: readonly string[],
): Promise<{ agent: SipAgent; ports: SipPorts; tls: number; ws: number }> {
  const agent = createSipAgent({
    host: ADDRESS,
    port: 0,
    publicAddress: null,
    userAgent: 'Openline',
    bindingsFile: null,
    delegate: recorded.delegate,
    more: {
      tls: { port: 0, isOptional: false },
      ws: { port: 0, isOptional: false, origins: ['https://softphone.example'] },
      identity,
      ...(authorities && { authorities }),
    },
  });
  agents.push(agent);
  agent.configure(config);
  const ports = await agent.start();
  return { agent, ports, tls: ports.tls ?? 0, ws: ports.ws ?? 0 };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Line {
  send(text: string | Buffer): void;
  got(): string;
  forget(): void;
  isClosed(): boolean;
  /** Without a goodbye. */
  drop(): void;
}

async function byTls(port: number, { certificate } = identity): Promise<Line & { socket: TLSSocket }> {
  const socket = connectTls({ host: ADDRESS, port, ca: [certificate] });
  opened.push(socket);
  socket.on('error', () => {});
  let text = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => void (text += chunk.toString('latin1')));
  socket.on('close', () => void (isClosed = true));
  await once(socket, 'secureConnect');
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    got: () => text,
    forget: () => void (text = ''),
    isClosed: () => isClosed,
    drop: () => void socket.destroy(),
  };
}

async function byWebSocket(
  url: string,
  options: { origin?: string; protocol?: string; authority?: string } = {},
): Promise<Line & { socket: WebSocket }> {
  const socket = new WebSocket(url, options.protocol ?? 'sip', {
    ca: [options.authority ?? identity.certificate],
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  });
  opened.push({ destroy: () => socket.terminate() });
  let text = '';
  let isClosed = false;
  socket.on('message', (data: Buffer) => void (text += data.toString('latin1')));
  socket.on('close', () => void (isClosed = true));
  await once(socket, 'open');
  return {
    socket,
    send: (bytes) => socket.send(bytes),
    got: () => text,
    forget: () => void (text = ''),
    isClosed: () => isClosed,
    drop: () => socket.terminate(),
  };
}

function request(
  method: string,
  transport: string,
  cseq: number,
  more: readonly string[] = [],
  body = '',
): string {
  const contact =
    transport === 'TLS' ? 'sip:anna@10.9.9.9:5061;transport=tls' : 'sip:x8@df7jal23ls0d.invalid;transport=ws';
  return [
    `${method} sip:studio@${ADDRESS} SIP/2.0`,
    `Via: SIP/2.0/${transport} df7jal23ls0d.invalid;branch=z9hG4bK${method}${cseq}`,
    'Max-Forwards: 70',
    `From: <sip:anna@${ADDRESS}>;tag=1`,
    `To: <sip:${method === 'REGISTER' ? 'anna' : 'studio'}@${ADDRESS}>`,
    `Call-ID: ${method}-of-${transport}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <${contact}>`,
    ...more,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** Twice, as everybody has to: the second time with the secret. */
async function withSecret(
  line: Line,
  method: string,
  transport: string,
  more: readonly string[] = [],
  body = '',
  firstCseq = 1,
): Promise<void> {
  line.forget();
  line.send(request(method, transport, firstCseq, more, body));
  await until(() => line.got().includes('algorithm=MD5'), 'challenged');
  const nonce = /nonce="([^"]+)"/.exec(line.got())?.[1] ?? '';
  const uri = `sip:studio@${ADDRESS}`;
  const parts = { algorithm: 'MD5', username: 'anna', realm: 'openline', password: 'secret' } as const;
  const response = digestResponse({ ...parts, method, uri, nonce, qop: null });
  const authorization = `Authorization: Digest username="anna",realm="openline",nonce="${nonce}",uri="${uri}",response="${response}"`;
  line.forget();
  line.send(request(method, transport, firstCseq + 1, [authorization, ...more], body));
}

const LINES = [
  ['TLS', async ({ tls }: { tls: number }) => await byTls(tls)],
  ['WS', async ({ ws }: { ws: number }) => await byWebSocket(`ws://${ADDRESS}:${ws}`)],
  ['WSS', async ({ ws }: { ws: number }) => await byWebSocket(`wss://${ADDRESS}:${ws}`)],
] as const;

it.each(LINES)(
  'a phone registers over %s, is rung by the same connection, and calls',
  async (transport, open) => {
    const recorded = recordedAgent(ADDRESS);
    const { agent, ...ports } = await start(recorded);
    const line = await open(ports);
    await withSecret(line, 'REGISTER', transport);
    await until(() => line.got().includes('SIP/2.0 200'), 'registered');
    expect(agent.isRegistered('anna')).toBe(true);

    line.forget();
    let isSecuredAs: boolean | null = null;
    const rung = agent.invite(
      {
        target: { kind: 'account', username: 'anna', isAutoAnswer: false },
        from: { number: '+2203', displayName: null },
        offer: (address, isSecured) => {
          isSecuredAs = isSecured;
          return sdpOf(address);
        },
      },
      recordedSession(ADDRESS).delegate,
    );
    await until(() => line.got().includes('m=audio'), 'rung');
    expect(line.got()).toMatch(/^INVITE sip:/);
    expect(line.got()).toContain(`Via: SIP/2.0/${transport} ${ADDRESS}:`);
    expect(line.got()).toMatch(
      transport === 'TLS' ? /Contact: <sip:[^>]*;transport=tls>/ : /Contact: <sip:[^>]*;transport=ws>/,
    );
    expect(isSecuredAs).toBe(transport !== 'WS');
    rung.end();

    await withSecret(line, 'INVITE', transport, ['Content-Type: application/sdp'], sdpOf(ADDRESS));
    await until(() => recorded.calls.length === 1, 'the call is there');
    expect(recorded.calls[0]?.session.origin).toEqual({ kind: 'account', ref: 'user:anna' });
    await until(() => line.got().includes('SIP/2.0 200'), 'answered');
  },
);

it('rings a browser with an offer of its own when that is made, and not at all where there is none', async () => {
  const { agent, ws, tls } = await start(recordedAgent(ADDRESS));
  const browser = await byWebSocket(`ws://${ADDRESS}:${ws}`);
  const phone = await byTls(tls);
  await withSecret(browser, 'REGISTER', 'WS');
  await withSecret(phone, 'REGISTER', 'TLS');
  await until(() => [browser, phone].every((each) => each.got().includes('SIP/2.0 200')), 'registered');
  const ring = (offerToBrowser: () => Promise<string | null>): ReturnType<SipAgent['invite']> => {
    browser.forget();
    phone.forget();
    return agent.invite(
      {
        target: { kind: 'account', username: 'anna', isAutoAnswer: false },
        from: { number: null, displayName: null },
        offer: (address) => sdpOf(address),
        offerToBrowser,
      },
      recordedSession(ADDRESS).delegate,
    );
  };
  const made = Promise.withResolvers<string>();
  const rung = ring(() => made.promise);
  await until(() => phone.got().includes('m=audio'), 'the telephone is rung');
  expect(browser.got()).toBe('');
  made.resolve('v=0 for a browser');
  await until(() => browser.got().includes('v=0 for a browser'), 'the browser is rung');
  rung.end();

  const alone = ring(() => Promise.reject(new Error('a bug')));
  await until(() => phone.got().includes('m=audio'), 'the telephone is rung again');
  expect(browser.got()).not.toContain('v=0');
  alone.end();

  const late = Promise.withResolvers<string>();
  const given = ring(() => late.promise);
  given.end();
  late.resolve('v=0 too late');
  browser.send(request('OPTIONS', 'WS', 9));
  await until(() => browser.got().includes('CSeq: 9 OPTIONS'), 'answered');
  expect(browser.got()).not.toContain('v=0');
});

const RING: OutgoingInvite = {
  target: { kind: 'account', username: 'anna', isAutoAnswer: false },
  from: { number: '+2203', displayName: null },
  offer: (address) => sdpOf(address),
};

/** Rings the account, which says by that line that it is busy: nothing is left to wait for. */
async function rungBusy(agent: SipAgent, line: Line): Promise<void> {
  line.forget();
  const caller = recordedSession(ADDRESS);
  agent.invite(RING, caller.delegate);
  await until(() => line.got().startsWith('INVITE sip:'), 'rung by this line');
  const [head = ''] = line.got().split('\r\n\r\n');
  const copied = head.split('\r\n').filter((header) => /^(?:Via|From|To|Call-ID|CSeq):/.test(header));
  line.send(['SIP/2.0 486 Busy Here', ...copied, 'Content-Length: 0', '', ''].join('\r\n'));
  await until(() => caller.ends[0]?.status === 486, 'busy');
}

it.each(LINES.slice(2))(
  'a registration over %s goes with its connection, and comes back with another',
  async (transport, open) => {
    const recorded = recordedAgent(ADDRESS);
    const { agent, ...ports } = await start(recorded);
    const first = await open(ports);
    await withSecret(first, 'REGISTER', transport);
    await until(() => agent.isRegistered('anna'), 'registered');
    first.drop();
    await until(() => recorded.log.at(-1) === 'account anna false', 'all are told');
    expect(agent.isRegistered('anna')).toBe(false);
    const nobody = recordedSession(ADDRESS);
    agent.invite(RING, nobody.delegate);
    await until(() => nobody.ends.length === 1, 'nobody is rung');
    expect(nobody.ends[0]).toMatchObject({ how: 'unreachable', status: 480, reason: 'not registered' });

    const second = await open(ports);
    await withSecret(second, 'REGISTER', transport);
    await until(() => second.got().includes('SIP/2.0 200'), 'registered again');
    expect(recorded.log.slice(-2)).toEqual(['account anna false', 'account anna true']);
    second.forget();
    const rung = agent.invite(RING, recordedSession(ADDRESS).delegate);
    await until(() => second.got().startsWith('INVITE sip:'), 'rung by the new one');
    rung.end();
  },
);

it('a connection that ends late does not take away what was registered by the next one', async () => {
  const recorded = recordedAgent(ADDRESS);
  const { agent, ws } = await start(recorded);
  const [first, second] = [
    await byWebSocket(`ws://${ADDRESS}:${ws}`),
    await byWebSocket(`ws://${ADDRESS}:${ws}`),
  ];
  for (const line of [first, second]) {
    await withSecret(line, 'REGISTER', 'WS', [], '', line === first ? 1 : 3);
    await until(() => line.got().includes('SIP/2.0 200'), 'registered');
  }
  first.socket.close();
  await until(() => first.isClosed(), 'closed');
  second.forget();
  await rungBusy(agent, second);

  expect(recorded.log).toEqual(['account anna false', 'account anna true']);
});

it('a renewed certificate is shown from the next handshake on, and who is connected stays', async () => {
  const { agent, tls, ws } = await start(recordedAgent(ADDRESS));
  const url = `wss://${ADDRESS}:${ws}`;
  const before = [await byTls(tls), await byWebSocket(url)];
  agent.renewIdentity(renewed);
  await expect(byTls(tls)).rejects.toThrow('self-signed');
  await expect(byWebSocket(url)).rejects.toThrow('self-signed');
  const after = [await byTls(tls, renewed), await byWebSocket(url, { authority: renewed.certificate })];
  for (const [index, line] of [...before, ...after].entries())
    line.send(request('OPTIONS', index % 2 === 0 ? 'TLS' : 'WSS', index + 1));
  await until(
    () => [...before, ...after].every((line) => line.got().startsWith('SIP/2.0 200')),
    'all answered',
  );
  expect(before.some((line) => line.isClosed())).toBe(false);
});

it('by WebSocket nobody is let in for the address alone: any page could stand there', async () => {
  const recorded = recordedAgent(ADDRESS);
  const { ws } = await start(recorded, { ...CONFIG, accounts: [] });
  const line = await byWebSocket(`ws://${ADDRESS}:${ws}`);
  line.send(request('INVITE', 'WS', 1, ['Content-Type: application/sdp'], sdpOf(ADDRESS)));
  await until(() => line.got().startsWith('SIP/2.0 403'), 'refused');
  expect(recorded.calls).toEqual([]);
});

it('takes pages of its own host and those of the list, and no others; only for SIP', async () => {
  const { ws } = await start(recordedAgent(ADDRESS));
  const url = `ws://${ADDRESS}:${ws}`;
  await byWebSocket(url, { origin: `http://${ADDRESS}:8080` });
  await byWebSocket(url, { origin: 'https://softphone.example' });
  await expect(byWebSocket(url, { origin: 'https://elsewhere.example' })).rejects.toThrow('403');
  await expect(byWebSocket(url, { origin: 'null' })).rejects.toThrow('403');
  await expect(byWebSocket(url, { protocol: 'chat' })).rejects.toThrow('400');
  const page = await fetch(`http://${ADDRESS}:${ws}/`);
  expect(page.status).toBe(426);
});

it('answers the keep-alive of a softphone, and takes two messages in two frames', async () => {
  const { ws } = await start(recordedAgent(ADDRESS));
  const line = await byWebSocket(`ws://${ADDRESS}:${ws}`);
  line.send('\r\n\r\n');
  await until(() => line.got() === '\r\n', 'pong');
  line.send(request('OPTIONS', 'WS', 1).replace(/Content-Length: 0\r\n/, ''));
  line.send(Buffer.from(request('OPTIONS', 'WS', 2)));
  await until(() => line.got().split('SIP/2.0 200').length === 3, 'both answered');
  expect(line.got()).toContain('CSeq: 2 OPTIONS');
});

it('a frame that is larger than any message ends its own connection only', async () => {
  const { ws } = await start(recordedAgent(ADDRESS));
  const other = await byWebSocket(`ws://${ADDRESS}:${ws}`);
  const line = await byWebSocket(`ws://${ADDRESS}:${ws}`);
  line.socket.on('error', () => {});
  line.send('x'.repeat(100_000));
  await until(() => line.isClosed(), 'closed');
  other.send(request('OPTIONS', 'WS', 1));
  await until(() => other.got().startsWith('SIP/2.0 200'), 'answered');
  expect(other.isClosed()).toBe(false);
});

it('handshakes that go wrong cost nobody else anything', async () => {
  const { tls, ws } = await start(recordedAgent(ADDRESS));
  const attempts: Socket[] = [];
  for (const port of [tls, ws]) {
    for (const bytes of [
      'OPTIONS sip:a@b SIP/2.0\r\n\r\n',
      'GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
      Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5, 6, 7, 8]),
      Buffer.alloc(3000, 0xff),
      '',
    ]) {
      const socket = connectPlain({ host: ADDRESS, port });
      opened.push(socket);
      attempts.push(socket);
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.end(bytes);
      socket.resume();
    }
  }
  await until(() => attempts.every((each) => each.destroyed), 'all are gone');
  const phone = await byTls(tls);
  phone.send(request('OPTIONS', 'TLS', 1));
  const page = await byWebSocket(`wss://${ADDRESS}:${ws}`);
  page.send(request('OPTIONS', 'WSS', 1));
  await until(() => [phone, page].every((each) => each.got().startsWith('SIP/2.0 200')), 'both answered');
  expect([phone, page].some((each) => each.isClosed())).toBe(false);
});

it('registers at a provider whose certificate is good for its name, and at no other', async () => {
  const provider = await start(recordedAgent(ADDRESS));
  const trunk = (server: string): SipAgentConfig => ({
    ...CONFIG,
    accounts: [],
    trunks: [
      { ref: 'line:a', server, username: 'anna', password: 'secret', transport: 'tls', expiresS: 300 },
    ],
  });
  const trusting = await start(recordedAgent(ADDRESS), trunk(`sip:localhost:${provider.tls}`), [
    identity.certificate,
  ]);
  await until(() => trusting.agent.trunkStates()[0]?.status === 'registered', 'registered');
  expect(provider.agent.isRegistered('anna')).toBe(true);

  const stranger = await start(recordedAgent(ADDRESS), trunk(`sips:${ADDRESS}:${provider.tls}`));
  await until(() => stranger.agent.trunkStates()[0]?.status === 'failed', 'refused');
  expect(stranger.agent.trunkStates()[0]?.error).toBe('unreachable');
});

it.each(LINES)('lives through the torture messages and their mutants over %s', async (transport, open) => {
  const { agent, ...ports } = await start(recordedAgent(ADDRESS));
  const random = seededRandom(7);
  const messages = TORTURE_MESSAGES.flatMap(({ bytes }) => [bytes, mutate(bytes, random)]);
  let line = await open(ports);
  for (const bytes of messages) {
    if (line.isClosed()) line = await open(ports);
    line.send(bytes);
    // A stream that is broken is closed: the rest is sent by another.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const last = await open(ports);
  last.send(request('OPTIONS', transport, 1));
  await until(() => last.got().startsWith('SIP/2.0 200'), 'answered');
  expect(agent.stats()['received']).toBeGreaterThan(20);
});
