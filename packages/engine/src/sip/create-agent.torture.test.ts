/**
 * Torture and mutated messages against a whole agent on a fake network: the status of each of RFC 4475's messages,
 * and that nothing breaks the agent, grows in it or harms the call that it carries. The seed is fixed: a failure
 * repeats.
 */
import { describe, expect, it } from 'vitest';
import type { SipAgent } from './agent.ts';
import { createSipAgent } from './create-agent.ts';
import { parseMessage } from './message/parser.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
import { createFakeNetwork, type FakeNetwork } from './testing/fake-network.ts';
import { type RecordedAgent, recordedAgent, recordedSession } from './testing/recorded-agent.ts';
import { sdpOf } from './testing/sdp-fixture.ts';
import { TORTURE_MESSAGES } from './torture/messages.ts';
import { mutate, seededRandom } from './torture/mutate.ts';

const ENGINE = '10.0.0.1';
const CALLER = '10.0.0.2';
const ATTACKER = '10.0.0.3';

interface Scene {
  clock: FakeClock;
  network: FakeNetwork;
  engine: SipAgent;
  recorded: RecordedAgent;
}

async function scene(): Promise<Scene> {
  const clock = createFakeClock();
  const network = createFakeNetwork(clock);
  const recorded = recordedAgent(ENGINE);
  const engine = createSipAgent(
    {
      host: ENGINE,
      port: 5060,
      publicAddress: null,
      userAgent: 'Openline',
      bindingsFile: null,
      delegate: recorded.delegate,
    },
    { clock, epochMs: () => clock.nowMs(), random: () => 0.5, makeTransports: network.transportsAt(ENGINE) },
  );
  engine.configure({
    accounts: [],
    peers: [{ ref: 'studio', cidrs: ['10.0.0.0/24'] }],
    trunks: [],
    stationName: 'Radio',
  });
  await engine.start();
  return { clock, network, engine, recorded };
}

/** First final answer that the message got, 'silence' for none. */
async function answered(name: string): Promise<string> {
  const { clock, network } = await scene();
  const message = TORTURE_MESSAGES.find((each) => each.name === name);
  network.inject(ATTACKER, ENGINE, message?.bytes ?? Buffer.alloc(0));
  await clock.advance(50);
  const finals = network.sent.filter(
    (each) => each.from === ENGINE && /^SIP\/2\.0 [2-6]/.test(each.startLine),
  );
  return finals[0]?.startLine.slice(8, 11) ?? 'silence';
}

/** Calls are answered by the test's delegate at once, so 200 is a call that went through. */
const STATUSES: Readonly<Record<string, string>> = {
  wsinv: '481', // it carries a To tag of no dialog of ours
  intmeth: '501',
  esc01: '200',
  escnull: '401',
  esc02: '501',
  lwsdisp: '200',
  longreq: '200',
  dblreq: '401',
  semiuri: '200',
  transports: '200',
  mpart01: '415',
  unreason: 'silence',
  noreason: 'silence',
  badinv01: '400',
  clerr: '400',
  ncl: '400',
  scalar02: '400',
  scalarlg: 'silence',
  quotbal: '400',
  ltgtruri: '400',
  lwsruri: '400',
  lwsstart: '400',
  trws: '200',
  escruri: '200',
  baddate: '200',
  regbadct: '401',
  badaspec: '200',
  baddn: '200',
  badvers: '505',
  mismatch01: '400',
  mismatch02: '400',
  bigcode: 'silence',
  badbranch: '200',
  insuf: '400',
  unkscm: '416',
  novelsc: '416',
  unksm2: '401',
  bext01: '420',
  invut: '415',
  regaut01: '401',
  multi01: '400',
  mcl01: '400',
  bcast: 'silence',
  zeromf: '483',
  cparam01: '401',
  cparam02: '401',
  regescrt: '401',
  sdp01: '200',
  inv2543: '200',
};

describe('RFC 4475 against an agent', () => {
  for (const { name, section } of TORTURE_MESSAGES) {
    it(`${section} ${name}: ${STATUSES[name]}`, async () => {
      expect(await answered(name)).toBe(STATUSES[name]);
    });
  }
});

describe('mutated messages', () => {
  const MUTATIONS = 20_000;
  const SEEDS = TORTURE_MESSAGES.map((each) => each.bytes);

  it(`the parser survives ${MUTATIONS}, as datagrams and as frames of a stream`, () => {
    const random = seededRandom(4475);
    let taken = 0;
    for (let count = 0; count < MUTATIONS; count++) {
      const bytes = mutate(SEEDS[count % SEEDS.length] ?? Buffer.alloc(0), random);
      if (parseMessage(bytes, count % 2 === 0).ok) taken++;
    }
    // Neither all nor nothing: the mutations reach both sides of the parser.
    expect(taken).toBeGreaterThan(MUTATIONS / 20);
    expect(taken).toBeLessThan((MUTATIONS * 19) / 20);
  });

  it('an agent with a call survives thousands, the call unharmed and nothing left behind', async () => {
    const { clock, network, engine, recorded } = await scene();
    const far = recordedAgent(CALLER);
    const caller = createSipAgent(
      {
        host: CALLER,
        port: 5060,
        publicAddress: null,
        userAgent: 'Phone',
        bindingsFile: null,
        delegate: far.delegate,
      },
      {
        clock,
        epochMs: () => clock.nowMs(),
        random: () => 0.5,
        makeTransports: network.transportsAt(CALLER),
      },
    );
    await caller.start();
    const call = recordedSession(CALLER);
    const session = caller.invite(
      {
        target: { kind: 'uri', uri: `sip:listener@${ENGINE}`, ref: 'engine' },
        from: { number: '123', displayName: null },
        offer: (address) => sdpOf(address),
      },
      call.delegate,
    );
    await clock.advance(100);
    expect(recorded.calls[0]?.recorded.log).toEqual(['confirmed']);

    const random = seededRandom(1);
    for (let count = 0; count < 5000; count++) {
      const seed = SEEDS[count % SEEDS.length] ?? Buffer.alloc(0);
      network.inject(ATTACKER, ENGINE, mutate(seed, random), count % 3 === 0 ? 'tcp' : 'udp');
      if (count % 20 === 0) await clock.advance(40);
      network.sent.length = 0;
    }
    expect(recorded.calls[0]?.recorded.log).toEqual(['confirmed']);
    const reoffered = session.reoffer(sdpOf(CALLER));
    await clock.advance(100);
    expect(await reoffered).toEqual({ ok: true, answer: sdpOf(ENGINE) });
    expect(recorded.calls[0]?.recorded.log).toEqual(['confirmed', 'offer']);
    session.end();
    await clock.advance(100);
    expect(recorded.calls[0]?.recorded.ends).toEqual([
      { by: 'remote', how: 'bye', status: null, reason: null },
    ]);

    expect(recorded.calls.length).toBeGreaterThan(10);
    // Calls that mutated INVITEs opened were answered, never acknowledged, and are given up.
    await clock.advance(200_000);
    expect(engine.stats()).toMatchObject({
      clientTransactions: 0,
      serverTransactions: 0,
      dialogs: 0,
      sessions: 0,
    });
    expect(recorded.calls.every((each) => each.recorded.ends.length === 1)).toBe(true);
    expect(engine.stats()['delegateErrors']).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
