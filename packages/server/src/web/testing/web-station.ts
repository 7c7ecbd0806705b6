/** The web layer on a real port, with a database in memory and the fake desk. For integration tests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '@openline/protocol';
import pino from 'pino';
import { SetUp } from '../../accounts/set-up.ts';
import { SignIn } from '../../accounts/sign-in.ts';
import type { AuditEntry } from '../../accounts/audit-log.ts';
import type { SessionStore, StoredSession } from '../../accounts/session-store.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import { StationSettings } from '../../settings/station-settings.ts';
import type { Broadcaster } from '../../desk/ports/broadcaster.ts';
import type { PromptFile, PromptFiles } from '../../desk/ports/prompt-files.ts';
import { createPromptRecords } from '../../desk/records/prompts.ts';
import { openRecords, type Records } from '../../desk/records/records.ts';
import { createHttpServer } from '../http-server.ts';
import type { PromptRouteOptions } from '../prompt-routes.ts';
import { createMetrics } from '../metrics.ts';
import type { DeskGate } from '../websocket/event-dispatch.ts';
import { SocketServer } from '../websocket/socket-server.ts';
import { createFakeDesk, type FakeDesk } from './fake-desk.ts';

export interface WebStation {
  url: string;
  wsUrl: string;
  desk: FakeDesk;
  settings: StationSettings;
  signIn: SignIn;
  sockets: SocketServer;
  setUpToken: string | null;
  audit: AuditEntry[];
  log: string[];
  metersWanted: boolean[];
  stop(): Promise<void>;
}

export interface WebStationOptions {
  users: readonly object[];
  audioFolder: string;
  consoleFolder: string;
  promptsFolder?: string;
  /** Where the engine serves the live program. */
  programSocket?: string;
  /** A real desk in place of the fake one. */
  openDesk?: (broadcaster: Broadcaster) => DeskGate;
  openRecords?: (broadcaster: Broadcaster) => Records;
}

export async function startWebStation(options: WebStationOptions): Promise<WebStation> {
  const now = Date.now;
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const sessions = memorySessions();
  const loaded = await StationSettings.load(memorySettings(sessions.endAll), null);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { settings } = loaded;
  const changed = await settings.change((document) => ({ ...document, users: options.users }));
  if (!changed.ok) throw new Error(changed.problems.join('\n'));
  const signIn = new SignIn({ settings, sessions, now });
  const setUp = new SetUp(settings);
  const desk = createFakeDesk();
  const audit: AuditEntry[] = [];
  /** By WebRTC; two may. */
  const listening = new Set<string>();
  const metersWanted: boolean[] = [];
  const sockets = new SocketServer({
    signIn,
    settings: () => settings.current,
    desk: () => gate,
    records: () => records,
    station: () => ({ name: settings.current.station.name, settings_changed: null }),
    version: 'v1.2.3',
    now,
    log: logger,
    onDone: (user, action) =>
      void audit.push({ at: now(), userId: user.id, address: null, action: action.event, details: {} }),
    onMetersWanted: (isWanted) => void metersWanted.push(isWanted),
  });
  const gate = options.openDesk?.(sockets) ?? desk;
  const records = options.openRecords?.(sockets) ?? openRecords([]);
  settings.onChange(() => sockets.closeOutdated());
  const app = await createHttpServer({
    log: logger,
    signIn,
    setUp,
    settings,
    audit: {
      record: (entry) => void audit.push(entry),
      forget: () => undefined,
      list: (_before, limit) => audit.map((entry, id) => ({ id, ...entry })).slice(-limit),
    },
    now,
    dataFolder: options.audioFolder,
    testCall: {
      place: (line) =>
        Promise.resolve(
          line === 'studio' ? { ok: true, channelId: 'studio-1' } : { ok: false, code: 'no_line' },
        ),
      stop: () => undefined,
    },
    listeners: {
      connect: (offer) => {
        if (!offer.startsWith('v=0')) return Promise.resolve({ ok: false, code: 'bad_offer' });
        const isFull = listening.size >= 2;
        if (isFull) return Promise.resolve({ ok: false, code: 'too_many_listeners' });
        const listener = `l${listening.size + 1}`;
        listening.add(listener);
        return Promise.resolve({ ok: true, listener, answer: 'v=0 answer' });
      },
      close: (listener) => Promise.resolve(listening.delete(listener)),
    },
    programSocket: options.programSocket ?? join(options.audioFolder, 'nobody.sock'),
    audioFolder: options.audioFolder,
    outlineOf: async () => ({ durationMs: 1000, peaks: [0, 50, 100] }),
    consoleFolder: options.consoleFolder,
    ...memoryPrompts(options.promptsFolder ?? options.audioFolder, sockets),
    metrics: createMetrics({ isEngineUp: () => true, clients: () => sockets.size }),
    health: () => ({
      status: 'ok',
      version: 'v1.2.3',
      http_port: 1,
      sip_port: 2,
      https_port: null,
      sip_tls_port: 3,
      sip_ws_port: 4,
      engine: 'up',
      database: 'ok',
      uptime_s: 3,
    }),
  });
  sockets.attach(app.server);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    wsUrl: `${url.replace('http', 'ws')}/ws`,
    desk,
    settings,
    signIn,
    sockets,
    setUpToken: setUp.token,
    audit,
    log,
    metersWanted,
    async stop() {
      sockets.stop();
      await app.close();
    },
  };
}

