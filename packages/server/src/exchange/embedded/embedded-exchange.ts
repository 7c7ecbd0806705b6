/**
 * The exchange that is our own engine, over its control socket. Constructed by main.ts. When the engine goes, it says
 * `down` and tries again for ever; when it is back, it configures it anew and says `up` with the whole truth.
 */
import { randomBytes } from 'node:crypto';
import {
  connectControl,
  controlSocketPath,
  programSocketPath,
  type AnyControlEvent,
  type ClockReport,
  type ControlClient,
  type ControlClientOptions,
  type Place,
} from '@openline/engine';
import type {
  Exchange,
  ExchangeCommand,
  ExchangeConfig,
  ExchangeFact,
  ExchangeMeters,
  ExchangePlace,
  ExchangeResult,
} from '../../desk/ports/exchange.ts';
import { headsetFact, performHeadset } from './embedded-headsets.ts';
import { EmbeddedTexts } from './embedded-texts.ts';
import { lineTarget, outputOf, ownerOf, phoneTarget, toEngineConfig } from './engine-config.ts';
import { ProgramListeners } from './program-listeners.ts';
import { TestCall } from './test-call.ts';
import {
  lineStatus,
  toCall,
  toEndedBecause,
  toPlayer,
  toQuality,
  toResult,
  toSnapshot,
} from './engine-facts.ts';

export interface EmbeddedExchangeOptions {
  /** The one that the engine was started with: its socket lies there. */
  dataFolder: string;
  log: { info(details: object, msg: string): void; warn(details: object, msg: string): void };
  /** Where the engine listens; everywhere when absent. */
  sipHost?: string;
  /** Of a prompt's id: the name of its file, without the ending; null when there is none. */
  promptFile?: (id: string) => string | null;
  onClock?: (report: ClockReport) => void;
  /** For tests; the engine's own otherwise. */
  connect?: (options: ControlClientOptions) => Promise<ControlClient>;
  retryMs?: number;
}

export interface EngineIdentity {
  sipPort: number;
  /** null: not spoken. */
  sipTlsPort: number | null;
  sipWsPort: number | null;
  version: string;
  instance: string;
}

const RETRY_MS = 100;
const DOWN: ExchangeResult = { ok: false, code: 'down', msg: 'the engine is not running' };
const NOWHERE: ExchangeResult = { ok: false, code: 'unreachable', msg: 'the settings name no way there' };

export class EmbeddedExchange implements Exchange {
  readonly #options: EmbeddedExchangeOptions;
  #config: ExchangeConfig | null = null;
  #onFact: (fact: ExchangeFact) => void = () => undefined;
  #onMeters: ((meters: ExchangeMeters) => void) | null = null;
  #client: ControlClient | null = null;
  #identity: EngineIdentity | null = null;
  /** The connection we have or try to get; what another one still says is not heard. Null: stopped. */
  #attempt: symbol | null = null;
  #retry: NodeJS.Timeout | null = null;
  #lastSaid: 'up' | 'down' | null = null;
  /** Events that came before the engine was configured: `hello` always does. */
  readonly #early: AnyControlEvent[] = [];
  /** Accounts with which somebody is registered now. */
  readonly #registered = new Set<string>();

  /** Nobody else can call these addresses. */
  readonly #selfCallSecret = randomBytes(12).toString('hex');

