import { createPhone, tone, type PhoneCall } from '@openline/callers';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import type { ExchangeConfig, ExchangeFact } from '../../desk/ports/exchange.ts';
import { exchangeConformance, type ExchangeRig } from '../../desk/testing/exchange-conformance.ts';
import { EmbeddedExchange } from './embedded-exchange.ts';

const ENGINE = fileURLToPath(import.meta.resolve('@openline/engine').replace(/index\.ts$/, 'main.ts'));
const PATIENCE = { timeout: 30_000, interval: 10 };

/** A real engine in a process of its own, a real telephone that calls in and can be called. */
async function open(): Promise<ExchangeRig> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'openline-exchange-'));
  const engine = fork(ENGINE, [], {
    env: {
      ...process.env,
      OPENLINE_DATA: dataFolder,
      OPENLINE_SIP_HOST: '127.0.0.1',
      OPENLINE_SIP_PORT: '0',
      OPENLINE_RTP_PORTS: '0-0',
      OPENLINE_LOG: 'fatal',
    },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  await new Promise((resolve) => engine.once('message', resolve));

  let rung: PhoneCall | null = null;
  const phone = await createPhone({
    source: tone(440),
    onCall: (call) => {
      rung = call;
      call.ring();
    },
  });
  const config: ExchangeConfig = {
    stationName: 'Radio',
    lines: [
      {
        id: 'studio',
        number: null,
        trust: ['127.0.0.1/32'],
        accounts: [],
        register: null,
        gateway: `sip:127.0.0.1:${phone.sipPort}`,
      },
    ],
    phones: [{ userId: 'anna', username: 'anna', password: 'secret' }],
    host: null,
    hold: { kind: 'program' },
    outputs: [],
    rtpTimeoutMs: 10_000,
    dialTimeoutMs: 20_000,
    dumpMs: 3_000,
  };
  const facts: ExchangeFact[] = [];
  const ups = () => facts.filter((fact) => fact.type === 'up');
  const exchange = new EmbeddedExchange({
    dataFolder,
    log: { info: () => undefined, warn: () => undefined },
  });
  const start = () => exchange.start(config, (fact) => facts.push(fact));
  await start();

  return {
    exchange,
    facts,
    lineId: 'studio',
    absentUserId: 'anna',
    callIn(number) {
      const address = `sip:studio@127.0.0.1:${exchange.identity?.sipPort ?? 0}`;
      const calling = phone.call(address, { from: number, source: tone(440) });
      return { answer: () => undefined, hangUp: () => void calling.then((call) => call.hangUp()) };
    },
    answeringNumber: '+2209000001',
    farEnd: () => rung && { answer: () => void rung?.answer(), hangUp: () => rung?.hangUp() },
    async until(condition) {
      await vi.waitUntil(condition, PATIENCE);
    },
    async restart() {
      const before = ups().length;
      await exchange.stop();
      await start();
      await vi.waitUntil(() => ups().length > before, PATIENCE);
      const up = ups().at(-1);
      if (!up) throw new Error('it did not come up');
      return up.snapshot;
    },
    async close() {
      await exchange.stop();
      await phone.close();
      const gone = new Promise((resolve) => engine.once('exit', resolve));
      engine.kill('SIGTERM');
      await gone;
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

exchangeConformance('of our own engine', open);