/** What is uploaded is kept as it is; "RIFF" at its beginning counts as a sound. One bucket, `morning`. */
function memoryPrompts(
  promptsFolder: string,
  broadcaster: Broadcaster,
): Omit<PromptRouteOptions, 'signIn' | 'audit' | 'now'> {
  const kept = new Map<string, PromptFile>();
  const greetings = new Map<string, string>();
  const files: PromptFiles = {
    list: () => [...kept.values()],
    fileOf: (id) => (kept.has(id) ? id : null),
    put(id, file) {
      writeFileSync(join(promptsFolder, `${id}.wav`), file);
      const prompt = { id, durationMs: 1, bytes: file.length, changedAt: 2 };
      kept.set(id, prompt);
      return prompt;
    },
    remove: (id) => kept.delete(id),
  };
  const forget = (prompt: string): void => {
    for (const [bucket, used] of greetings) if (used === prompt) greetings.delete(bucket);
  };
  return {
    prompts: createPromptRecords({ files, broadcaster, forget }),
    promptsFolder,
    convertPrompt: (upload) =>
      Promise.resolve(
        Buffer.from(upload).toString('latin1', 0, 4) === 'RIFF'
          ? { ok: true, file: upload }
          : { ok: false, problem: 'this is not a WAV file' },
      ),
    greetings: () => Object.fromEntries(greetings),
    greet(bucket, prompt) {
      if (bucket !== 'morning') return refusal('unknown_bucket', bucket, { bucket });
      if (prompt === null) greetings.delete(bucket);
      else if (!kept.has(prompt)) return refusal('unknown_prompt', bucket, { prompt });
      else greetings.set(bucket, prompt);
      return null;
    },
  };
}

function memorySessions(): SessionStore & { endAll: (userId: string, kept?: Uint8Array) => void } {
  const kept = new Map<string, StoredSession>();
  const key = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
  return {
    add: (session) => void kept.set(key(session.tokenHash), session),
    find: (hash) => kept.get(key(hash)) ?? null,
    remove: (hash) => void kept.delete(key(hash)),
    removeExpired: () => undefined,
    endAll(userId, except) {
      for (const [hash, session] of kept) {
        if (session.userId === userId && hash !== key(except ?? new Uint8Array())) kept.delete(hash);
      }
    },
  };
}

function memorySettings(endSessions: (userId: string, kept?: Uint8Array) => void): SettingsStore {
  let document: unknown = null;
  const hashes = new Map<string, string>();
  return {
    readDocument: () => document,
    passwordHash: (userId) => hashes.get(userId) ?? null,
    save(changed, changedHashes, keepSession) {
      document = changed;
      for (const [userId, hash] of changedHashes) {
        hashes.set(userId, hash ?? '');
        endSessions(userId, keepSession);
      }
    },
  };
}
