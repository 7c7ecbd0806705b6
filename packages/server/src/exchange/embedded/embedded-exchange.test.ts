import type {
  AnyControlEvent,
  ControlClient,
  ControlClientOptions,
  LegSnapshot,
  Snapshot,
} from '@openline/engine';
import { expect, test, vi } from 'vitest';
import type { ExchangeConfig, ExchangeFact } from '../../desk/ports/exchange.ts';
import { EmbeddedExchange } from './embedded-exchange.ts';

const PATIENCE_MS = 15_000;

const config: ExchangeConfig = {
  stationName: 'Radio',
  lines: [
    {
      id: 'studio',
      number: '+2201',
      trust: ['127.0.0.1/32'],
      accounts: [],
      register: null,
      gateway: 'sip:10.0.0.9:5080',
    },
    {
      id: 'trunk',
      number: null,
      trust: [],
      accounts: [],
      register: { server: 'sip:sip.example.net', username: 'u', password: 'p', transport: 'udp' },
      gateway: null,
    },
    {
      id: 'goip',
      number: null,
      trust: [],
      accounts: [
        { username: 'g', password: 'p' },
        { username: 'g2', password: 'p' },
      ],
      register: null,
      gateway: null,
      hasComfortNoise: true,
    },
  ],
  phones: [{ userId: 'anna', username: 'anna-phone', password: 'p' }],
  host: { username: 'desk', password: 'p' },
  hold: { kind: 'program' },
  outputs: [],
  rtpTimeoutMs: 15_000,
  dialTimeoutMs: 45_000,
  dumpMs: 3_000,
};

const leg: LegSnapshot = {
  leg: 'l1',
  direction: 'in',
  origin: { kind: 'peer', ref: 'line:studio' },
  remote: { user: '+220555', host: '10.0.0.9', displayName: 'Musa' },
  called: 'studio',
  state: 'offered',
  hasMedia: false,
  isHeldByRemote: false,
  place: { kind: 'silence' },
  whisper: null,
  levels: { inDb: 0, isInMuted: false, outDb: 0, isOutMuted: false, leveller: null },
  codec: null,
  offeredAt: 5,
  answeredAt: null,
  recordings: [],
  tag: {},
};

const snapshot: Snapshot = {
  controlVersion: 1,
  engineVersion: '1',
  instance: 'i1',
  startedAt: 1,
  sipPort: { udp: 5060, tcp: 5060 },
  players: [],
  legs: [leg, { ...leg, leg: 'stranger', origin: { kind: 'peer', ref: 'other' } }],
  accounts: [
    { username: 'anna-phone', ref: 'user:anna', isRegistered: true, userAgent: null },
    { username: 'desk', ref: 'host', isRegistered: false, userAgent: null },
    { username: 'g', ref: 'line:goip', isRegistered: true, userAgent: null },
  ],
  trunks: [{ ref: 'line:trunk', status: 'failed', error: '403 Forbidden' }],
  recordings: [
    { recording: 'r1', source: { kind: 'program' }, startedAt: 1 },
    { recording: 'r2', source: { kind: 'leg', leg: 'l1' }, startedAt: 1 },
  ],
  program: { levelDb: 0, isMuted: false, isOnAir: true },
  isConfigured: true,
};

/** An engine that answers what it is told to, and says hello at once. */
function fakeEngine() {
  const requests: { command: string; data: unknown }[] = [];
  const facts: ExchangeFact[] = [];
  const warnings: unknown[] = [];
  const log = { info: () => undefined, warn: (...said: unknown[]) => void warnings.push(said) };
  const engine = {
    requests,
    facts,
    warnings,
    isThere: true,
    onRequest: (): void => undefined,
    replies: new Map<string, object>(),
    connections: [] as ControlClientOptions[],
    emit: (event: AnyControlEvent) => engine.connections.at(-1)?.onEvent(event),
    die: () => engine.connections.at(-1)?.onClose?.(),
    exchange: new EmbeddedExchange({
      dataFolder: '/nowhere',
      log,
      retryMs: 1,
      connect: async (options) => {
        if (!engine.isThere) throw new Error('nobody listens');
        engine.connections.push(options);
        options.onEvent({ event: 'hello', data: snapshot });
        const client = {
          request: (command: string, data: unknown) => {
            requests.push({ command, data });
            engine.onRequest();
            return Promise.resolve(engine.replies.get(command) ?? { ok: true, data: null });
          },
          close: () => undefined,
        };
        return client as ControlClient;
      },
    }),
    start: () => engine.exchange.start(config, (fact) => facts.push(fact)),
    sent: (command: string) => requests.filter((each) => each.command === command).map((each) => each.data),
  };
  return engine;
}

