/**
 * Each timer of RFC 3261 17 and RFC 6026 by itself: what is lost, when it is sent again, when it is given up.
 * Fake clock, a flow that only writes down what it was given.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_BODY, Headers, type SipRequest, type SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parser.ts';
import { responseTo } from '../message/response-to.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import type { TransportLayer } from '../transport/transport-layer.ts';
import type { Flow } from '../transport/transport.ts';
import type { ClientTransaction } from './client-transaction.ts';
import type { ServerTransaction } from './server-transaction.ts';
import { createTransactionLayer, type TransactionLayer } from './transaction-layer.ts';

interface Sent {
  atMs: number;
  text: string;
}

let clock: FakeClock;
let sent: Sent[];
let layer: TransactionLayer;
let served: ServerTransaction[];
let acks: SipRequest[];

function flow(isReliable: boolean): Flow {
  return {
    transport: isReliable ? 'tcp' : 'udp',
    isReliable,
    remoteAddress: '10.0.0.2',
    remotePort: 5060,
    isOpen: () => true,
    send: (bytes) => void sent.push({ atMs: clock.nowMs(), text: bytes.toString('latin1') }),
    close() {},
  };
}

beforeEach(() => {
  clock = createFakeClock();
  sent = [];
  served = [];
  acks = [];
  const transport: TransportLayer = {
    start: () => Promise.resolve({ udp: 5060, tcp: 5060, tls: null, ws: null }),
    stop: () => Promise.resolve(),
    flowTo: () => flow(false),
    knownFlow: () => flow(false),
    responseFlow: (_via, by) => by,
    port: () => 5060,
    counters: { received: 0, malformed: 0 },
  };
  layer = createTransactionLayer({
    clock,
    transport,
    localAddress: () => '10.0.0.1',
    user: {
      onRequest: (transaction) => void served.push(transaction),
      onAck: (ack) => void acks.push(ack),
    },
  });
});

const timesOf = (start: string): number[] =>
  sent.filter((each) => each.text.startsWith(start)).map((each) => each.atMs);

interface Outcome {
  statuses: number[];
  timeouts: number;
}

function ask(method: string, isReliable: boolean): { transaction: ClientTransaction; outcome: Outcome } {
  const outcome: Outcome = { statuses: [], timeouts: 0 };
  const headers = new Headers()
    .add('From', '<sip:a@10.0.0.1>;tag=a')
    .add('To', '<sip:b@10.0.0.2>')
    .add('Call-ID', 'call')
    .add('CSeq', `1 ${method}`);
  const transaction = layer.request(
    { method, uri: 'sip:b@10.0.0.2', headers, body: EMPTY_BODY },
    flow(isReliable),
    {
      onResponse: (response) => void outcome.statuses.push(response.status),
      onTimeout: () => void outcome.timeouts++,
      onTransportError() {},
    },
  );
  return { transaction, outcome };
}

function answer(transaction: ClientTransaction, status: number): void {
  const { headers, method } = transaction.request;
  const text = [
    `SIP/2.0 ${status} Whatever`,
    `Via: ${headers.get('Via')}`,
    'From: <sip:a@10.0.0.1>;tag=a',
    'To: <sip:b@10.0.0.2>;tag=b',
    'Call-ID: call',
    `CSeq: 1 ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  layer.onResponse(parsed(text) as SipResponse);
}

function parsed(text: string): SipRequest | SipResponse {
  const result = parseMessage(Buffer.from(text, 'latin1'), false);
  if (!result.ok) throw new Error(result.detail);
  return result.message;
}

function arrive(method: string, isReliable: boolean, branch = 'z9hG4bKone'): void {
  const text = [
    `${method} sip:b@10.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/${isReliable ? 'TCP' : 'UDP'} 10.0.0.2:5060;branch=${branch}`,
    'From: <sip:a@10.0.0.2>;tag=a',
    'To: <sip:b@10.0.0.1>',
    'Call-ID: call',
    `CSeq: 1 ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  layer.onRequest(parsed(text) as SipRequest, flow(isReliable));
}

function reply(status: number): void {
  const transaction = served[0];
  if (transaction === undefined) throw new Error('nothing was served');
  transaction.respond(responseTo(transaction.request, status, 'tag'));
}

describe('INVITE client transaction', () => {
  it('A: sends the INVITE again at T1, doubling, while all is lost', async () => {
    ask('INVITE', false);
    await clock.advance(20_000);
    expect(timesOf('INVITE')).toEqual([0, 500, 1500, 3500, 7500, 15_500]);
  });

  it('A: is silent on a reliable flow', async () => {
    ask('INVITE', true);
    await clock.advance(20_000);
    expect(timesOf('INVITE')).toEqual([0]);
  });

  it('A: stops at the first provisional response', async () => {
    const { transaction } = ask('INVITE', false);
    await clock.advance(600);
    answer(transaction, 100);
    await clock.advance(60_000);
    expect(timesOf('INVITE')).toEqual([0, 500]);
  });

  for (const isReliable of [false, true]) {
    it(`B: gives up after 64*T1 (${isReliable ? 'reliable' : 'unreliable'})`, async () => {
      const { outcome } = ask('INVITE', isReliable);
      await clock.advance(31_999);
      expect(outcome.timeouts).toBe(0);
      await clock.advance(1);
      expect(outcome.timeouts).toBe(1);
      expect(layer.counters.clientTransactions).toBe(0);
      expect(clock.pending).toBe(0);
    });
  }

  it('B: does not run once a provisional response came', async () => {
    const { transaction, outcome } = ask('INVITE', false);
    answer(transaction, 180);
    await clock.advance(100_000);
    expect(outcome).toEqual({ statuses: [180], timeouts: 0 });
  });

  it('D: acknowledges repeats of a refusal for 32 s and passes it up once', async () => {
    const { transaction, outcome } = ask('INVITE', false);
    answer(transaction, 486);
    await clock.advance(31_000);
    answer(transaction, 486);
    expect(timesOf('ACK')).toEqual([0, 31_000]);
    await clock.advance(1000);
    answer(transaction, 486);
    expect(timesOf('ACK')).toHaveLength(2);
    expect(outcome.statuses).toEqual([486]);
    expect(layer.counters.clientTransactions).toBe(0);
  });

  it('D: is zero on a reliable flow', () => {
    const { transaction } = ask('INVITE', true);
    answer(transaction, 486);
    expect(timesOf('ACK')).toEqual([0]);
    expect(layer.counters.clientTransactions).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('M: passes every 2xx up for 64*T1, on reliable flows too', async () => {
    const { transaction, outcome } = ask('INVITE', true);
    answer(transaction, 200);
    await clock.advance(31_999);
    answer(transaction, 200);
    expect(outcome.statuses).toEqual([200, 200]);
    await clock.advance(1);
    answer(transaction, 200);
    expect(outcome.statuses).toEqual([200, 200]);
    expect(layer.counters.clientTransactions).toBe(0);
  });

  it('M: a refusal behind a 2xx is nothing', () => {
    const { transaction, outcome } = ask('INVITE', false);
    answer(transaction, 200);
    answer(transaction, 486);
    expect(outcome.statuses).toEqual([200]);
    expect(timesOf('ACK')).toEqual([]);
  });
});

describe('other client transactions', () => {
  it('E: sends again at T1, doubling to T2', async () => {
    ask('BYE', false);
    await clock.advance(20_000);
    expect(timesOf('BYE')).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500]);
  });

  it('E: is T2 once a provisional response came', async () => {
    const { transaction } = ask('BYE', false);
    await clock.advance(100);
    answer(transaction, 100);
    await clock.advance(9900);
    expect(timesOf('BYE')).toEqual([0, 500, 4500, 8500]);
  });

  it('E: is silent on a reliable flow', async () => {
    ask('BYE', true);
    await clock.advance(20_000);
    expect(timesOf('BYE')).toEqual([0]);
  });

  for (const isReliable of [false, true]) {
    it(`F: gives up after 64*T1, provisional or not (${isReliable ? 'reliable' : 'unreliable'})`, async () => {
      const { transaction, outcome } = ask('BYE', isReliable);
      answer(transaction, 100);
      await clock.advance(32_000);
      expect(outcome).toEqual({ statuses: [100], timeouts: 1 });
      expect(clock.pending).toBe(0);
    });
  }

  it('K: absorbs repeats of the response for T4', async () => {
    const { transaction, outcome } = ask('BYE', false);
    answer(transaction, 200);
    await clock.advance(4999);
    answer(transaction, 200);
    expect(layer.counters.clientTransactions).toBe(1);
    await clock.advance(1);
    expect(layer.counters.clientTransactions).toBe(0);
    expect(outcome.statuses).toEqual([200]);
  });

  it('K: is zero on a reliable flow', () => {
    const { transaction } = ask('BYE', true);
    answer(transaction, 200);
    expect(layer.counters.clientTransactions).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

describe('INVITE server transaction', () => {
  it('answers repeats with the last provisional response', () => {
    arrive('INVITE', false);
    reply(180);
    arrive('INVITE', false);
    expect(timesOf('SIP/2.0 180')).toHaveLength(2);
    expect(served).toHaveLength(1);
  });

  it('G: repeats a refusal at T1, doubling to T2, until its ACK', async () => {
    arrive('INVITE', false);
    reply(486);
    await clock.advance(16_000);
    expect(timesOf('SIP/2.0 486')).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500]);
    arrive('ACK', false);
    await clock.advance(60_000);
    expect(timesOf('SIP/2.0 486')).toHaveLength(7);
    expect(acks).toHaveLength(0);
  });

  it('G: is silent on a reliable flow', async () => {
    arrive('INVITE', true);
    reply(486);
    await clock.advance(16_000);
    expect(timesOf('SIP/2.0 486')).toEqual([0]);
  });

  for (const isReliable of [false, true]) {
    it(`H: gives up after 64*T1 without ACK (${isReliable ? 'reliable' : 'unreliable'})`, async () => {
      let failures = 0;
      arrive('INVITE', isReliable);
      const transaction = served[0];
      if (transaction !== undefined) transaction.onFailure = () => void failures++;
      reply(486);
      await clock.advance(31_999);
      expect(failures).toBe(0);
      await clock.advance(1);
      expect(failures).toBe(1);
      expect(layer.counters.serverTransactions).toBe(0);
      expect(clock.pending).toBe(0);
    });
  }

  it('I: absorbs repeats of the ACK for T4', async () => {
    arrive('INVITE', false);
    reply(486);
    arrive('ACK', false);
    await clock.advance(4999);
    arrive('ACK', false);
    expect(layer.counters.serverTransactions).toBe(1);
    await clock.advance(1);
    expect(layer.counters.serverTransactions).toBe(0);
    expect(acks).toHaveLength(0);
  });

  it('I: is zero on a reliable flow', () => {
    arrive('INVITE', true);
    reply(486);
    arrive('ACK', true);
    expect(layer.counters.serverTransactions).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('L: absorbs repeats of an accepted INVITE for 64*T1', async () => {
    arrive('INVITE', false);
    reply(200);
    await clock.advance(31_999);
    arrive('INVITE', false);
    // The 2xx is repeated by the core, not by the transaction.
    expect(timesOf('SIP/2.0 200')).toEqual([0]);
    expect(served).toHaveLength(1);
    await clock.advance(1);
    expect(layer.counters.serverTransactions).toBe(0);
    arrive('INVITE', false);
    expect(served).toHaveLength(2);
  });

  it('L: hands an ACK of the same branch to the core', () => {
    arrive('INVITE', false);
    reply(200);
    arrive('ACK', false);
    expect(acks).toHaveLength(1);
  });
});

describe('other server transactions', () => {
  it('J: answers repeats with the same response for 64*T1', async () => {
    arrive('OPTIONS', false);
    reply(200);
    await clock.advance(31_999);
    arrive('OPTIONS', false);
    expect(timesOf('SIP/2.0 200')).toEqual([0, 31_999]);
    expect(served).toHaveLength(1);
    await clock.advance(1);
    expect(layer.counters.serverTransactions).toBe(0);
  });

  it('is forgotten when nobody answers it for 64*T1', async () => {
    arrive('MESSAGE', false);
    await clock.advance(32_000);
    expect(layer.counters.serverTransactions).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('J: is zero on a reliable flow', () => {
    arrive('OPTIONS', true);
    reply(200);
    expect(layer.counters.serverTransactions).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

describe('matching', () => {
  it('tells the same request by another way from its repeat', () => {
    arrive('OPTIONS', false);
    arrive('OPTIONS', false, 'z9hG4bKtwo');
    expect(served).toHaveLength(2);
    expect(served.map((each) => layer.isMerged(each))).toEqual([false, true]);
  });

  it('takes a branch without the cookie by the rules of RFC 2543', () => {
    arrive('INVITE', false, 'old');
    reply(486);
    arrive('INVITE', false, 'old');
    arrive('ACK', false, 'old');
    expect(served).toHaveLength(1);
    expect(acks).toHaveLength(0);
  });
});
