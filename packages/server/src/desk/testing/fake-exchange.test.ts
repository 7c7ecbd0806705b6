import type { ExchangeConfig, ExchangeFact } from '../ports/exchange.ts';
import { exchangeConformance } from './exchange-conformance.ts';
import { FakeExchange } from './fake-exchange.ts';

const config: ExchangeConfig = {
  stationName: 'Radio',
  lines: [{ id: 'studio', number: null, trust: [], accounts: [], register: null, gateway: null }],
  phones: [],
  host: null,
  hold: { kind: 'program' },
  outputs: [],
  rtpTimeoutMs: 10_000,
  dialTimeoutMs: 45_000,
  dumpMs: 3_000,
};

exchangeConformance('of the fakes', async () => {
  const exchange = new FakeExchange();
  const facts: ExchangeFact[] = [];
  await exchange.start(config, (fact) => facts.push(fact));
  const dialled = () => [...exchange.calls.values()].find(({ direction }) => direction === 'out');
  return {
    exchange,
    facts,
    lineId: 'studio',
    absentUserId: 'nobody',
    callIn: (number) => {
      const call = exchange.callIn({ kind: 'line', lineId: 'studio' }, number);
      return { answer: () => undefined, hangUp: () => exchange.end(call) };
    },
    answeringNumber: '+2209',
    farEnd: () => {
      const { call = '' } = dialled() ?? {};
      return { answer: () => exchange.pickUp(call), hangUp: () => exchange.end(call) };
    },
    until: async (condition) => {
      await exchange.settle();
      if (condition()) return;
      // The far end that was dialled rings as soon as it can.
      exchange.ring(dialled()?.call ?? '');
      // And what is played in ivr has an end.
      for (const call of exchange.calls.keys()) exchange.hearPrompt(call);
      await exchange.settle();
      if (!condition()) throw new Error('the fake exchange has come to rest without it');
    },
    restart: async () => {
      await exchange.stop();
      await exchange.start(config, (fact) => facts.push(fact));
      await exchange.settle();
      const up = facts.findLast((fact) => fact.type === 'up');
      if (!up) throw new Error('it did not come up');
      return up.snapshot;
    },
    close: () => exchange.stop(),
  };
});