test('configures the engine first, then tells the whole truth', async () => {
  const engine = fakeEngine();
  await engine.start();
  expect(engine.requests[0]).toMatchObject({
    command: 'engine.configure',
    data: {
      config: {
        comfortNoise: ['line:goip'],
        peers: [{ ref: 'line:studio', cidrs: ['127.0.0.1/32'] }],
        accounts: [
          { username: 'g', password: 'p', ref: 'line:goip' },
          { username: 'g2', password: 'p', ref: 'line:goip' },
          { username: 'anna-phone', password: 'p', ref: 'user:anna' },
          { username: 'desk', password: 'p', ref: 'host' },
        ],
        trunks: [{ ref: 'line:trunk', server: 'sip:sip.example.net', username: 'u', password: 'p' }],
      },
    },
  });
  expect(engine.facts).toEqual([
    {
      type: 'up',
      snapshot: {
        calls: [
          expect.objectContaining({
            call: 'l1',
            owner: { kind: 'line', lineId: 'studio' },
            number: '+220555',
          }),
        ],
        program: snapshot.program,
        players: [],
        outputs: [],
        studio: null,
        delay: { state: 'bypass', depthMs: 0, targetMs: 0, isSafe: false },
        programRecordings: ['r1'],
        reachable: [{ kind: 'user', userId: 'anna' }],
        lines: [
          { lineId: 'studio', status: 'up', error: null },
          { lineId: 'trunk', status: 'down', error: '403 Forbidden' },
          { lineId: 'goip', status: 'up', error: null },
        ],
      },
    },
  ]);
});

test('the studio desk by a device is there as soon as it is set, and is reached as itself', async () => {
  const engine = fakeEngine();
  await engine.start();
  const host = { kind: 'host' } as const;
  const input = { type: 'device', program: 'aplay', device: null, channels: 1 } as const;
  const studio = { input, return: null };
  const reach = {
    type: 'reach',
    call: 'feed',
    owner: host,
    displayName: 'On air',
    place: host,
    levels: leg.levels,
    tag: { host: true },
  } as const;
  await engine.exchange.configure({ ...config, host: null, studio });
  expect(engine.facts.at(-1)).toEqual({ type: 'reachable', owner: host, isReachable: true });
  expect(engine.sent('engine.configure').at(-1)).toMatchObject({ config: { studio } });
  expect(await engine.exchange.perform(reach)).toEqual({ ok: true });
  expect(engine.sent('leg.dial')).toMatchObject([{ target: { kind: 'studio', ref: 'host' }, place: host }]);
  const state = { input: { state: 'failed', error: 'gone' }, return: null } as const;
  engine.emit({ event: 'studio.state', data: { studio: state } });
  expect(engine.facts.at(-1)).toEqual({ type: 'studio', studio: state });
  engine.emit({ event: 'hello', data: { ...snapshot, studio: state } });
  const up = engine.facts.at(-1);
  expect(up?.type === 'up' && up.snapshot).toMatchObject({ studio: state });
  expect(up?.type === 'up' && up.snapshot.reachable).toContainEqual(host);
  await engine.exchange.configure(config);
  expect(engine.facts.at(-1)).toEqual({ type: 'reachable', owner: host, isReachable: false });
});

test('says down once when the engine is not there, and up when it comes', async () => {
  const engine = fakeEngine();
  engine.isThere = false;
  await engine.start();
  expect(engine.facts.map((fact) => fact.type)).toEqual(['down']);
  expect(await engine.exchange.perform({ type: 'hangUp', call: 'l1' })).toMatchObject({ code: 'down' });
  engine.isThere = true;
  await vi.waitFor(() => expect(engine.facts.map((fact) => fact.type)).toEqual(['down', 'up']), PATIENCE_MS);
  await engine.exchange.stop();
});

test('an engine that died is configured anew when it is back, with its meters', async () => {
  const engine = fakeEngine();
  await engine.start();
  engine.exchange.watchMeters(() => undefined);
  engine.die();
  expect(engine.exchange.identity).toBeNull();
  await vi.waitFor(
    () => expect(engine.facts.map((fact) => fact.type)).toEqual(['up', 'down', 'up']),
    PATIENCE_MS,
  );
  expect(engine.sent('engine.configure')).toHaveLength(2);
  expect(engine.sent('subscribe')).toEqual([{ meters: true }, { meters: true }]);
  await engine.exchange.stop();
});

test('an engine that dies while it is being configured was never up', async () => {
  const engine = fakeEngine();
  engine.onRequest = () => {
    engine.onRequest = () => undefined;
    engine.die();
  };
  await engine.start();
  expect(engine.facts.map((fact) => fact.type)).toEqual(['down']);
  expect(await engine.exchange.perform({ type: 'hangUp', call: 'l1' })).toMatchObject({ code: 'down' });
  await vi.waitFor(() => expect(engine.facts.map((fact) => fact.type)).toEqual(['down', 'up']), PATIENCE_MS);
  await engine.exchange.stop();
});

