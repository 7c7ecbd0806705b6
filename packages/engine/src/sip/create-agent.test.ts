/**
 * Calls between two agents on a fake clock and a network that loses what the test says: dialogs, glare, CANCEL,
 * reliable provisionals, session timers, forks, registrations, admission. A third party is played by hand where a peer
 * has to do what an agent of ours does not.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { IncomingSession, OfferReply, OutgoingInvite, SipAgent, SipAgentConfig } from './agent.ts';
import { createSipAgent } from './create-agent.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
import { createFakeNetwork, type FakeNetwork } from './testing/fake-network.ts';
import {
  type RecordedAgent,
  type RecordedSession,
  recordedAgent,
  recordedSession,
} from './testing/recorded-agent.ts';
import { sdpOf } from './testing/sdp-fixture.ts';
import { seededRandom } from './torture/mutate.ts';

const ENGINE = '10.0.0.1';
const PHONE = '10.0.0.2';
const OTHER = '10.0.0.3';
const STRANGER = '192.168.9.9';

const CONFIG: SipAgentConfig = {
  accounts: [{ username: 'anna', password: 'secret', ref: 'phone-anna' }],
  peers: [{ ref: 'studio', cidrs: ['10.0.0.0/24'] }],
  trunks: [],
  stationName: 'Radio',
};

let clock: FakeClock;
let network: FakeNetwork;

beforeEach(() => {
  clock = createFakeClock();
  network = createFakeNetwork(clock);
});

async function agentAt(
  address: string,
  recorded: RecordedAgent,
  config: SipAgentConfig = CONFIG,
  bindingsFile: string | null = null,
): Promise<SipAgent> {
  const agent = createSipAgent(
    {
      host: address,
      port: 5060,
      publicAddress: null,
      userAgent: 'Openline',
      bindingsFile,
      delegate: recorded.delegate,
    },
    { clock, epochMs: () => clock.nowMs(), random: () => 0.5, makeTransports: network.transportsAt(address) },
  );
  agent.configure(config);
  await agent.start();
  return agent;
}

const toEngine = (from = '123', transport = ''): OutgoingInvite => ({
  target: { kind: 'uri', uri: `sip:studio@${ENGINE}${transport}`, ref: 'engine' },
  from: { number: from, displayName: null },
  offer: (address) => sdpOf(address),
});

interface Pair {
  engine: SipAgent;
  phone: SipAgent;
  inbound: RecordedAgent;
  call: RecordedSession;
}

async function pair(onCall?: (session: IncomingSession) => void): Promise<Pair> {
  const inbound = recordedAgent(ENGINE, onCall);
  const engine = await agentAt(ENGINE, inbound);
  const phone = await agentAt(PHONE, recordedAgent(PHONE));
  return { engine, phone, inbound, call: recordedSession(PHONE) };
}

const sentBy = (address: string, start: RegExp): string[] =>
  network.sent
    .filter((each) => each.from === address && start.test(each.startLine))
    .map((each) => each.startLine);

const lines = (...all: string[]): Buffer => Buffer.from([...all, 'Content-Length: 0', '', ''].join('\r\n'));

describe('a call', () => {
  it('goes from ring to answer to BYE with one message each where nothing is lost', async () => {
    const { phone, inbound, call } = await pair();
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    expect(call.log).toEqual(['progress 180', 'answer']);
    expect(inbound.calls[0]?.recorded.log).toEqual(['confirmed']);
    session.end();
    session.end();
    await clock.advance(100);
    expect(call.log.at(-1)).toBe('ended local bye');
    expect(inbound.calls[0]?.recorded.log).toEqual(['confirmed', 'ended remote bye']);
    expect(
      network.sent.map((each) => each.startLine.replace(/ sip:\S+/, '').replace(' SIP/2.0', '')),
    ).toEqual([
      'INVITE',
      'SIP/2.0 100 Trying',
      'SIP/2.0 180 Ringing',
      'SIP/2.0 200 OK',
      'ACK',
      'BYE',
      'SIP/2.0 200 OK',
    ]);
  });

  it('comes about although four packets of ten are lost, either way', async () => {
    const random = seededRandom(3261);
    const { phone, inbound, call } = await pair();
    network.loses = () => random() < 0.4;
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(20_000);
    expect(call.log.at(-1)).toBe('answer');
    expect(inbound.calls).toHaveLength(1);
    expect(inbound.calls[0]?.recorded.log).toEqual(['confirmed']);
    session.end();
    await clock.advance(20_000);
    expect(inbound.calls[0]?.recorded.log).toEqual(['confirmed', 'ended remote bye']);
  });

  it('whose 2xx is never acknowledged is ended after 64*T1, with a BYE', async () => {
    const { phone, inbound, call } = await pair();
    network.loses = ({ startLine }) => startLine.startsWith('ACK');
    phone.invite(toEngine(), call.delegate);
    await clock.advance(31_000);
    expect(sentBy(ENGINE, /^SIP\/2\.0 200/).length).toBeGreaterThan(8);
    await clock.advance(2000);
    expect(inbound.calls[0]?.recorded.log).toEqual(['ended timeout no_ack']);
    expect(call.log.at(-1)).toBe('ended remote bye');
  });

  it('that nobody answers is a timeout after 64*T1', async () => {
    const phone = await agentAt(PHONE, recordedAgent(PHONE));
    const call = recordedSession(PHONE);
    phone.invite(toEngine(), call.delegate);
    await clock.advance(32_100);
    expect(call.ends).toEqual([{ by: 'timeout', how: 'timeout', status: 408, reason: null }]);
  });

  it('to where no TCP listens is unreachable', async () => {
    const phone = await agentAt(PHONE, recordedAgent(PHONE));
    const call = recordedSession(PHONE);
    phone.invite(toEngine('123', ';transport=tcp'), call.delegate);
    await clock.advance(100);
    expect(call.ends).toEqual([{ by: 'transport', how: 'unreachable', status: null, reason: null }]);
  });

  it('that is refused says how', async () => {
    const { phone, inbound, call } = await pair((session) => session.reject(486, 'On Air'));
    phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    expect(call.ends).toEqual([{ by: 'remote', how: 'refused', status: 486, reason: 'On Air' }]);
    expect(inbound.calls[0]?.recorded.ends[0]).toMatchObject({ by: 'local', how: 'refused', status: 486 });
  });

  it('that rings for minutes keeps saying so', async () => {
    const { phone, call } = await pair((session) => session.ring());
    phone.invite(toEngine(), call.delegate);
    await clock.advance(121_000);
    expect(sentBy(ENGINE, /^SIP\/2\.0 180/)).toHaveLength(3);
    expect(call.ends).toHaveLength(0);
  });

  it('with a failing delegate is refused with 500, and the agent lives', async () => {
    const { phone, engine, call } = await pair(() => {
      throw new Error('planted');
    });
    phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    expect(call.ends[0]).toMatchObject({ how: 'refused', status: 500 });
    expect(engine.stats()['delegateErrors']).toBe(1);
  });
});

describe('CANCEL', () => {
  it('ends a ringing call on both sides with 487', async () => {
    const { phone, inbound, call } = await pair((session) => session.ring());
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    session.end();
    await clock.advance(100);
    expect(call.ends).toEqual([{ by: 'local', how: 'cancel', status: 487, reason: null }]);
    expect(inbound.calls[0]?.recorded.ends).toEqual([
      { by: 'remote', how: 'cancel', status: 487, reason: null },
    ]);
    expect(sentBy(ENGINE, /^SIP\/2\.0 487/)).toHaveLength(1);
  });

  it('waits for a provisional response', async () => {
    const { phone, call } = await pair((session) => session.ring());
    network.loses = ({ startLine }) => startLine.startsWith('INVITE') && clock.nowMs() < 400;
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(5);
    session.end();
    await clock.advance(300);
    expect(sentBy(PHONE, /^CANCEL/)).toHaveLength(0);
    await clock.advance(1000);
    expect(sentBy(PHONE, /^CANCEL/)).toHaveLength(1);
  });

  it('that crosses the answer: the answer is acknowledged and the call ended', async () => {
    const { phone, inbound, call } = await pair((session) => session.ring());
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    inbound.calls[0]?.session.accept(sdpOf(ENGINE));
    session.end();
    await clock.advance(100);
    expect(inbound.calls[0]?.recorded.log).toEqual(['confirmed', 'ended remote bye']);
    expect(call.log).toEqual(['progress 180', 'ended local cancel']);
  });

  it('of no transaction is answered 481', async () => {
    await pair();
    network.inject(
      OTHER,
      ENGINE,
      lines(
        `CANCEL sip:x@${ENGINE} SIP/2.0`,
        `Via: SIP/2.0/UDP ${OTHER};branch=z9hG4bKnone`,
        'From: <sip:a@b>;tag=1',
        `To: <sip:x@${ENGINE}>`,
        'Call-ID: none',
        'CSeq: 1 CANCEL',
      ),
    );
    await clock.advance(10);
    expect(sentBy(ENGINE, /^SIP\/2\.0 481/)).toHaveLength(1);
  });
});

describe('re-INVITE', () => {
  it('brings a new offer and its answer, from either side', async () => {
    const { phone, inbound, call } = await pair();
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    const first = session.reoffer(sdpOf(PHONE, 5000));
    await clock.advance(100);
    expect(await first).toEqual({ ok: true, answer: sdpOf(ENGINE) });
    const second = inbound.calls[0]?.session.reoffer(sdpOf(ENGINE, 6000));
    await clock.advance(100);
    expect(await second).toEqual({ ok: true, answer: sdpOf(PHONE) });
    expect(call.log).toEqual(['progress 180', 'answer', 'offer']);
  });

  it('from both sides at once meets 491 and is tried again at different times', async () => {
    const { phone, inbound, call } = await pair();
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    const mine = session.reoffer(sdpOf(PHONE, 5000));
    const theirs = inbound.calls[0]?.session.reoffer(sdpOf(ENGINE, 6000));
    await clock.advance(10);
    expect(sentBy(ENGINE, /491/)).toHaveLength(1);
    expect(sentBy(PHONE, /491/)).toHaveLength(1);
    // RFC 3261 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other up to 2 s.
    await clock.advance(2000);
    expect(await theirs).toMatchObject({ ok: true });
    await clock.advance(2000);
    expect(await mine).toMatchObject({ ok: true });
  });

  it('whose answer takes a moment waits for it, and an offer of ours waits as well', async () => {
    const { phone, inbound, call } = await pair();
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    const made = Promise.withResolvers<OfferReply>();
    const there = inbound.calls[0];
    if (there === undefined) throw new Error('no call');
    there.recorded.delegate.onOffer = () => made.promise;
    const theirs = session.reoffer(sdpOf(PHONE, 5000));
    await clock.advance(100);
    const ours = there.session.reoffer(sdpOf(ENGINE, 6000));
    made.resolve({ ok: true, answer: sdpOf(ENGINE, 7000) });
    await clock.advance(100);
    expect(await theirs).toEqual({ ok: true, answer: sdpOf(ENGINE, 7000) });
    await clock.advance(10_000);
    expect(await ours).toMatchObject({ ok: true });
    expect(sentBy(ENGINE, /491|500/)).toEqual([]);
  });

  it('whose answer was still being made when the call ended is answered 487', async () => {
    const { phone, inbound, call } = await pair();
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    const made = Promise.withResolvers<OfferReply>();
    const there = inbound.calls[0];
    if (there === undefined) throw new Error('no call');
    there.recorded.delegate.onOffer = () => made.promise;
    void session.reoffer(sdpOf(PHONE, 5000));
    await clock.advance(100);
    there.session.end();
    made.resolve({ ok: true, answer: sdpOf(ENGINE, 7000) });
    await clock.advance(100);
    expect(sentBy(ENGINE, /487/)).toHaveLength(1);
    expect(call.log.filter((line) => line.startsWith('ended'))).toHaveLength(1);
  });

  it('is told that the dialog ended while it waited', async () => {
    const { phone, inbound, call } = await pair();
    const session = phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    const mine = session.reoffer(sdpOf(PHONE, 5000));
    void inbound.calls[0]?.session.reoffer(sdpOf(ENGINE, 6000));
    await clock.advance(10);
    session.end();
    expect(await mine).toEqual({ ok: false, status: 481 });
  });
});

describe('session timer', () => {
  it('is refreshed by the caller at half of its time, so that the call stays', async () => {
    const { phone, inbound, call } = await pair();
    phone.invite(toEngine(), call.delegate);
    await clock.advance(3_700_000);
    expect(sentBy(PHONE, /^UPDATE/)).toHaveLength(4);
    expect(call.ends).toHaveLength(0);
    expect(inbound.calls[0]?.recorded.ends).toHaveLength(0);
  });

  it('ends the call shortly before it runs out when nobody refreshes', async () => {
    const { phone, inbound, call } = await pair();
    phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    network.loses = ({ from }) => from === PHONE;
    await clock.advance(1_767_000);
    expect(inbound.calls[0]?.recorded.ends).toHaveLength(0);
    await clock.advance(1100);
    expect(inbound.calls[0]?.recorded.ends).toEqual([
      { by: 'timeout', how: 'session_timer', status: null, reason: null },
    ]);
  });

  it('too short is refused with 422 and our Min-SE', async () => {
    await pair();
    network.inject(PHONE, ENGINE, invite('z9hG4bKse', 'Supported: timer', 'Session-Expires: 60'));
    await clock.advance(10);
    expect(network.sent.at(-1)?.text).toMatch(/^SIP\/2\.0 422 [^]*\r\nMin-SE: 90\r\n/);
  });
});

function invite(branch: string, ...extra: string[]): Buffer {
  return lines(
    `INVITE sip:studio@${ENGINE} SIP/2.0`,
    `Via: SIP/2.0/UDP ${PHONE};branch=${branch}`,
    `From: <sip:555@${PHONE}>;tag=hand`,
    `To: <sip:studio@${ENGINE}>`,
    'Call-ID: by-hand',
    'CSeq: 1 INVITE',
    `Contact: <sip:555@${PHONE}>`,
    ...extra,
  );
}

describe('100rel', () => {
  it('repeats a reliable 180 until its PRACK, doubling', async () => {
    await pair((session) => session.ring());
    network.inject(PHONE, ENGINE, invite('z9hG4bKrel', 'Require: 100rel'));
    await clock.advance(4000);
    const provisionals = network.sent.filter((each) => each.startLine.startsWith('SIP/2.0 180'));
    expect(provisionals).toHaveLength(4);
    const text = provisionals[0]?.text ?? '';
    const rseq = /RSeq: (\d+)/.exec(text)?.[1] ?? '';
    const tag = /\r\nTo: \S+;tag=(\S+)/.exec(text)?.[1] ?? '';
    network.inject(
      PHONE,
      ENGINE,
      lines(
        `PRACK sip:studio@${ENGINE} SIP/2.0`,
        `Via: SIP/2.0/UDP ${PHONE};branch=z9hG4bKprack`,
        `From: <sip:555@${PHONE}>;tag=hand`,
        `To: <sip:studio@${ENGINE}>;tag=${tag}`,
        'Call-ID: by-hand',
        'CSeq: 2 PRACK',
        `RAck: ${rseq} 1 INVITE`,
      ),
    );
    await clock.advance(30_000);
    expect(sentBy(ENGINE, /^SIP\/2\.0 180/)).toHaveLength(4);
    expect(sentBy(ENGINE, /^SIP\/2\.0 200/)).toHaveLength(1);
  });

  it('refuses the call with 504 when no PRACK ever comes', async () => {
    const { inbound } = await pair((session) => session.ring());
    network.inject(PHONE, ENGINE, invite('z9hG4bKrel', 'Require: 100rel'));
    await clock.advance(32_100);
    expect(inbound.calls[0]?.recorded.ends).toMatchObject([{ by: 'timeout', status: 504 }]);
    expect(sentBy(ENGINE, /^SIP\/2\.0 504/)).not.toHaveLength(0);
  });
});

describe('requests out of place', () => {
  const cases: [what: string, bytes: Buffer, status: string][] = [
    ['an option that is not ours', invite('z9hG4bKa', 'Require: teleport'), '420'],
    [
      'a body that is no SDP',
      Buffer.from(
        invite('z9hG4bKb')
          .toString()
          .replace('Content-Length: 0\r\n\r\n', 'Content-Type: text/html\r\nContent-Length: 2\r\n\r\nhi'),
      ),
      '415',
    ],
    [
      'an encrypted body',
      Buffer.from(
        invite('z9hG4bKc')
          .toString()
          .replace(
            'Content-Length: 0\r\n\r\n',
            'Content-Type: application/pkcs7-mime\r\nContent-Length: 2\r\n\r\nhi',
          ),
      ),
      '493',
    ],
    [
      'another scheme',
      Buffer.from(invite('z9hG4bKd').toString().replace('INVITE sip:', 'INVITE http:')),
      '416',
    ],
    [
      'no hop left and not for us',
      Buffer.from(
        invite('z9hG4bKe', 'Max-Forwards: 0')
          .toString()
          .replace(`sip:studio@${ENGINE} `, 'sip:x@elsewhere.example '),
      ),
      '483',
    ],
    [
      'a dialog that is gone',
      Buffer.from(invite('z9hG4bKf').toString().replace('\r\nCall-ID', ';tag=gone\r\nCall-ID')),
      '481',
    ],
    [
      'a Request-URI without end',
      Buffer.from(
        invite('z9hG4bKg')
          .toString()
          .replace('sip:studio@', `sip:${'x'.repeat(3000)}@`),
      ),
      '414',
    ],
    [
      'SIP of another version',
      Buffer.from(invite('z9hG4bKh').toString().replace(' SIP/2.0\r\n', ' SIP/3.0\r\n')),
      '505',
    ],
    [
      'a known method that is not served',
      Buffer.from(invite('z9hG4bKi').toString().replaceAll('INVITE', 'REFER')),
      '405',
    ],
    ['an unknown method', Buffer.from(invite('z9hG4bKj').toString().replaceAll('INVITE', 'DANCE')), '501'],
  ];
  for (const [what, bytes, status] of cases) {
    it(`${what}: ${status}`, async () => {
      await pair((session) => session.ring());
      network.inject(PHONE, ENGINE, bytes);
      await clock.advance(10);
      expect(sentBy(ENGINE, /^SIP\/2\.0 [2-6]/)[0]?.slice(8, 11)).toBe(status);
    });
  }

  it('the same INVITE by two ways is answered 482 on the second', async () => {
    const { inbound } = await pair((session) => session.ring());
    network.inject(PHONE, ENGINE, invite('z9hG4bKone'));
    network.inject(PHONE, ENGINE, invite('z9hG4bKtwo'));
    await clock.advance(10);
    expect(inbound.calls).toHaveLength(1);
    expect(sentBy(ENGINE, /^SIP\/2\.0 482/)).toHaveLength(1);
  });
});

describe('admission', () => {
  const trunk = (password = 'secret', username = 'anna'): SipAgentConfig => ({
    accounts: [],
    peers: [],
    trunks: [{ ref: 'line', server: `sip:${ENGINE}`, username, password, transport: 'udp', expiresS: 600 }],
    stationName: 'Phone',
  });

  it('a stranger is refused with 403', async () => {
    await pair();
    const stranger = await agentAt(STRANGER, recordedAgent(STRANGER));
    const call = recordedSession(STRANGER);
    stranger.invite(toEngine(), call.delegate);
    await clock.advance(100);
    expect(call.ends[0]).toMatchObject({ how: 'refused', status: 403 });
  });

  it('we ourselves are let in by the token, from wherever we call, and a stranger by no other', async () => {
    const { engine, inbound } = await pair();
    const token = 'openline-test-0123456789-studio';
    engine.configure({ ...CONFIG, peers: [], selfCalls: [{ token, ref: 'studio' }] });
    const stranger = await agentAt(STRANGER, recordedAgent(STRANGER));
    const [own, guess] = [recordedSession(STRANGER), recordedSession(STRANGER)];
    stranger.invite(
      { ...toEngine(), target: { kind: 'uri', uri: `sip:${token}@${ENGINE}`, ref: 'x' } },
      own.delegate,
    );
    await clock.advance(100);
    expect(inbound.calls.map(({ session }) => session.origin)).toEqual([{ kind: 'peer', ref: 'studio' }]);
    const wrong = `sip:${token}-2@${ENGINE}`;
    stranger.invite({ ...toEngine(), target: { kind: 'uri', uri: wrong, ref: 'x' } }, guess.delegate);
    await clock.advance(100);
    expect(guess.ends[0]).toMatchObject({ how: 'refused', status: 403 });
    expect(own.ends).toEqual([]);
  });

  it('a scanner gets silence, from then on for all it sends', async () => {
    const { engine } = await pair();
    const scan = Buffer.from(invite('z9hG4bKscan', 'User-Agent: friendly-scanner'));
    network.inject(STRANGER, ENGINE, scan);
    await clock.advance(10);
    network.inject(STRANGER, ENGINE, invite('z9hG4bKnext'));
    await clock.advance(10);
    expect(sentBy(ENGINE, /./)).toHaveLength(0);
    expect(engine.stats()).toMatchObject({ bans: 1, banned: 1 });
  });

  it('strangers, however many, leave nothing behind, and those who may call get in', async () => {
    const { engine, phone, call } = await pair();
    for (let source = 1; source <= 200; source++) {
      for (const method of ['INVITE', 'OPTIONS', 'REGISTER', 'BYE']) {
        const text = invite(`z9hG4bKflood${source}${method}`).toString('latin1').replaceAll('INVITE', method);
        network.inject(`198.51.100.${source}`, ENGINE, Buffer.from(text, 'latin1'));
      }
    }
    await clock.advance(10);
    expect(sentBy(ENGINE, /^SIP\/2\.0 403/)).toHaveLength(200);
    expect(engine.stats()['serverTransactions']).toBe(0);
    phone.invite(toEngine(), call.delegate);
    await clock.advance(5000);
    expect(call.log).toEqual(['progress 180', 'answer']);
    // Nothing was said twice to an address that anybody may have forged.
    expect(sentBy(ENGINE, /^SIP\/2\.0 403/)).toHaveLength(200);
  });

  it('an address that became trusted is banned no longer', async () => {
    const { engine } = await pair();
    network.inject(STRANGER, ENGINE, invite('z9hG4bKscan', 'User-Agent: friendly-scanner'));
    await clock.advance(10);
    engine.configure({ ...CONFIG, peers: [{ ref: 'gateway', cidrs: [`${STRANGER}/32`] }] });
    network.inject(STRANGER, ENGINE, invite('z9hG4bKnow'));
    await clock.advance(10);
    expect(sentBy(ENGINE, /^SIP\/2\.0 180/)).toHaveLength(1);
  });

  it('a known account has to prove itself even from a trusted address', async () => {
    const { phone } = await pair();
    const call = recordedSession(PHONE);
    phone.invite(toEngine('anna'), call.delegate);
    await clock.advance(100);
    expect(call.ends[0]).toMatchObject({ how: 'refused', status: 401 });
  });

  it('an account registers, calls as itself, is rung, and is gone when it unregisters', async () => {
    const inbound = recordedAgent(ENGINE);
    const engine = await agentAt(ENGINE, inbound);
    const owner = recordedAgent(PHONE);
    const phone = await agentAt(PHONE, owner, trunk());
    await clock.advance(100);
    expect(engine.isRegistered('anna')).toBe(true);
    expect(owner.log).toEqual(['trunk line registering', 'trunk line registered']);
    const call = recordedSession(PHONE);
    phone.invite(toEngine('anna'), call.delegate);
    await clock.advance(100);
    expect(inbound.calls[0]?.session.origin).toEqual({ kind: 'account', ref: 'phone-anna' });
    const back = recordedSession(ENGINE);
    engine.invite(
      {
        target: { kind: 'account', username: 'anna', isAutoAnswer: true },
        from: { number: null, displayName: null },
        offer: (address) => sdpOf(address),
      },
      back.delegate,
    );
    await clock.advance(100);
    expect(back.log).toEqual(['progress 180', 'answer']);
    expect(owner.calls[0]?.session.origin).toEqual({ kind: 'trunk', ref: 'line' });
    const stopped = phone.stop();
    await clock.advance(1600);
    await stopped;
    expect(engine.isRegistered('anna')).toBe(false);
    expect(inbound.log).toEqual(['account anna false', 'account anna true', 'account anna false']);
  });

  it('a number goes through a registered gateway once: its contact with the number as user part', async () => {
    const engine = await agentAt(ENGINE, recordedAgent(ENGINE));
    const gateway = recordedAgent(PHONE);
    await agentAt(PHONE, gateway, trunk());
    await clock.advance(100);
    const through = (username: string) => {
      const call = recordedSession(ENGINE);
      const session = engine.invite(
        {
          target: { kind: 'account-number', username, number: '+2203001234' },
          from: { number: '+2207', displayName: null },
          offer: (address) => sdpOf(address),
        },
        call.delegate,
      );
      return { call, session };
    };
    const { call, session } = through('anna');
    await clock.advance(100);
    expect(session.origin).toEqual({ kind: 'account', ref: 'phone-anna' });
    expect(call.log).toEqual(['progress 180', 'answer']);
    expect(gateway.calls.map(({ session: { called } }) => called)).toEqual(['+2203001234']);
    const invite = network.sent.find(({ startLine }) => startLine.startsWith('INVITE'));
    expect(invite?.startLine).toMatch(/^INVITE sip:\+2203001234@/);
    expect(invite?.text).toMatch(/\r\nTo: <sip:\+2203001234@/);
    // It comes back at another address, its old contact still stands: only the new one dials.
    const moved = recordedAgent(OTHER);
    await agentAt(OTHER, moved, trunk());
    await clock.advance(100);
    through('anna');
    await clock.advance(100);
    expect([gateway.calls.length, moved.calls.length]).toEqual([1, 1]);
    const nobody = through('nobody');
    await clock.advance(100);
    expect(nobody.call.ends[0]).toMatchObject({ how: 'unreachable', status: 480 });
  });

  it('a registration is refreshed before it ends, and ends when the phone is gone', async () => {
    const engine = await agentAt(ENGINE, recordedAgent(ENGINE));
    await agentAt(PHONE, recordedAgent(PHONE), trunk());
    await clock.advance(1_000_000);
    expect(engine.isRegistered('anna')).toBe(true);
    network.loses = ({ from }) => from === PHONE;
    await clock.advance(601_000);
    expect(engine.isRegistered('anna')).toBe(false);
  });

  it('a wrong secret fails, backs off, and after some tries meets silence', async () => {
    const engine = await agentAt(ENGINE, recordedAgent(ENGINE), { ...CONFIG, peers: [] });
    const owner = recordedAgent(PHONE);
    await agentAt(PHONE, owner, trunk('guess'));
    await clock.advance(100);
    expect(owner.log.at(-1)).toBe('trunk line failed');
    await clock.advance(1_000_000);
    expect(engine.isRegistered('anna')).toBe(false);
    expect(engine.stats()['bans']).toBeGreaterThan(0);
    const answers = sentBy(ENGINE, /./).length;
    expect(answers).toBeLessThan(40);
  });

  it('a proof is good once: its copy is challenged anew', async () => {
    await agentAt(ENGINE, recordedAgent(ENGINE));
    await agentAt(PHONE, recordedAgent(PHONE), trunk());
    await clock.advance(100);
    const proof = network.sent.find(
      (each) => each.startLine.startsWith('REGISTER') && each.text.includes('Authorization'),
    );
    const copy = (proof?.text ?? '')
      .replace(/branch=[^;]+/, 'branch=z9hG4bKcopy')
      .replace(/tag=\w+/, 'tag=copy');
    network.inject(PHONE, ENGINE, Buffer.from(copy, 'latin1'));
    await clock.advance(10);
    expect(network.sent.at(-1)?.text).toMatch(/^SIP\/2\.0 401 [^]*stale=true/);
  });
});

/** The engine, and two phones that have registered by one account. */
async function twoPhonesOfAnna(
  phones = [recordedAgent(PHONE), recordedAgent(OTHER)] as const,
): Promise<{ engine: SipAgent; phones: readonly [RecordedAgent, RecordedAgent] }> {
  const registering: SipAgentConfig = {
    accounts: [],
    peers: [{ ref: 'engine', cidrs: [`${ENGINE}/32`] }],
    trunks: [
      {
        ref: 'line',
        server: `sip:${ENGINE}`,
        username: 'anna',
        password: 'secret',
        transport: 'udp',
        expiresS: 600,
      },
    ],
    stationName: 'Phone',
  };
  const engine = await agentAt(ENGINE, recordedAgent(ENGINE));
  await agentAt(PHONE, phones[0], registering);
  await agentAt(OTHER, phones[1], registering);
  await clock.advance(100);
  return { engine, phones };
}

