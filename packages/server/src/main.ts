/**
 * The server process: the composition root, and the only file that constructs adapters. Started and supervised by the
 * launcher (packages/openline); it may be killed at any moment without a call or an acknowledged row being lost.
 */
import { readFileSync } from 'node:fs';
import pino from 'pino';
import { audioFolder, databasePath, readConfig, type Config } from './config.ts';
import { EmbeddedExchange } from './exchange/embedded/embedded-exchange.ts';
import { toExchangeConfig } from './settings/exchange-config.ts';
import { readSettingsFile } from './settings/settings-file.ts';
import { StationSettings } from './settings/station-settings.ts';
import { createAuditLog } from './storage/audit-log.ts';
import { openDatabase } from './storage/database.ts';
import { createSessionStore } from './storage/session-store.ts';
import { createSettingsStore } from './storage/settings-store.ts';
import { createHttpServer } from './web/http-server.ts';
import { createMetrics } from './web/metrics.ts';
import { SetUp } from './accounts/set-up.ts';
import { SignIn } from './accounts/sign-in.ts';

/** sysexits.h EX_CONFIG: the launcher does not start us again. */
const EXIT_CONFIG = 78;

const startedAt = Date.now();
const now = (): number => Date.now();
const version = readVersion();
const config = orStop(readConfig(process.env), (result) => result.config);
const log = pino({ level: config.logLevel, base: { part: 'server' } }, pino.destination(2));
const database = orStop(openDatabase(databasePath(config.dataFolder)), (result) => result.database);
const file = orStop(readSettingsFile(config.settingsFile), (result) => result.document);
const settings = orStop(
  await StationSettings.load(createSettingsStore(database, now), file),
  (result) => result.settings,
);

const exchange = new EmbeddedExchange({ dataFolder: config.dataFolder, log });
const signIn = new SignIn({ settings, sessions: createSessionStore(database), now });
const setUp = new SetUp(settings);
const audit = createAuditLog(database);
let httpPort = config.httpPort;

const app = await createHttpServer({
  log,
  signIn,
  setUp,
  settings,
  audit,
  now,
  audioFolder: audioFolder(config.dataFolder),
  metrics: createMetrics({ isEngineUp: () => exchange.identity !== null, clients: () => 0 }),
  health: () => ({
    status: exchange.identity ? 'ok' : 'degraded',
    version,
    http_port: httpPort,
    sip_port: exchange.identity?.sipPort ?? 0,
    engine: exchange.identity ? 'up' : 'down',
    database: isDatabaseWell() ? 'ok' : 'failed',
    uptime_s: Math.round((now() - startedAt) / 1000),
  }),
});

await listen(config);
await exchange.start(toExchangeConfig(settings.current, config.dataFolder), () => undefined);
settings.onChange((changed) => void exchange.configure(toExchangeConfig(changed, config.dataFolder)));

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await app.close();
  await exchange.stop();
  database.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
// The launcher is gone: nobody would start us again, so we do not stay behind alone.
process.on('disconnect', () => void end());

const address = `http://${isEverywhere(config.httpHost) ? 'localhost' : config.httpHost}:${httpPort}`;
const setUpLink = setUp.token === null ? null : `${address}/setup?token=${setUp.token}`;
process.send?.({ type: 'ready', address, setUpLink, keep: { OPENLINE_HTTP_PORT: String(httpPort) } });

/** Takes the port; the one that is taken is not fatal later on, when we come back after a crash. */
async function listen({ httpHost, httpPort: wanted }: Config): Promise<void> {
  try {
    await app.listen({ host: httpHost, port: wanted });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    stop([
      `OPENLINE_HTTP_PORT ${wanted} on ${httpHost} cannot be taken (${code}): allowed is a free port, 0 for any`,
    ]);
  }
  const bound = app.server.address();
  if (typeof bound === 'object' && bound !== null) httpPort = bound.port;
}

function orStop<Result extends { ok: boolean }, Value>(
  result: Result,
  take: (result: Extract<Result, { ok: true }>) => Value,
): Value {
  if (result.ok) return take(result as Extract<Result, { ok: true }>);
  if ('problems' in result && Array.isArray(result.problems)) return stop(result.problems);
  return stop(['problem' in result ? String(result.problem) : 'The server cannot start.']);
}

function stop(problems: readonly unknown[]): never {
  for (const problem of problems) console.error(String(problem));
  process.exit(EXIT_CONFIG);
}

function isDatabaseWell(): boolean {
  try {
    return database.prepare('SELECT 1').get() !== undefined;
  } catch {
    return false;
  }
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function readVersion(): string {
  const { version: own } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `v${own}`;
}