test('stopped and started again, it says up anew', async () => {
  const engine = fakeEngine();
  await engine.start();
  await engine.exchange.stop();
  await engine.start();
  expect(engine.facts.map((fact) => fact.type)).toEqual(['up', 'up']);
});

test('after stop() nothing more is said or tried', async () => {
  const engine = fakeEngine();
  await engine.start();
  await engine.exchange.stop();
  engine.die();
  engine.emit({ event: 'leg.ringing', data: { leg: 'l1' } });
  expect(engine.facts.map((fact) => fact.type)).toEqual(['up']);
  expect(engine.connections).toHaveLength(1);
});

test('numbers go out over the registration, the gateway, the first account that is there, or as the address they are', async () => {
  const engine = fakeEngine();
  await engine.start();
  const dial = (lineId: string, number: string) =>
    engine.exchange.perform({
      type: 'dial',
      call: 'out',
      lineId,
      number,
      place: { kind: 'air' },
      levels: leg.levels,
      tag: { channel: 'studio-1' },
    });
  expect(await dial('studio', '+220777')).toEqual({ ok: true });
  expect(await dial('trunk', '220777')).toEqual({ ok: true });
  expect(await dial('goip', 'sip:a@b')).toEqual({ ok: true });
  expect(await dial('goip', '220777')).toEqual({ ok: true });
  const account = { username: 'g2', ref: 'line:goip', isRegistered: true, userAgent: null };
  engine.emit({ event: 'account.state', data: account });
  engine.emit({ event: 'account.state', data: { ...account, username: 'g', isRegistered: false } });
  expect(await dial('goip', '220777')).toEqual({ ok: true });
  expect(await dial('nowhere', '220777')).toMatchObject({ ok: false, code: 'unreachable' });
  expect(engine.sent('leg.dial')).toMatchObject([
    {
      leg: 'out',
      target: { kind: 'uri', uri: 'sip:+220777@10.0.0.9:5080', ref: 'line:studio' },
      from: { number: '+2201', displayName: 'Radio' },
      tag: { channel: 'studio-1' },
    },
    { target: { kind: 'trunk', ref: 'line:trunk', number: '220777' } },
    { target: { kind: 'uri', uri: 'sip:a@b', ref: 'line:goip' } },
    { target: { kind: 'account-number', username: 'g', number: '220777' } },
    { target: { kind: 'account-number', username: 'g2', number: '220777' } },
  ]);
});

test("the studio desk picks up by itself, a user's phone rings", async () => {
  const engine = fakeEngine();
  await engine.start();
  const reach = (owner: { kind: 'user'; userId: string } | { kind: 'host' }) =>
    engine.exchange.perform({
      type: 'reach',
      call: 'out',
      owner,
      displayName: 'Musa',
      place: { kind: 'silence' },
      levels: leg.levels,
      tag: {},
    });
  await reach({ kind: 'host' });
  await reach({ kind: 'user', userId: 'anna' });
  expect(await reach({ kind: 'user', userId: 'ben' })).toMatchObject({ ok: false, code: 'unreachable' });
  expect(engine.sent('leg.dial')).toMatchObject([
    { target: { kind: 'account', username: 'desk', isAutoAnswer: true } },
    {
      target: { kind: 'account', username: 'anna-phone', isAutoAnswer: false },
      from: { displayName: 'Musa' },
    },
  ]);
});

test.each([
  ['unknown_leg', 'gone'],
  ['wrong_state', 'wrong_state'],
  ['unreachable', 'unreachable'],
  ['closed', 'down'],
  ['no_ports', 'failed'],
] as const)('the refusal %s of the engine is %s for the desk', async (code, expected) => {
  const engine = fakeEngine();
  await engine.start();
  engine.replies.set('leg.hangup', { ok: false, code, msg: 'why' });
  expect(await engine.exchange.perform({ type: 'hangUp', call: 'l1' })).toEqual({
    ok: false,
    code: expected,
    msg: 'why',
  });
});

test('a text that nobody is there for is put off with 503, so that the gateway keeps it', async () => {
  const engine = fakeEngine();
  await engine.start();
  engine.emit({
    event: 'message.received',
    data: {
      message: 'm1',
      origin: leg.origin,
      from: leg.remote,
      called: 'studio',
      text: 'secret words',
      at: 1,
      contentType: 'text/plain',
      callId: 'c1',
      cseq: 1,
      sentAt: null,
    },
  });
  expect(engine.sent('message.answer')).toEqual([{ message: 'm1', status: 503 }]);
  expect(JSON.stringify(engine.warnings)).not.toContain('secret words');
});

