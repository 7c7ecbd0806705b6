/**
 * `openline demo`: a station of its own on loopback, with ready-made users and simulated listeners who ring, wait, talk,
 * hang up and write over real SIP and RTP.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isPortFree } from './free-port.ts';
import { runStation } from './launcher.ts';
import { SupervisedProcess } from './supervised-process.ts';

const CALLERS = fileURLToPath(import.meta.resolve('@openline/callers').replace(/index\.ts$/, 'main.ts'));
const ENGINE_DEADLINE_MS = 20_000;

interface DemoSettings {
  users: { id: string; name: string; role: string; password: string }[];
}

export async function runDemo(): Promise<number> {
  const dataFolder = resolve(process.env['OPENLINE_DATA'] || './data-demo');
  const { path, settings } = demoSettings(dataFolder);
  const isSipFree =
    (await isPortFree('udp', 5060, '127.0.0.1')) && (await isPortFree('tcp', 5060, '127.0.0.1'));
  const env = {
    OPENLINE_DATA: dataFolder,
    OPENLINE_SETTINGS: path,
    OPENLINE_HOST: process.env['OPENLINE_HOST'] || '127.0.0.1',
    OPENLINE_SIP_HOST: process.env['OPENLINE_SIP_HOST'] || '127.0.0.1',
    OPENLINE_HTTP_PORT:
      process.env['OPENLINE_HTTP_PORT'] || ((await isPortFree('tcp', 8080, '127.0.0.1')) ? '8080' : '0'),
    OPENLINE_SIP_PORT: process.env['OPENLINE_SIP_PORT'] || (isSipFree ? '5060' : '0'),
    OPENLINE_LOG: process.env['OPENLINE_LOG'] || 'warn',
  };
  let callers: SupervisedProcess | null = null;
  const exitCode = await runStation({
    env,
    onFirstReady: (address) => {
      for (const line of welcome(address, settings)) console.log(line);
      void startCallers(address, dataFolder).then((started) => (callers = started));
    },
    beforeEnd: () => callers?.stop(),
  });
  return exitCode;
}

/** What a person reads who has never seen it: one link is enough. */
function welcome(address: string, { users }: DemoSettings): string[] {
  const [producer, ...others] = users;
  if (!producer) return [];
  return [
    '',
    `To run the show as ${producer.name}, the ${producer.role}, open this (on this machine):`,
    `  ${address}/#sign-in=${producer.name}:${producer.password}`,
    '',
    `Anywhere else sign in by name: ${producer.name}, password ${producer.password}`,
    ...others.map(({ name, role, password }) => `  or ${name}, the ${role}, password ${password}`),
    '',
  ];
}

/** The settings of the demo: made at its first start, kept, so that its passwords stay the same. */
function demoSettings(dataFolder: string): { path: string; settings: DemoSettings } {
  const path = join(dataFolder, 'demo-settings.json');
  if (existsSync(path)) return { path, settings: JSON.parse(readFileSync(path, 'utf8')) };
  const secret = (): string => randomBytes(9).toString('base64url');
  const password = secret();
  const settings = {
    station: { name: 'Radio Baobab', country: 'GM', languages: ['en'] },
    users: [
      { id: 'anna', name: 'Anna', role: 'producer', password },
      { id: 'ben', name: 'Ben', role: 'screener', password },
      { id: 'admin', name: 'Admin', role: 'administrator', password },
    ],
    lines: [
      {
        id: 'studio',
        label: 'Studio line',
        number: '+2207000001',
        capacity: 6,
        trust: ['127.0.0.0/8', '::1/128'],
        sms: true,
        accounts: [{ username: 'network', password: secret() }],
      },
    ],
    // Whoever is called back answers: the simulated network connects every number.
    dial: { allow: ['.*'] },
    phones: [
      { user: 'anna', username: 'anna', password: secret() },
      { user: 'ben', username: 'ben', password: secret() },
    ],
    host: { type: 'phone', username: 'desk', password: secret() },
  };
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  return { path, settings };
}

/** The simulated listeners, once the engine takes calls. */
async function startCallers(address: string, dataFolder: string): Promise<SupervisedProcess | null> {
  const sipPort = await sipPortOf(address);
  if (sipPort === 0) {
    console.error('The engine did not come up, so nobody calls.');
    return null;
  }
  const callers = new SupervisedProcess({
    name: 'simulated callers',
    entry: CALLERS,
    env: {
      OPENLINE_CALL: `sip:studio@127.0.0.1:${sipPort}`,
      OPENLINE_SETTINGS: join(dataFolder, 'demo-settings.json'),
    },
    onReady: () => undefined,
    onRefused: () => undefined,
    log: (line) => console.error(line),
  });
  callers.start();
  console.log('Simulated listeners are calling in. Ctrl+C ends the demo.');
  return callers;
}

async function sipPortOf(address: string): Promise<number> {
  const deadline = Date.now() + ENGINE_DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`${address}/health`).catch(() => null);
    const health: unknown = await answer?.json().catch(() => null);
    if (
      typeof health === 'object' &&
      health !== null &&
      'sip_port' in health &&
      Number(health.sip_port) > 0
    ) {
      return Number(health.sip_port);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  return 0;
}
