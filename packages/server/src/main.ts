/**
 * The server process: the composition root, and the only file that constructs adapters. Started and supervised by the
 * launcher (packages/openline); it may be killed at any moment without a call or an acknowledged row being lost.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { auditDetails } from './accounts/audit-details.ts';
import { SetUp } from './accounts/set-up.ts';
import { SignIn } from './accounts/sign-in.ts';
import { audioFolder, databasePath, promptsFolder, readConfig, type Config } from './config.ts';
import { openDesk } from './desk/desk.ts';
import { createBucketRecords } from './desk/records/buckets.ts';
import { createCallRecords } from './desk/records/calls.ts';
import { Messages } from './desk/records/messages.ts';
import { createPromptRecords } from './desk/records/prompts.ts';
import { createErasure } from './desk/records/erasure.ts';
import { createQuestionRecords } from './desk/records/questions.ts';
import { createContactRecords } from './desk/records/contacts.ts';
import { openRecords } from './desk/records/records.ts';
import { agingCalls, createRetention } from './desk/records/retention.ts';
import { EmbeddedExchange, programSocketOf } from './exchange/embedded/embedded-exchange.ts';
import { createNumberPlan } from './numbers/number-plan.ts';
import { convertPrompt } from './exchange/embedded/prompt-conversion.ts';
import { toDeskConfig } from './settings/desk-config.ts';
import { toExchangeConfig } from './settings/exchange-config.ts';
import { readSettingsFile } from './settings/settings-file.ts';
import { toTextsConfig } from './settings/texts-config.ts';
import { StationSettings } from './settings/station-settings.ts';
import { createAuditLog } from './storage/audit-log.ts';
import { changesElsewhere, isDatabaseWell, openDatabase } from './storage/database.ts';
import { createAudioFiles } from './storage/audio-files.ts';
import { createMessageStore } from './storage/message-store.ts';
import { createGreetings } from './storage/greetings.ts';
import { openPromptFiles } from './storage/prompt-files.ts';
import { sweepRecordings } from './storage/recording-sweep.ts';
import { createSessionStore } from './storage/session-store.ts';
import { createSettingsStore } from './storage/settings-store.ts';
import { openStores } from './storage/stores.ts';
import { readWavPeaks } from './storage/wav-peaks.ts';
import { createHttpServer } from './web/http-server.ts';
import type { TestCallOutcome } from './web/test-call-routes.ts';
import { certificateFiles, HttpsListener } from './web/https-listener.ts';
import { createMetrics } from './web/metrics.ts';
import { createTextGateways } from './sms/text-gateways.ts';
import { createTimedWakeUp } from './sms/timed-wake-up.ts';
import { SocketServer } from './web/websocket/socket-server.ts';

/** sysexits.h EX_CONFIG: the launcher does not start us again. */
const EXIT_CONFIG = 78;
/** A server whose launcher was killed may hold the port a moment longer. */
const FORMER_GONE_MS = 5_000;
/** How soon the command line's changes are seen. */
const LOOK_EVERY_MS = 1_000;
/** Recordings of an engine that died are quiet by then. */
const SWEEP_AFTER_UP_MS = 10_000;
const RETENTION_EVERY_MS = 24 * 3_600_000;
/** How often the indices of what is stored are looked after, and how long a step of that lets others go first. */
const TEND_EVERY_MS = 5_000;
const BETWEEN_STEPS_MS = 10;

/** What still has not come to its end by then is left as it is: nothing may stay behind. */
const END_WITHIN_MS = 5_000;

// The launcher is gone: nobody would start us again, so we do not stay behind alone. From the first line on: a launcher
// that is killed while we start says so only once.
let onLauncherGone: () => void = () => process.exit(0);
process.on('disconnect', () => onLauncherGone());
if (process.send !== undefined && !process.connected) process.exit(0);

const startedAt = Date.now();
let isEnding = false;
let settingsChangedAt: number | null = null;
let lastTidyUp: Promise<void> = Promise.resolve();
let isTending = false;
const now = (): number => Date.now();
const clock = { now };
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
const numbers = createNumberPlan(() => settings.current.station.country);
const messageStore = createMessageStore(database);
const stores = openStores(database, {
  numbers,
  audioFolder: audioFolder(config.dataFolder),
  onProblem: (problem) => log.error({ err: problem }, 'a recording could not be deleted'),
});
const promptFiles = openPromptFiles(promptsFolder(config.dataFolder));
const audit = createAuditLog(database, (problem) => log.error({ err: problem }, 'nothing can be audited'));

