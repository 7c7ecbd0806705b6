/**
 * The agent on real sockets against real peers: SIPp calls in and is called, over UDP and TCP; baresip registers with
 * digest and is rung; two agents register at each other. Peers that the machine lacks are skipped by name.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SipAgent, SipAgentConfig } from './agent.ts';
import { createSipAgent } from './create-agent.ts';
import { digestResponse } from './digest/credentials.ts';
import { type RecordedAgent, recordedAgent, recordedSession } from './testing/recorded-agent.ts';
import { sdpOf } from './testing/sdp-fixture.ts';

const ADDRESS = '127.0.0.1';
const CONFIG: SipAgentConfig = {
  accounts: [{ username: 'anna', password: 'secret', ref: 'phone-anna' }],
  peers: [{ ref: 'studio', cidrs: ['127.0.0.1/32'] }],
  trunks: [],
  stationName: 'Radio Baobab',
};

let folder: string;
let children: ChildProcess[];
let agents: SipAgent[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openline-sip-'));
  children = [];
  agents = [];
});

afterEach(async () => {
  await Promise.all(children.map(ended));
  await Promise.all(agents.map((each) => each.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function startAgent(
  recorded: RecordedAgent,
  config = CONFIG,
): Promise<{ agent: SipAgent; port: number }> {
  const agent = createSipAgent({
    host: ADDRESS,
    port: 0,
    publicAddress: null,
    userAgent: 'Openline',
    bindingsFile: null,
    delegate: recorded.delegate,
  });
  agents.push(agent);
  agent.configure(config);
  const { udp } = await agent.start();
  return { agent, port: udp };
}

async function until(
  condition: () => boolean,
  what: string | (() => string),
  withinMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function has(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

function run(
  program: string,
  args: string[],
): { child: ChildProcess; output(): string; exit: Promise<number | null> } {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, output: () => output, exit };
}

/** Below the ports that the kernel gives to whoever asks for any: nobody gets it by chance before SIPp does. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const socket = createSocket('udp4');
    const isFree = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(port, ADDRESS, () => resolve(true));
    });
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    if (isFree) return port;
  }
}

/** A second of 8 kHz, 16 bit, one channel: what baresip says. */
function silence(): Buffer {
  const samples = Buffer.alloc(16_000);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** Resolves once something takes TCP connections there. */
async function listening(port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, ADDRESS, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('nobody listens');
}

const TRANSPORTS = [
  { name: 'udp', mode: 'u1' },
  { name: 'tcp', mode: 't1' },
] as const;

describe.skipIf(!has('sipp'))('SIPp', () => {
  for (const { name, mode } of TRANSPORTS) {
    it(`calls in over ${name}, is answered, hangs up`, async () => {
      const recorded = recordedAgent(ADDRESS);
      const { port } = await startAgent(recorded);
      const sipp = run('sipp', [
        '-sn',
        'uac',
        '-t',
        mode,
        '-i',
        ADDRESS,
        '-m',
        '5',
        '-r',
        '50',
        '-d',
        '50',
        '-nostdin',
        `${ADDRESS}:${port}`,
      ]);
      expect(await sipp.exit, sipp.output()).toBe(0);
      await until(() => recorded.calls.every((each) => each.recorded.ends.length === 1), 'all calls ended');
      expect(recorded.calls).toHaveLength(5);
      for (const { session, recorded: each } of recorded.calls) {
        expect(each.log).toEqual(['confirmed', 'ended remote bye']);
        expect(session.origin).toEqual({ kind: 'peer', ref: 'studio' });
        expect(session.called).toBe('service');
        expect(session.source.transport).toBe(name);
      }
    });

    it(`is called over ${name}, answers, and we hang up`, async () => {
      const { agent } = await startAgent(recordedAgent(ADDRESS));
      const port = await freePort();
      const sipp = run('sipp', [
        '-sn',
        'uas',
        '-t',
        mode,
        '-i',
        ADDRESS,
        '-p',
        String(port),
        '-m',
        '1',
        '-nostdin',
      ]);
      const recorded = recordedSession(ADDRESS);
      const transport = name === 'tcp' ? ';transport=tcp' : '';
      // SIPp's TCP listener is up some time after its start; UDP repeats by itself.
      if (name === 'tcp') await listening(port);
      const session = agent.invite(
        {
          target: { kind: 'uri', uri: `sip:listener@${ADDRESS}:${port}${transport}`, ref: 'studio' },
          from: { number: '+2207000001', displayName: null },
          offer: (address) => sdpOf(address),
        },
        recorded.delegate,
      );
      await until(() => recorded.log.includes('answer'), 'answered');
      session.end();
      expect(recorded.log).toEqual(['progress 180', 'answer', 'ended local bye']);
      expect(await sipp.exit, sipp.output()).toBe(0);
    });
  }
});

describe.skipIf(!has('baresip'))('baresip', () => {
  for (const { name } of TRANSPORTS) {
    it(`registers with digest over ${name} and picks up when it is rung`, async () => {
      const recorded = recordedAgent(ADDRESS);
      const { agent, port } = await startAgent(recorded);
      const account = `<sip:anna@${ADDRESS}:${port};transport=${name}>;auth_user=anna;auth_pass=secret;regint=60;answermode=auto`;
      await writeFile(join(folder, 'accounts'), `${account}\n`);
      await writeFile(join(folder, 'contacts'), '');
      await writeFile(join(folder, 'silence.wav'), silence());
      await writeFile(
        join(folder, 'config'),
        [
          `sip_listen ${ADDRESS}:0`,
          'module_path /usr/lib/baresip/modules',
          ...['g711', 'account', 'uuid', 'menu', 'aufile'].map((each) => `module ${each}.so`),
          `audio_source aufile,${join(folder, 'silence.wav')}`,
          `audio_player aufile,${join(folder, 'heard.wav')}`,
          '',
        ].join('\n'),
      );
      const baresip = run('baresip', ['-v', '-f', folder]);
      await until(
        () => agent.isRegistered('anna'),
        () => `registered\n${baresip.output()}`,
      );
      expect(agent.accountStates()[0]?.userAgent).toMatch(/baresip/);

      const call = recordedSession(ADDRESS);
      const session = agent.invite(
        {
          target: { kind: 'account', username: 'anna', isAutoAnswer: true },
          from: { number: '+2207999999', displayName: 'Fatou' },
          offer: (address) => sdpOf(address),
        },
        call.delegate,
      );
      await until(
        () => call.log.includes('answer'),
        () => `answered, ${call.log.join()}\n${baresip.output()}`,
      );
      const held = await session.reoffer(sdpOf(ADDRESS, 40_002));
      expect(held.ok, JSON.stringify(held)).toBe(true);
      session.end();
      expect(call.ends).toEqual([{ by: 'local', how: 'bye', status: null, reason: null }]);
    });
  }
});

describe('two agents', () => {
  for (const { name } of TRANSPORTS) {
    it(`register, call through the trunk and back, and unregister at stop, over ${name}`, async () => {
      const exchange = recordedAgent(ADDRESS);
      const { agent: registrar, port } = await startAgent(exchange);
      const phone = recordedAgent(ADDRESS);
      const { agent } = await startAgent(phone, {
        accounts: [],
        peers: [],
        trunks: [
          {
            ref: 'line',
            server: `sip:${ADDRESS}:${port}`,
            username: 'anna',
            password: 'secret',
            transport: name,
            expiresS: 60,
          },
        ],
        stationName: 'Phone',
      });
      await until(() => agent.trunkStates()[0]?.status === 'registered', 'registered');
      expect(registrar.isRegistered('anna')).toBe(true);
      expect(agent.trunkStates()).toEqual([{ ref: 'line', status: 'registered', error: null }]);

      const outward = recordedSession(ADDRESS);
      agent.invite(
        {
          target: { kind: 'trunk', ref: 'line', number: '4711' },
          from: { number: null, displayName: null },
          offer: (address) => sdpOf(address),
        },
        outward.delegate,
      );
      await until(() => exchange.calls[0]?.recorded.log.includes('confirmed') === true, 'confirmed');
      expect(exchange.calls[0]?.session.origin).toEqual({ kind: 'account', ref: 'phone-anna' });
      expect(exchange.calls[0]?.session.called).toBe('4711');

      const inward = recordedSession(ADDRESS);
      registrar.invite(
        {
          target: { kind: 'account', username: 'anna', isAutoAnswer: false },
          from: { number: '99', displayName: null },
          offer: (address) => sdpOf(address),
        },
        inward.delegate,
      );
      await until(() => inward.log.includes('answer'), 'answered');
      expect(phone.calls[0]?.session.origin).toEqual({ kind: 'trunk', ref: 'line' });
      expect(phone.calls[0]?.session.called).toBe('anna');

      expect(
        await registrar.message({ kind: 'account', username: 'anna', isAutoAnswer: false }, 'Nanga def?'),
      ).toBe(200);
      expect(phone.messages.map((each) => each.text)).toEqual(['Nanga def?']);
      expect(await registrar.message({ kind: 'account', username: 'nobody', isAutoAnswer: false }, '')).toBe(
        404,
      );

      await agent.stop();
      expect(registrar.isRegistered('anna')).toBe(false);
      await until(() => exchange.calls[0]?.recorded.ends.length === 1 && inward.ends.length === 1, 'ended');
    });
  }

  it('a wrong password is a failed trunk, and no address but a trusted one may keep guessing', async () => {
    const { agent: registrar, port } = await startAgent(recordedAgent(ADDRESS), { ...CONFIG, peers: [] });
    const { agent } = await startAgent(recordedAgent(ADDRESS), {
      ...CONFIG,
      accounts: [],
      trunks: [
        {
          ref: 'line',
          server: `${ADDRESS}:${port}`,
          username: 'anna',
          password: 'wrong',
          transport: 'udp',
          expiresS: 60,
        },
      ],
    });
    await until(() => agent.trunkStates()[0]?.status === 'failed', 'failed');
    expect(agent.trunkStates()[0]?.error).toBe('403 Forbidden');
    expect(registrar.isRegistered('anna')).toBe(false);
  });
});

it('a phone behind NAT that registered over TCP is rung on that connection', async () => {
  const { agent, port } = await startAgent(recordedAgent(ADDRESS));
  const socket = connect(port, ADDRESS);
  let got = '';
  socket.on('data', (chunk) => void (got += chunk.toString()));
  const send = (cseq: number, ...credentials: string[]): void => {
    const head = [
      `REGISTER sip:${ADDRESS} SIP/2.0`,
      `Via: SIP/2.0/TCP 192.168.9.9:5060;branch=z9hG4bKregister${cseq};rport`,
      'From: <sip:anna@station>;tag=phone',
      'To: <sip:anna@station>',
      'Call-ID: phone',
      `CSeq: ${cseq} REGISTER`,
      'Contact: <sip:anna@192.168.9.9:5060;transport=tcp>',
      ...credentials,
      'Content-Length: 0',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
  };
  send(1);
  await until(() => got.includes('algorithm=MD5'), 'challenged');
  const nonce = /nonce="([^"]+)"/.exec(got)?.[1] ?? '';
  const response = digestResponse({
    algorithm: 'MD5',
    username: 'anna',
    realm: 'openline',
    password: 'secret',
    method: 'REGISTER',
    uri: `sip:${ADDRESS}`,
    nonce,
    qop: null,
  });
  send(
    2,
    `Authorization: Digest username="anna",realm="openline",nonce="${nonce}",uri="sip:${ADDRESS}",response="${response}"`,
  );
  await until(() => agent.isRegistered('anna') && got.includes('SIP/2.0 200'), 'registered');
  got = '';
  const session = agent.invite(
    {
      target: { kind: 'account', username: 'anna', isAutoAnswer: false },
      from: { number: '+2203', displayName: null },
      offer: (address) => sdpOf(address),
    },
    recordedSession(ADDRESS).delegate,
  );
  await until(() => got.includes('\r\n\r\n'), 'rung');
  expect(got).toMatch(/^INVITE sip:anna@192\.168\.9\.9:5060;transport=tcp SIP\/2\.0\r\n/);
  session.end();
  socket.destroy();
});

describe('hostile TCP', () => {
  const silent = (port: number, text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, ADDRESS, () => void socket.write(text));
      let got = '';
      socket.on('data', (chunk) => void (got += chunk.toString()));
      socket.on('close', () => resolve(got));
      socket.on('error', reject);
    });

  it('a header section without end is cut off', async () => {
    const { port } = await startAgent(recordedAgent(ADDRESS));
    expect(await silent(port, `OPTIONS sip:x SIP/2.0\r\nX: ${'y'.repeat(40_000)}`)).toBe('');
  });

  it('a body too large is refused with 413 and the connection closed', async () => {
    const { port } = await startAgent(recordedAgent(ADDRESS));
    const head = [
      'OPTIONS sip:x@y SIP/2.0',
      'Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKx',
      'From: <sip:a@b>;tag=1',
      'To: <sip:x@y>',
      'Call-ID: 1',
      'CSeq: 1 OPTIONS',
      'Content-Length: 70000',
    ];
    expect(await silent(port, `${head.join('\r\n')}\r\n\r\n`)).toMatch(/^SIP\/2\.0 413 /);
  });
});