test('a call of nobody we know is turned away', async () => {
  const engine = fakeEngine();
  await engine.start();
  engine.emit({ event: 'leg.offered', data: { ...leg, leg: 'l2', origin: { kind: 'peer', ref: 'gone' } } });
  expect(engine.sent('leg.reject')).toEqual([{ leg: 'l2', status: 404, reason: 'Not Found' }]);
  expect(engine.facts).toHaveLength(1);
});

test('what happens to a leg is told as what happens to a call', async () => {
  const engine = fakeEngine();
  await engine.start();
  engine.emit({ event: 'leg.answered', data: { leg: 'l1', answeredAt: 7, codec: 'PCMA' } });
  engine.emit({ event: 'leg.held', data: { leg: 'l1', isHeldByRemote: true } });
  engine.emit({ event: 'trunk.state', data: { ref: 'line:trunk', status: 'registered', error: null } });
  engine.emit({
    event: 'leg.ended',
    data: {
      leg: 'l1',
      cause: 'engine_stopped',
      sipStatus: null,
      by: 'engine',
      endedAt: 9,
      quality: null,
      tag: {},
    },
  });
  expect(engine.facts.slice(1)).toEqual([
    { type: 'answered', call: 'l1', at: 7 },
    { type: 'held', call: 'l1', isHeldByRemote: true },
    { type: 'line', lineId: 'trunk', status: 'up', error: null },
    { type: 'ended', call: 'l1', because: 'exchange_stopped', by: 'engine', at: 9, quality: null },
  ]);
});

/** What the engine was told to dial, and the call that comes in of it. */
function dialled(engine: ReturnType<typeof fakeEngine>) {
  const { leg: far, target } = engine.sent('leg.dial').at(-1) as { leg: string; target: { uri: string } };
  const [, called = '', address = ''] = /^sip:(.+)@(.+)$/.exec(target.uri) ?? [];
  return { far, called, address, offered: { ...leg, leg: 'in-test', called } };
}

test('the station calls itself on a line: the desk sees the call that comes in, and nothing of the far end', async () => {
  const engine = fakeEngine();
  await engine.start();
  const placed = engine.exchange.testCall.place('goip');
  await vi.waitFor(() => expect(engine.sent('leg.dial')).toHaveLength(1), PATIENCE_MS);
  const { far, called, address, offered } = dialled(engine);
  expect(address).toBe('127.0.0.1:5060');
  const [{ config: told }] = engine.sent('engine.configure') as [{ config: { selfCalls: object[] } }];
  expect(told.selfCalls).toContainEqual({ token: called, ref: 'line:goip' });
  engine.emit({ event: 'leg.offered', data: { ...offered, origin: { kind: 'peer', ref: 'line:goip' } } });
  expect(await placed).toEqual({ ok: true, call: 'in-test' });
  expect(engine.facts.at(-1)).toMatchObject({
    type: 'offered',
    call: { owner: { lineId: 'goip' }, isTest: true, displayName: 'Radio (test)' },
  });
  const seen = engine.facts.length;
  engine.emit({ event: 'leg.prompted', data: { leg: far } });
  expect(engine.sent('legs.place')).toEqual([
    { places: [{ leg: far, place: { kind: 'ivr', step: 'thanks', prompt: null } }] },
  ]);
  expect(await engine.exchange.testCall.place('goip')).toEqual({ ok: true, call: 'in-test' });
  expect(engine.sent('leg.dial')).toHaveLength(1);
  engine.exchange.testCall.stop();
  expect(engine.sent('leg.hangup')).toEqual([{ leg: far }]);
  expect(engine.facts).toHaveLength(seen);
  await engine.exchange.stop();
});

test('a test call that the engine cannot make is refused, and one without an engine as well', async () => {
  const engine = fakeEngine();
  await engine.start();
  engine.replies.set('leg.dial', { ok: false, code: 'no_ports', msg: 'none' });
  expect(await engine.exchange.testCall.place('studio')).toEqual({ ok: false, code: 'refused' });
  engine.isThere = false;
  engine.die();
  expect(await engine.exchange.testCall.place('studio')).toEqual({ ok: false, code: 'down' });
  await engine.exchange.stop();
});

test('a test call that a former server has left up is ended, and the desk never hears of it', async () => {
  const engine = fakeEngine();
  const called = 'openline-test-0123456789abcdef-studio';
  const legs = [
    {
      ...leg,
      leg: 'test-1',
      direction: 'out' as const,
      origin: { kind: 'peer' as const, ref: 'test' },
      called,
    },
    { ...leg, leg: 'in-7', called },
  ];
  await engine.start();
  engine.emit({ event: 'hello', data: { ...snapshot, legs } });
  expect(engine.facts.at(-1)).toMatchObject({ type: 'up', snapshot: { calls: [] } });
  expect(engine.sent('leg.hangup')).toEqual([{ leg: 'test-1' }, { leg: 'in-7' }]);
  await engine.exchange.stop();
});