// The desk between the exchange and the clients
const signIn = new SignIn({ settings, sessions: createSessionStore(database), now });
const exchange = new EmbeddedExchange({
  dataFolder: config.dataFolder,
  log,
  sipHost: config.sipHost,
  promptFile: (id) => promptFiles.fileOf(id),
});
const sockets = new SocketServer({
  signIn,
  settings: () => settings.current,
  desk: () => ({
    act: desk.act.bind(desk),
    state: () => ({ ...desk.state(), ...buckets.state(), ...prompts.state() }),
  }),
  records: () => records,
  station: () => ({ name: settings.current.station.name, settings_changed: settingsChangedAt }),
  version,
  now,
  log,
  onDone: (user, action) => {
    const details = auditDetails(action);
    if (!details) return;
    audit.record({ at: now(), userId: user.id, address: null, action: action.event, details });
  },
  onMetersWanted: (areWanted) =>
    exchange.watchMeters(
      areWanted ? (meters) => sockets.sendMeters({ event: 'meters', data: desk.meters(meters) }) : null,
    ),
});
const greetings = createGreetings(database);
const buckets = createBucketRecords({
  store: stores.buckets,
  greetings,
  hasPrompt: (id) => promptFiles.fileOf(id) !== null,
  together: stores.together,
  broadcaster: sockets,
  clock,
  ids: { next: randomUUID },
});
const prompts = createPromptRecords({
  files: promptFiles,
  broadcaster: sockets,
  forget: (prompt) => buckets.forgetPrompt(prompt),
  // What was uploaded anew is another file.
  onChange: (prompt) => {
    if (settings.current.audio.hold_notice !== prompt) return;
    void exchange.configure(toExchangeConfig(settings.current, config.dataFolder));
  },
});
const desk = openDesk(
  {
    exchange,
    store: {
      ...stores.desk,
      saveContact: (contact, at) => {
        stores.desk.saveContact(contact, at);
        contacts.tellOf(contact.number);
      },
    },
    questions: stores.questions,
    audio: createAudioFiles(audioFolder(config.dataFolder)),
    currentBucket: () => {
      const id = buckets.current();
      return { id, greeting: buckets.greetingOf(id) };
    },
    broadcaster: sockets,
    clock,
    ids: { next: randomUUID },
    numbers,
    onProblem: (problem) => log.error({ err: problem }, 'the desk could not keep something'),
  },
  toDeskConfig(settings.current),
);

// What is stored
const calls = createCallRecords({
  history: stores.calls,
  broadcaster: sockets,
  clock,
  noteTags: desk.noteTags.bind(desk),
});
const messages: Messages = new Messages(
  {
    store: messageStore,
    broadcaster: sockets,
    clock,
    ids: { next: randomUUID },
    wakeUp: createTimedWakeUp(now, () => messages.wake()),
    numbers,
    addressBook: stores.contacts,
    currentBucket: () => buckets.current(),
    onHealth: (gatewayId, { isWell, msg }) =>
      desk.onFact({ type: 'alarm', code: `texts_${gatewayId}`, isRaised: !isWell, msg: msg ?? '' }),
    onProblem: (problem) => log.error({ err: problem }, 'texts: something could not be done'),
  },
  toTextsConfig(settings.current),
);
const gateways = createTextGateways({
  sip: exchange.texts,
  settings: () => settings.current,
  now,
  onProblem: (problem) => log.error({ err: problem }, 'a text gateway failed'),
});
const questions = createQuestionRecords({ store: stores.questions, broadcaster: sockets });
const personal = [calls, questions, messages];
const erasure = createErasure({
  addressBook: stores.contacts,
  broadcaster: sockets,
  sources: personal,
  erasures: stores.erasures,
  pause: () => setImmediate(),
  forget: audit.forget,
});
const contacts = createContactRecords({
  addressBook: stores.contacts,
  broadcaster: sockets,
  clock,
  sources: personal,
  noteCard: ({ id, name, location, notes, properties, isBlocked }) =>
    desk.noteCard(
      (number) => stores.contacts.idOf(number) === id,
      { ...properties, name, location, notes },
      isBlocked,
    ),
  erasure,
  pause: () => setImmediate(),
});
const records = openRecords([buckets, calls, contacts, messages, questions]);
const expireStep = createRetention({
  kinds: [agingCalls(stores.calls), questions, messages],
  broadcaster: sockets,
  clock,
  days: () => {
    const { recordings_days, calls_days, messages_days } = settings.current.retention;
    return { recordings: recordings_days, calls: calls_days, messages: messages_days };
  },
});
settings.onChange((changed) => {
  desk.configure(toDeskConfig(changed));
  void exchange.configure(toExchangeConfig(changed, config.dataFolder));
  messages.configure(toTextsConfig(changed));
  messages.replaceGateways(gateways());
  sockets.closeOutdated();
  settingsChangedAt = now();
  const station = { name: changed.station.name, settings_changed: settingsChangedAt };
  sockets.send({ to: 'all' }, { event: 'stationUpdate', data: station });
});