describe('forks', () => {
  it('all phones of an account ring, the first answer wins, the others are cancelled', async () => {
    const { engine, phones } = await twoPhonesOfAnna([
      recordedAgent(PHONE, (session) => session.ring()),
      recordedAgent(OTHER, (session) => session.ring()),
    ]);
    const [first, second] = phones;
    const call = recordedSession(ENGINE);
    engine.invite(
      {
        target: { kind: 'account', username: 'anna', isAutoAnswer: false },
        from: { number: '1', displayName: null },
        offer: (address) => sdpOf(address),
      },
      call.delegate,
    );
    await clock.advance(100);
    expect(call.log).toEqual(['progress 180', 'progress 180']);
    second.calls[0]?.session.accept(sdpOf(OTHER));
    await clock.advance(100);
    expect(call.answers).toEqual([sdpOf(OTHER)]);
    expect(first.calls[0]?.recorded.log).toEqual(['ended remote cancel']);
    expect(second.calls[0]?.recorded.log).toEqual(['confirmed']);
  });

  it('a text goes to all phones of an account, and has arrived when one takes it', async () => {
    const { engine, phones } = await twoPhonesOfAnna();
    const sent = engine.message({ kind: 'account', username: 'anna', isAutoAnswer: false }, 'Nanga def?');
    await clock.advance(100);
    expect(await sent).toBe(200);
    expect(phones.map(({ messages }) => messages.map(({ text }) => text))).toEqual([
      ['Nanga def?'],
      ['Nanga def?'],
    ]);
  });

  it('a text that one phone refuses has arrived at the other, whichever answers first', async () => {
    const { engine, phones } = await twoPhonesOfAnna();
    const send = async () => {
      const sent = engine.message({ kind: 'account', username: 'anna', isAutoAnswer: false }, 'Nanga def?');
      await clock.advance(100);
      return sent;
    };
    phones[0].refuseMessages(486);
    expect(await send()).toBe(200);
    phones[0].refuseMessages(200);
    phones[1].refuseMessages(486);
    expect(await send()).toBe(200);
  });

  it('a text that no phone takes is refused with what they say, one that is gone counting for nothing', async () => {
    const { engine, phones } = await twoPhonesOfAnna();
    phones[0].refuseMessages(415);
    network.loses = ({ to }) => to === OTHER;
    const sent = engine.message({ kind: 'account', username: 'anna', isAutoAnswer: false }, 'Nanga def?');
    await clock.advance(40_000);
    expect(await sent).toBe(415);
  });

  it('a second answer that comes too late for CANCEL is acknowledged and ended', async () => {
    const { engine, phones: both } = await twoPhonesOfAnna();
    const call = recordedSession(ENGINE);
    engine.invite(
      {
        target: { kind: 'account', username: 'anna', isAutoAnswer: false },
        from: { number: '1', displayName: null },
        offer: (address) => sdpOf(address),
      },
      call.delegate,
    );
    await clock.advance(200);
    expect(call.log.filter((each) => each === 'answer')).toHaveLength(1);
    expect(call.ends).toHaveLength(0);
    expect(both.map((each) => each.calls[0]?.recorded.log.join())).toEqual([
      'confirmed',
      'confirmed,ended remote bye',
    ]);
  });
});

describe('stop', () => {
  it('ends calls on both sides and leaves no timer', async () => {
    const { engine, phone, inbound, call } = await pair();
    phone.invite(toEngine(), call.delegate);
    await clock.advance(100);
    const stopped = engine.stop();
    await clock.advance(1600);
    await stopped;
    expect(inbound.calls[0]?.recorded.log.at(-1)).toBe('ended local bye');
    expect(call.log.at(-1)).toBe('ended remote bye');
    const other = phone.stop();
    await clock.advance(1600);
    await other;
    expect(clock.pending).toBe(0);
  });
});
