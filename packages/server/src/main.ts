/**
 * The server process: the composition root, and the only file that constructs adapters. Started and supervised by the
 * launcher (packages/openline); it may be killed at any moment without a call or an acknowledged row being lost.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { SetUp } from './accounts/set-up.ts';
import { SignIn } from './accounts/sign-in.ts';
import { audioFolder, databasePath, readConfig, type Config } from './config.ts';
import { openDesk } from './desk/desk.ts';
import { EmbeddedExchange } from './exchange/embedded/embedded-exchange.ts';
import { createPhoneNumbers } from './numbers/phone-numbers.ts';
import { toDeskConfig } from './settings/desk-config.ts';
import { toExchangeConfig } from './settings/exchange-config.ts';
import { readSettingsFile } from './settings/settings-file.ts';
import { StationSettings } from './settings/station-settings.ts';
import { createAuditLog } from './storage/audit-log.ts';
import { changesElsewhere, isDatabaseWell, openDatabase } from './storage/database.ts';
import { createDeskStore } from './storage/desk-store.ts';
import { sweepRecordings } from './storage/recording-sweep.ts';
import { createSessionStore } from './storage/session-store.ts';
import { createSettingsStore } from './storage/settings-store.ts';
import { createHttpServer } from './web/http-server.ts';
import { createMetrics } from './web/metrics.ts';
import { SocketServer } from './web/websocket/socket-server.ts';

/** sysexits.h EX_CONFIG: the launcher does not start us again. */
const EXIT_CONFIG = 78;
/** A server whose launcher was killed may hold the port a moment longer. */
const FORMER_GONE_MS = 5_000;
/** How soon the command line's changes are seen. */
const LOOK_EVERY_MS = 1_000;
/** Recordings of an engine that died are quiet by then. */
const SWEEP_AFTER_UP_MS = 10_000;
/** Too many to be worth a line each in the audit log: faders and questions. */
const NOT_AUDITED = /Volume$|^(?:ping|noop|subscribe|calls:fetch)$/;

const startedAt = Date.now();
const now = (): number => Date.now();
const version = readVersion();

// What is stored and set
const config = orStop(readConfig(process.env), (result) => result.config);
const log = pino({ level: config.logLevel, base: { part: 'server' } }, pino.destination(2));
const database = orStop(openDatabase(databasePath(config.dataFolder)), (result) => result.database);
const file = orStop(readSettingsFile(config.settingsFile), (result) => result.document);
const settings = orStop(
  await StationSettings.load(createSettingsStore(database, now), file),
  (result) => result.settings,
);
const store = createDeskStore(database);
const audit = createAuditLog(database, (problem) => log.error({ err: problem }, 'nothing can be audited'));
sweep();

// The desk between the exchange and the clients
const signIn = new SignIn({ settings, sessions: createSessionStore(database), now });
const exchange = new EmbeddedExchange({ dataFolder: config.dataFolder, log });
const sockets = new SocketServer({
  signIn,
  desk: () => desk,
  version,
  now,
  log,
  onDone: (user, { event, key, value }) => {
    if (NOT_AUDITED.test(event)) return;
    audit.record({ at: now(), userId: user.id, address: null, action: event, details: { key, value } });
  },
  onMetersWanted: (areWanted) =>
    exchange.watchMeters(
      areWanted ? (meters) => sockets.sendMeters({ event: 'meters', data: desk.meters(meters) }) : null,
    ),
});
const desk = openDesk(
  {
    exchange,
    store,
    broadcaster: sockets,
    clock: { now },
    ids: { next: randomUUID },
    numbers: createPhoneNumbers(() => settings.current.station.country),
    onProblem: (problem) => log.error({ err: problem }, 'the desk could not keep something'),
  },
  toDeskConfig(settings.current),
);
settings.onChange((changed) => {
  desk.configure(toDeskConfig(changed));
  void exchange.configure(toExchangeConfig(changed, config.dataFolder));
  sockets.closeOutdated();
});

// HTTP
const setUp = new SetUp(settings);
let httpPort = config.httpPort;
const app = await createHttpServer({
  log,
  signIn,
  setUp,
  settings,
  audit,
  now,
  audioFolder: audioFolder(config.dataFolder),
  metrics: createMetrics({ isEngineUp: () => exchange.identity !== null, clients: () => sockets.size }),
  health: () => ({
    status: exchange.identity ? 'ok' : 'degraded',
    version,
    http_port: httpPort,
    sip_port: exchange.identity?.sipPort ?? 0,
    engine: exchange.identity ? 'up' : 'down',
    database: isDatabaseWell(database) ? 'ok' : 'failed',
    uptime_s: Math.round((now() - startedAt) / 1000),
  }),
});
sockets.attach(app.server);

// The exchange before the port: who is let in finds the desk as it is.
await exchange.start(toExchangeConfig(settings.current, config.dataFolder), (fact) => {
  desk.onFact(fact);
  if (fact.type === 'up') setTimeout(sweep, SWEEP_AFTER_UP_MS).unref();
});
await listen(config);
const hasChanged = changesElsewhere(database);
const look = setInterval(() => {
  if (!hasChanged()) return;
  void settings
    .reload()
    .then(
      (result) => result.ok || log.warn({ problems: result.problems }, 'changed settings not taken over'),
    );
}, LOOK_EVERY_MS);

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  clearInterval(look);
  sockets.stop();
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
log.info({ httpPort }, 'the server is ready');
process.send?.({ type: 'ready', address, setUpLink, keep: { OPENLINE_HTTP_PORT: String(httpPort) } });

async function listen({ httpHost, httpPort: wanted }: Config): Promise<void> {
  if (!(await isPortFree(httpHost, wanted))) {
    log.warn('waiting for the HTTP port to become free');
    const deadline = now() + FORMER_GONE_MS;
    while (now() < deadline && !(await isPortFree(httpHost, wanted))) await pause(50);
  }
  try {
    await app.listen({ host: httpHost, port: wanted });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const isPort = code === 'EADDRINUSE' || code === 'EACCES';
    stop([
      isPort
        ? `OPENLINE_HTTP_PORT ${wanted} on ${httpHost} cannot be taken (${code}): allowed is a free port, 0 for any`
        : `OPENLINE_HOST is "${httpHost}", which cannot be used (${code}): allowed is an address of this machine`,
    ]);
  }
  const bound = app.server.address();
  if (typeof bound === 'object' && bound !== null) httpPort = bound.port;
}

function isPortFree(host: string, port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', (error) => resolve(!('code' in error && error.code === 'EADDRINUSE')));
    probe.listen({ host, port }, () => probe.close(() => resolve(true)));
  });
}

function sweep(): void {
  const found = sweepRecordings({ store, audioFolder: audioFolder(config.dataFolder), now: now() });
  const isWell = found.adopted.length + found.missing.length + found.measured.length === 0;
  if (!isWell) log.warn(found, 'recordings and history were brought back together');
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

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function readVersion(): string {
  const { version: own } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `v${own}`;
}