async function placeTestCall(lineId: string): Promise<TestCallOutcome> {
  const line = desk.state().lines[lineId];
  if (!line) return { ok: false, code: 'no_line' };
  if (!exchange.identity) return { ok: false, code: 'engine_down' };
  if (line.status !== 'up') return { ok: false, code: 'line_down' };
  const result = await exchange.testCall.place(lineId);
  if (!result.ok && result.code === 'down') return { ok: false, code: 'engine_down' };
  const channelId = result.ok ? desk.channelOf(result.call) : null;
  return channelId === null ? { ok: false, code: 'no_free_channel' } : { ok: true, channelId };
}

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
  dataFolder: config.dataFolder,
  testCall: { place: placeTestCall, stop: () => exchange.testCall.stop() },
  listeners: exchange.listeners,
  programSocket: programSocketOf(config.dataFolder),
  audioFolder: audioFolder(config.dataFolder),
  outlineOf: readWavPeaks,
  prompts,
  promptsFolder: promptsFolder(config.dataFolder),
  convertPrompt,
  greetings: () => greetings.all(),
  greet: (bucketId, prompt) => buckets.greet(bucketId, prompt),
  metrics: createMetrics({ isEngineUp: () => exchange.identity !== null, clients: () => sockets.size }),
  health: () => ({
    status: exchange.identity ? 'ok' : 'degraded',
    version,
    http_port: httpPort,
    https_port: https?.port ?? null,
    sip_port: exchange.identity?.sipPort ?? 0,
    sip_tls_port: exchange.identity?.sipTlsPort ?? 0,
    sip_ws_port: exchange.identity?.sipWsPort ?? 0,
    engine: exchange.identity ? 'up' : 'down',
    database: isDatabaseWell(database) ? 'ok' : 'failed',
    uptime_s: Math.round((now() - startedAt) / 1000),
  }),
});
sockets.attach(app.server);
const https =
  config.httpsPort === null
    ? null
    : new HttpsListener({
        host: config.httpHost,
        port: config.httpsPort,
        files: certificateFiles(process.env, config.dataFolder),
        handle: (request, response) => app.routing(request, response),
        attach: (server) => sockets.attach(server),
        log,
      });

// The exchange before the port: who is let in finds the desk as it is.
await exchange.start(toExchangeConfig(settings.current, config.dataFolder), (fact) => {
  desk.onFact(fact);
  if (fact.type === 'up') setTimeout(() => void tidyUp(), SWEEP_AFTER_UP_MS).unref();
});
messages.start(gateways());
await listen(config);
https?.start();
void tidyUp();
erasure
  .resume()
  .catch((problem: unknown) => log.error({ err: problem }, 'somebody could not be erased any further'));
const daily = setInterval(() => void tidyUp(), RETENTION_EVERY_MS);
const tending = setInterval(() => void tendIndices(), TEND_EVERY_MS);
const hasChanged = changesElsewhere(database);
const look = setInterval(() => {
  if (!hasChanged()) return;
  void settings
    .reload()
    .then(
      (result) => result.ok || log.warn({ problems: result.problems }, 'changed settings not taken over'),
    );
}, LOOK_EVERY_MS);

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => {
    log.warn('the server did not come to its end by itself');
    database.close();
    process.exit(0);
  }, END_WITHIN_MS);
  clearInterval(look);
  clearInterval(daily);
  clearInterval(tending);
  sockets.stop();
  messages.stop();
  await https?.stop();
  await app.close();
  await exchange.stop();
  database.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
onLauncherGone = () => void end();

const address = `http://${isEverywhere(config.httpHost) ? 'localhost' : config.httpHost}:${httpPort}`;
const setUpLink = setUp.token === null ? null : `${address}/setup?token=${setUp.token}`;
log.info({ httpPort }, 'the server is ready');
const ready = { type: 'ready', address, setUpLink, keep: { OPENLINE_HTTP_PORT: String(httpPort) } };
process.send?.(ready, undefined, undefined, (error) => error && onLauncherGone());

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

/** What a crash left behind, and what has grown too old. One at a time; nothing of it is in a hurry. */
function tidyUp(): Promise<void> {
  lastTidyUp = lastTidyUp
    .then(async () => {
      if (isEnding) return;
      const found = await sweepRecordings({
        ...stores,
        audioFolder: audioFolder(config.dataFolder),
        now: now(),
        onChanged: (id) => calls.tellOf(id),
        isKnownElsewhere: (id) => stores.questions.find(id) !== null,
      });
      const isWell = found.adopted.length + found.missing.length + found.measured.length === 0;
      if (!isWell) log.warn(found, 'recordings and history were brought back together');
      while (!isEnding && expireStep()) await setImmediate();
    })
    .catch((problem: unknown) => log.error({ err: problem }, 'the audio folder could not be looked through'));
  return lastTidyUp;
}

/** In small steps: what was upgraded with a million records goes on for minutes. */
async function tendIndices(): Promise<void> {
  if (isTending) return;
  isTending = true;
  const indices = [messageStore, stores.calls, stores.contacts, stores.questions];
  try {
    while (!isEnding && indices.some((index) => index.tend())) await pause(BETWEEN_STEPS_MS);
  } catch (problem) {
    log.error({ err: problem }, 'an index could not be looked after');
  } finally {
    isTending = false;
  }
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