  /** Texts over the same connection. */
  readonly texts: EmbeddedTexts;
  /** The station calls itself. */
  readonly testCall: TestCall;
  /** Browsers that hear the program. */
  readonly listeners = new ProgramListeners(() => this.#client);

  constructor(options: EmbeddedExchangeOptions) {
    this.#options = options;
    this.texts = new EmbeddedTexts({
      client: () => this.#client,
      config: () => this.#config,
      log: options.log,
    });
    this.testCall = new TestCall({
      client: () => this.#client,
      address: () => this.#identity && `${hostToCall(options.sipHost)}:${this.#identity.sipPort}`,
      stationName: () => this.#config?.stationName ?? 'Openline',
      secret: this.#selfCallSecret,
    });
  }

  /** The engine we are connected with; null while there is none. */
  get identity(): EngineIdentity | null {
    return this.#identity;
  }

  async start(config: ExchangeConfig, onFact: (fact: ExchangeFact) => void): Promise<void> {
    this.#config = config;
    this.#onFact = onFact;
    this.#lastSaid = null;
    await this.#connect();
  }

  async configure(config: ExchangeConfig): Promise<ExchangeResult> {
    const former = this.#config;
    this.#config = config;
    if (!this.#client) return DOWN;
    const result = toResult(
      await this.#client.request('engine.configure', {
        config: toEngineConfig(config, this.#selfCallSecret, this.#options.promptFile),
      }),
    );
    const hadStudio = Boolean(former?.studio);
    const isReachable = Boolean(config.studio);
    // It registers nowhere: where it is set it is there.
    if (result.ok && hadStudio !== isReachable) {
      this.#onFact({ type: 'reachable', owner: { kind: 'host' }, isReachable });
    }
    // Lines that need no registration are up as soon as they are known.
    for (const line of result.ok ? config.lines : []) {
      const wasPlain = former?.lines.some((each) => each.id === line.id && !each.register) ?? false;
      if (!line.register && !wasPlain)
        this.#onFact({ type: 'line', lineId: line.id, status: 'up', error: null });
    }
    return result;
  }

  async perform(command: ExchangeCommand): Promise<ExchangeResult> {
    const client = this.#client;
    const config = this.#config;
    if (!client || !config) return DOWN;
    switch (command.type) {
      case 'answer':
        return toResult(
          await client.request('leg.answer', {
            leg: command.call,
            place: this.#placeOf(command.place),
            levels: command.levels,
          }),
        );
      case 'reject': {
        const [status, reason] = command.why === 'busy' ? [486, 'Busy Here'] : [603, 'Decline'];
        return toResult(
          await client.request('leg.reject', {
            leg: command.call,
            status: Number(status),
            reason: String(reason),
          }),
        );
      }
      case 'dial':
      case 'reach':
        return this.#dial(client, config, command);
      case 'connect':
      case 'reoffer':
      case 'candidate':
        return performHeadset(client, command);
      case 'hangUp':
        return toResult(await client.request('leg.hangup', { leg: command.call }));
      case 'move':
        return toResult(
          await client.request('legs.place', {
            places: command.moves.map(({ call, place }) => ({ leg: call, place: this.#placeOf(place) })),
          }),
        );
      case 'whisper':
        return toResult(await client.request('leg.whisper', { leg: command.call, to: command.to }));
      case 'levels':
        return toResult(await client.request('leg.levels', { leg: command.call, levels: command.levels }));
      case 'tag':
        return toResult(await client.request('leg.tag', { leg: command.call, tag: command.tag }));
      case 'program':
        return toResult(await client.request('program.set', command.program));
      case 'delay':
        return toResult(await client.request('program.delay', { targetMs: command.targetMs }));
      case 'dump': {
        const { recording, dumpMs } = command;
        return toResult(await client.request('program.dump', { recording, dumpMs }));
      }
      case 'record': {
        const { source } = command;
        return toResult(
          await client.request('record.start', {
            recording: command.recording,
            source: source.kind === 'call' ? { kind: 'leg', leg: source.call } : { kind: 'program' },
          }),
        );
      }
      case 'recordQuestion': {
        const { recording, call, maxMs } = command;
        return toResult(
          await client.request('record.start', {
            recording,
            source: { kind: 'leg', leg: call },
            ivr: { maxMs },
          }),
        );
      }
      case 'play':
        return this.#play(client, command);
      case 'playLevel': {
        const { player, levelDb } = command;
        return toResult(await client.request('player.level', { player, levelDb }));
      }
      case 'stopPlaying':
        return toResult(await client.request('player.stop', { player: command.player }));
      case 'stopRecording':
        return toResult(await client.request('record.stop', { recording: command.recording }));
    }
  }

  watchMeters(handler: ((meters: ExchangeMeters) => void) | null): void {
    this.#onMeters = handler;
    void this.#client?.request('subscribe', { meters: handler !== null });
  }

  async stop(): Promise<void> {
    if (this.#retry) clearTimeout(this.#retry);
    this.#client?.close();
    this.#forget();
  }

  async #play(
    client: ControlClient,
    { player, file, to, levelDb, fromMs, tag }: Extract<ExchangeCommand, { type: 'play' }>,
  ): Promise<ExchangeResult> {
    const name = file.kind === 'recording' ? file.name : this.#options.promptFile?.(file.id);
    if (name === null || name === undefined)
      return { ok: false, code: 'failed', msg: 'there is no such file' };
    return toResult(
      await client.request('player.start', {
        player,
        file: { kind: file.kind, name },
        to: to === null ? { kind: 'air' } : { kind: 'leg', leg: to },
        levelDb,
        fromMs,
        tag,
      }),
    );
  }

  async #dial(
    client: ControlClient,
    config: ExchangeConfig,
    command: Extract<ExchangeCommand, { type: 'dial' | 'reach' }>,
  ): Promise<ExchangeResult> {
    const target =
      command.type === 'dial'
        ? lineTarget(config, command.lineId, command.number, this.#registered)
        : phoneTarget(config, command.owner);
    if (!target) return NOWHERE;
    const line =
      command.type === 'dial' ? config.lines.find((each) => each.id === command.lineId) : undefined;
    const from = {
      number: line?.number ?? null,
      displayName: command.type === 'reach' ? command.displayName : config.stationName,
    };
    const { call: leg, levels, tag } = command;
    const place = this.#placeOf(command.place);
    return toResult(await client.request('leg.dial', { leg, target, from, place, levels, tag }));
  }

  /** The desk names a prompt, the engine its file; a prompt that is gone is the built-in one. */
  #placeOf(place: ExchangePlace): Place {
    if (place.kind !== 'ivr' || place.prompt === null) return place;
    return { ...place, prompt: this.#options.promptFile?.(place.prompt) ?? null };
  }

  async #connect(): Promise<void> {
    const attempt = Symbol('connection');
    this.#attempt = attempt;
    const isOurs = (): boolean => this.#attempt === attempt;
    const connect = this.#options.connect ?? connectControl;
    try {
      const client = await connect({
        path: controlSocketPath(this.#options.dataFolder),
        onEvent: (event) => isOurs() && this.#onEvent(event),
        onClose: () => isOurs() && this.#onLost('the engine closed the connection'),
      });
      // It gets its settings before anything else: who may call is in them.
      await this.#configureNew(client);
      if (!isOurs()) return client.close();
      this.#client = client;
      for (const event of this.#early.splice(0)) this.#onEvent(event);
      this.texts.setConnected(true);
    } catch (error) {
      if (isOurs()) this.#onLost(error instanceof Error ? error.message : String(error));
    }
  }

  async #configureNew(client: ControlClient): Promise<void> {
    if (!this.#config) return;
    const config = toEngineConfig(this.#config, this.#selfCallSecret, this.#options.promptFile);
    const result = await client.request('engine.configure', { config });
    if (!result.ok) this.#options.log.warn({ code: result.code }, `engine: ${result.msg}`);
    if (this.#onMeters) void client.request('subscribe', { meters: true });
  }

  #onEvent(event: AnyControlEvent): void {
    if (!this.#config) return;
    if (!this.#client) return void this.#early.push(event);
    if (this.testCall.takes(event)) return undefined;
    switch (event.event) {
      case 'hello': {
        const { sipPort, engineVersion, instance } = event.data;
        this.#identity = {
          sipPort: sipPort.udp || sipPort.tcp,
          sipTlsPort: sipPort.tls ?? null,
          sipWsPort: sipPort.ws ?? null,
          version: engineVersion,
          instance,
        };
        this.#options.log.info({ instance, sipPort: sipPort.udp }, 'connected with the engine');
        this.#lastSaid = 'up';
        this.#registered.clear();
        for (const account of event.data.accounts) this.#noteAccount(account);
        const legs = event.data.legs.filter((leg) => !this.testCall.isLeftOver(leg));
        return this.#onFact({ type: 'up', snapshot: toSnapshot({ ...event.data, legs }, this.#config) });
      }
      case 'leg.offered': {
        const call = toCall(event.data);
        const testName = this.testCall.nameOf(event.data);
        if (call && testName !== null) {
          this.#onFact({ type: 'offered', call: { ...call, displayName: testName, isTest: true } });
          return this.testCall.onRinging();
        }
        if (call) return this.#onFact({ type: 'offered', call });
        const refusal = { leg: event.data.leg, status: 404, reason: 'Not Found' };
        return void this.#client?.request('leg.reject', refusal);
      }
      case 'leg.ringing':
        return this.#onFact({ type: 'ringing', call: event.data.leg });
      case 'leg.answered':
        return this.#onFact({ type: 'answered', call: event.data.leg, at: event.data.answeredAt });
      case 'leg.media':
        return this.#onFact({ type: 'media', call: event.data.leg });
      case 'leg.candidate':
      case 'leg.ice':
        return this.#onFact(headsetFact(event));
      case 'leg.prompted':
        return this.#onFact({ type: 'prompted', call: event.data.leg });
      case 'leg.dtmf':
        return this.#onFact({ type: 'dtmf', call: event.data.leg, digit: event.data.digit });
      case 'leg.quality':
        return this.#onFact({
          type: 'quality',
          call: event.data.leg,
          quality: toQuality(event.data.quality),
        });
      case 'leg.ended': {
        const { leg, cause, by, endedAt, quality } = event.data;
        return this.#onFact({
          type: 'ended',
          call: leg,
          because: toEndedBecause(cause),
          by,
          at: endedAt,
          quality: quality && toQuality(quality),
        });
      }
      case 'account.state': {
        this.#noteAccount(event.data);
        const owner = ownerOf(event.data.ref);
        if (!owner || owner.kind === 'line') return undefined;
        return this.#onFact({ type: 'reachable', owner, isReachable: event.data.isRegistered });
      }
      case 'trunk.state': {
        const owner = ownerOf(event.data.ref);
        if (owner?.kind !== 'line') return undefined;
        const { error } = event.data;
        return this.#onFact({ type: 'line', lineId: owner.lineId, status: lineStatus(event.data), error });
      }
      case 'program.delay':
        return this.#onFact({ type: 'delay', delay: event.data });
      case 'record.stopped':
        return this.#onFact({ type: 'recordingStopped', ...event.data });
      case 'player.started':
        return this.#onFact({ type: 'playing', ...toPlayer(event.data) });
      case 'player.ended':
        return this.#onFact({ type: 'played', player: event.data.player, error: event.data.error });
      case 'output.state': {
        const { ref, ...condition } = event.data;
        const outputId = outputOf(ref);
        if (outputId !== null) this.#onFact({ type: 'output', outputId, ...condition });
        return undefined;
      }
      case 'studio.state':
        return this.#onFact({ type: 'studio', studio: event.data.studio });
      case 'alarm':
        return this.#onFact({ type: 'alarm', ...event.data });
      case 'meters':
        return this.#onMeters?.({
          calls: event.data.legs,
          players: event.data.players,
          program: event.data.program,
          air: event.data.air,
        });
      case 'clock':
        return this.#options.onClock?.(event.data);
      case 'message.received':
        return this.texts.take(event.data);
      case 'leg.held':
        return this.#onFact({
          type: 'held',
          call: event.data.leg,
          isHeldByRemote: event.data.isHeldByRemote,
        });
    }
  }

  #noteAccount({ username, isRegistered }: { username: string; isRegistered: boolean }): void {
    if (isRegistered) this.#registered.add(username);
    else this.#registered.delete(username);
  }

  /** Says so once, and tries again for ever. */
  #onLost(msg: string): void {
    this.#forget();
    this.#retry = setTimeout(() => void this.#connect(), this.#options.retryMs ?? RETRY_MS);
    if (this.#lastSaid === 'down') return;
    this.#lastSaid = 'down';
    this.#options.log.warn({ reason: msg }, 'no connection with the engine');
    this.#onFact({ type: 'down', msg });
  }

  #forget(): void {
    this.#attempt = null;
    this.#client = null;
    this.#identity = null;
    this.#early.length = 0;
    this.texts.setConnected(false);
    this.testCall.forget();
  }
}

/** Where the engine serves the live program, as HTTP. */
export function programSocketOf(dataFolder: string): string {
  return programSocketPath(dataFolder);
}

/** An engine that listens everywhere is reached at this machine's own address. */
function hostToCall(sipHost = '0.0.0.0'): string {
  if (sipHost === '0.0.0.0') return '127.0.0.1';
  if (sipHost === '::') return '[::1]';
  return sipHost.includes(':') ? `[${sipHost}]` : sipHost;
}
