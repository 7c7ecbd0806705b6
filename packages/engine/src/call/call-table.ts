/**
 * All calls of the engine: takes sessions from the SIP agent, joins each to a media port (leg.ts), does what the
 * control channel asks (call-commands.ts) and reports what happened. Made by main.ts. Main thread.
 *
 *   INVITE ─► onInvite ─► Leg.open ─► ring ─► leg.offered ═► leg.answer ─► 200, ACK ─► stream, place ─► leg.media
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { CONTROL_VERSION } from '../control/contract.ts';
import type {
  ControlCommands,
  ControlEvent,
  ControlEventLine,
  ControlEvents,
  EngineConfig,
  Place,
  PlayedFile,
  Program,
  ProgramDelay,
  Quality,
  Snapshot,
} from '../control/contract.ts';
import { Negotiation } from '../sdp/negotiation.ts';
import { isBrowserOffer } from '../webrtc/browser-description.ts';
import { BrowserPeer } from '../webrtc/browser-peer.ts';
import type { BrowserPeers } from '../webrtc/browser-peers.ts';
import type { IncomingSession, SipAgent, SipAgentDelegate, SipPorts } from '../sip/agent.ts';
import { CallSettings, calledBy } from './call-settings.ts';
import type { LegEnd } from './end-cause.ts';
import { Leg } from './leg.ts';
import { Outputs } from '../outputs/outputs.ts';
import { legSnapshot } from './leg-snapshot.ts';
import { StudioFeed } from '../studio/studio-feed.ts';
import type { PeerPacketMemory } from '../webrtc/peer-packets.ts';
import type { LegOptions, LegOwner } from './leg.ts';
import type { MediaEvent, MediaPlane } from './media-plane.ts';
import { mediaPlaceOf } from './placement.ts';
import { Players } from './players.ts';
import { Recordings } from './recordings.ts';
import { TextMessages } from './text-messages.ts';

export interface CallTableOptions {
  engineVersion: string;
  log: Logger;
  createAgent(delegate: SipAgentDelegate): SipAgent;
  /** Where a file lies that is played. */
  pathOf(file: PlayedFile): string;
  createMedia(onEvent: (event: MediaEvent) => void): MediaPlane;
  /** Where listeners of the live program are served. */
  programSocketPath: string;
  peers: BrowserPeers;
  /** To and from the studio thread. */
  studioPackets: PeerPacketMemory;
  emit<E extends ControlEvent>(event: E, data: ControlEvents[E]): void;
  hasClient(): boolean;
  /** The media thread is gone, and with it every call: the process is to end. */
  onCrashed(msg: string): void;
}

const QUALITY_EVERY_MS = 5_000;
const STOP_WITHIN_MS = 2_000;
const ACCEPTABLE = { ok: true } as const;
const SILENCE: Place = { kind: 'silence' };

export class CallTable implements LegOwner {
  readonly agent: SipAgent;
  readonly media: MediaPlane;
  readonly peers: BrowserPeers;
  readonly recordings: Recordings;
  readonly players: Players;
  readonly messages: TextMessages;
  readonly outputs: Outputs;
  readonly settings = new CallSettings();
  readonly studio: StudioFeed;
  readonly legs = new Map<string, Leg>();
  /** Changes at every start: part of the ids of incoming legs. */
  readonly instance = randomBytes(6).toString('hex');

  readonly #options: CallTableOptions;
  readonly #byPort = new Map<number, Leg>();
  readonly #alarms = new Map<string, ControlEvents['alarm']>();
  readonly #startedAt = Date.now();
  #program: Program = { levelDb: 0, isMuted: false, isOnAir: false };
  #sipPort: SipPorts = { udp: 0, tcp: 0, tls: null, ws: null };
  #lastNumber = 0;
  #qualityTimer: NodeJS.Timeout | null = null;
  #isStopping = false;
  #onIdle = () => {};

  constructor(options: CallTableOptions) {
    this.#options = options;
    this.media = options.createMedia((event) => this.#onMediaEvent(event));
    this.peers = options.peers;
    this.recordings = new Recordings(this.media);
    this.outputs = new Outputs({
      media: this.media,
      socketPath: options.programSocketPath,
      peers: options.peers,
      agent: () => this.agent,
      stationName: () => this.settings.stationName,
      dialTimeoutMs: () => this.settings.dialTimeoutMs,
      onState: (state) => {
        options.log.info({ ...state }, 'output');
        options.emit('output.state', state);
      },
      onProblem: (msg) => options.log.error({ detail: msg }, 'the outputs have a problem'),
    });
    this.studio = new StudioFeed({
      packets: options.studioPackets,
      onState: (state) => {
        options.log.info({ ...state }, 'studio feed');
        options.emit('studio.state', { studio: state });
      },
      onProblem: (msg) => options.log.error({ detail: msg }, 'the studio feed has a problem'),
    });
    this.players = new Players({
      media: this.media,
      pathOf: (file) => options.pathOf(file),
      onStarted: (state) => options.emit('player.started', state),
    });
    this.messages = new TextMessages({
      instance: this.instance,
      hasClient: () => options.hasClient(),
      onReceived: (message) => options.emit('message.received', message),
      send: (target, text, more) => this.agent.message(target, text, more),
    });
    this.agent = options.createAgent({
      onInvite: (session) => {
        this.#onInvite(session).catch((error: unknown) => {
          options.log.error({ err: error, callId: session.callId }, 'an incoming call failed');
          session.reject(500);
        });
      },
      onAccount: (state) => options.emit('account.state', state),
      onTrunk: (state) => options.emit('trunk.state', state),
      onMessage: (message) => this.messages.receive(message),
    });
  }

  /** Media first: a call that comes in finds its port. Rejects when a port cannot be had. */
  async start(): Promise<SipPorts> {
    await this.media.start();
    this.#sipPort = await this.agent.start();
    this.#qualityTimer = setInterval(() => this.#reportQuality(), QUALITY_EVERY_MS);
    return this.#sipPort;
  }

  /** Ends every call, completes the recordings, then lets go of SIP and media. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#qualityTimer !== null) clearInterval(this.#qualityTimer);
    this.messages.stop();
    for (const { recording } of this.recordings.list()) this.recordings.stop(recording);
    for (const leg of this.legs.values()) {
      leg.hangUp({ cause: 'engine_stopped', by: 'engine', sipStatus: null });
    }
    await Promise.all([this.#idle(STOP_WITHIN_MS), this.outputs.stop()]);
    await this.agent.stop();
    await Promise.all([this.media.stop(), this.peers.stop(), this.studio.stop()]);
  }

  configure(config: EngineConfig): void {
    this.settings.configure(config);
    this.agent.configure(config);
    this.peers.configure(config.ice);
    const { hold, holdNotice = null, rtpTimeoutMs } = config;
    this.media.settings({ hold, holdNotice, rtpTimeoutMs });
    this.outputs.configure(config.outputs ?? []);
    this.studio.configure(config.studio ?? null);
  }

  setProgram(program: Partial<Program>): void {
    this.#program = { ...this.#program, ...program };
    this.media.program(program);
  }

  setDelay(targetMs: number): void {
    this.media.setDelay(targetMs);
  }

  /** 0: nothing is delayed. What is left of the depth is told before it is answered: nobody believes in a delay that is gone. */
  async dump(recording: string, dumpMs: number): Promise<number> {
    const dumpedMs = await this.media.dump(recording, dumpMs);
    if (dumpedMs > 0) this.#options.emit('program.delay', this.delay());
    return dumpedMs;
  }

  delay(): ProgramDelay {
    const { state, depthMs, targetMs } = this.media.delay();
    const isSafe = depthMs > 0 && depthMs >= this.settings.dumpMs;
    return { state, depthMs: Math.round(depthMs), targetMs, isSafe };
  }

  /** The new leg, not dialled yet. */
  addOutgoing({ leg: id, target, place, levels, tag }: ControlCommands['leg.dial']['data']): Leg {
    const called = calledBy(target);
    return this.#add(
      new Leg({
        id,
        direction: 'out',
        origin: this.settings.originOf(target),
        remote: { user: called, host: '', displayName: '' },
        called,
        place,
        levels,
        tag,
        srtp: this.settings.srtpOf(this.settings.originOf(target)),
        hasComfortNoise: this.settings.hasComfortNoise(this.settings.originOf(target)),
        ...this.#parts(),
      }),
    );
  }

  /** A browser's leg, without a SIP session: it is answered when it is connected. */
  addBrowser({ leg: id, ref, place, levels, tag }: ControlCommands['leg.connect']['data']): Leg {
    return this.#add(
      new Leg({
        id,
        direction: 'in',
        origin: { kind: 'browser', ref },
        remote: { user: '', host: '', displayName: '' },
        called: '',
        place,
        levels,
        tag,
        ...this.#parts(),
      }),
    );
  }

  #parts(): Pick<LegOptions, 'stationName' | 'media' | 'peers' | 'owner'> {
    return {
      stationName: this.settings.stationName,
      media: this.media,
      peers: this.peers,
      owner: this,
    };
  }

  /** Brings the media to where these legs, and those they are private with, are to be. Resolves when it is heard. */
  async settle(legs: Iterable<Leg>): Promise<void> {
    const concerned = new Set<Leg>();
    for (const leg of legs) {
      concerned.add(leg);
      const partner = leg.place.kind === 'private' ? this.legs.get(leg.place.with) : undefined;
      if (partner !== undefined) concerned.add(partner);
    }
    const moves = [...concerned].flatMap((leg) =>
      leg.isAnswered && leg.port !== null
        ? [{ leg, wanted: leg.place, port: leg.port, place: mediaPlaceOf(this.legs, leg) }]
        : [],
    );
    if (moves.length === 0) return;
    await this.media.place(moves.map(({ port, place }) => ({ port, place })));
    for (const { leg, wanted, place } of moves) {
      leg.isInPlace = leg.place === wanted && place.kind === wanted.kind;
      this.#announceMedia(leg);
    }
  }

  snapshot(): Snapshot {
    return {
      controlVersion: CONTROL_VERSION,
      engineVersion: this.#options.engineVersion,
      instance: this.instance,
      startedAt: this.#startedAt,
      sipPort: this.#sipPort,
      legs: [...this.legs.values()].flatMap((leg) => {
        const snapshot = legSnapshot(leg, this.recordings.ofLeg(leg.id));
        return snapshot === null ? [] : [snapshot];
      }),
      accounts: this.agent.accountStates(),
      trunks: this.agent.trunkStates(),
      recordings: this.recordings.list(),
      players: this.players.list(),
      program: this.#program,
      outputs: this.outputs.states(),
      delay: this.delay(),
      studio: this.studio.state,
      isConfigured: this.settings.isConfigured,
    };
  }

  /** Alarms that are raised: a new client is told of them. */
  standingEvents(): ControlEventLine[] {
    return [...this.#alarms.values()].map((data) => ({ event: 'alarm', data }));
  }

  onRinging(leg: Leg): void {
    this.#options.emit('leg.ringing', { leg: leg.id });
  }

  onAnswered(leg: Leg): void {
    this.#log(leg, 'leg answered');
    this.#options.emit('leg.answered', {
      leg: leg.id,
      answeredAt: leg.answeredAt ?? Date.now(),
      codec: leg.codec ?? '',
    });
    this.settle([leg]).catch((error: unknown) => this.#options.log.error({ err: error }, 'placing failed'));
  }

  /** Between two that are on air, until either is placed elsewhere. */
  async whisper(leg: Leg, to: Leg | null): Promise<void> {
    leg.whisper = to?.id ?? null;
    if (leg.port !== null) await this.media.whisper(leg.port, to?.port ?? null);
  }

  /** The mixer has ended them by itself. */
  endWhispersOf(leg: Leg): void {
    leg.whisper = null;
    for (const other of this.legs.values()) if (other.whisper === leg.id) other.whisper = null;
  }

  onHeld(leg: Leg): void {
    this.#options.emit('leg.held', { leg: leg.id, isHeldByRemote: leg.isHeldByRemote });
  }

  onDecoded(leg: Leg): void {
    leg.hasDecoded = true;
    this.#announceMedia(leg);
  }

  onCandidate(leg: Leg, candidate: string, mid: string): void {
    // A SIP session has no way for it.
    if (leg.origin.kind === 'browser') this.#options.emit('leg.candidate', { leg: leg.id, candidate, mid });
  }

  onIce(leg: Leg): void {
    if (leg.ice !== null && leg.isReported) this.#options.emit('leg.ice', { leg: leg.id, state: leg.ice });
  }

  onDtmf(leg: Leg, digit: string): void {
    if (/^[0-9A-D*#]$/.test(digit)) this.#options.emit('leg.dtmf', { leg: leg.id, digit });
  }

  /** From here on the leg takes no command, and whoever was private with it is alone. */
  onEnding(leg: Leg): void {
    this.studio.release(leg);
    if (leg.port !== null) this.#byPort.delete(leg.port);
    this.endWhispersOf(leg);
    this.players.endOfLeg(leg.id);
    const widowed = [...this.legs.values()].filter(
      ({ place, isEnding }) => !isEnding && place.kind === 'private' && place.with === leg.id,
    );
    for (const partner of widowed) partner.place = SILENCE;
    this.settle(widowed).catch((error: unknown) => this.#options.log.error({ err: error }, 'placing failed'));
  }

  onEnded(leg: Leg, end: LegEnd, quality: Quality | null): void {
    this.legs.delete(leg.id);
    if (this.legs.size === 0) queueMicrotask(this.#onIdle);
    if (!leg.isReported) return;
    this.#log(leg, 'leg ended', { ...end });
    this.#options.emit('leg.ended', {
      leg: leg.id,
      cause: end.cause,
      sipStatus: end.sipStatus,
      by: end.by,
      endedAt: Date.now(),
      quality,
      tag: leg.tag,
    });
  }

  /** The port is known from now on: what the media thread says of it is for this leg. */
  registerPort(leg: Leg): void {
    if (leg.port !== null) this.#byPort.set(leg.port, leg);
  }

  async #onInvite(session: IncomingSession): Promise<void> {
    this.#lastNumber += 1;
    const leg = new Leg({
      id: `in-${this.instance}-${this.#lastNumber}`,
      direction: 'in',
      origin: session.origin,
      remote: session.remote,
      called: session.called,
      place: SILENCE,
      levels: {},
      tag: {},
      srtp: this.settings.srtpOf(session.origin),
      hasComfortNoise: this.settings.hasComfortNoise(session.origin),
      ...this.#parts(),
    });
    session.delegate = leg;
    const { offer } = session;
    const isBrowser = offer !== null && isBrowserOffer(offer);
    const acceptable =
      offer === null
        ? ACCEPTABLE
        : isBrowser
          ? BrowserPeer.check(offer)
          : Negotiation.check(offer, this.settings.srtpOf(session.origin));
    if (!acceptable.ok) return session.reject(acceptable.status, acceptable.reason);
    if (this.#isStopping) return session.reject(503);
    leg.attach(session, this.agent.localAddressTowards(session.source.address));
    this.#add(leg);
    try {
      if (!(await (isBrowser ? leg.openPeer(false) : leg.open()))) return;
    } catch (error) {
      this.#options.log.warn({ err: error, leg: leg.id }, 'no media port for an incoming call');
      session.reject(503);
      leg.finish({ cause: 'media_error', by: 'engine', sipStatus: 503 });
      return;
    }
    this.registerPort(leg);
    leg.isReported = true;
    leg.ring(session);
    this.#log(leg, 'leg offered', { callId: session.callId });
    const snapshot = legSnapshot(leg, this.recordings.ofLeg(leg.id));
    if (snapshot !== null) this.#options.emit('leg.offered', snapshot);
  }

  #add(leg: Leg): Leg {
    this.legs.set(leg.id, leg);
    return leg;
  }

  #onMediaEvent(event: MediaEvent): void {
    if (this.outputs.takes(event)) return;
    switch (event.type) {
      case 'media': {
        const leg = this.#byPort.get(event.port);
        return leg === undefined ? undefined : this.onDecoded(leg);
      }
      case 'dtmf':
        return this.#byPort.get(event.port)?.onDtmf(event.digit);
      case 'rtp-timeout':
        return this.#byPort.get(event.port)?.onRtpTimeout(this.settings.rtpTimeoutMs);
      case 'recording-stopped': {
        const { type: _type, ...stopped } = event;
        this.recordings.onStopped(stopped.recording);
        return this.#options.emit('record.stopped', stopped);
      }
      case 'played': {
        const player = this.players.onPlayed(event.slot);
        if (player === null) return;
        return this.#options.emit('player.ended', { player, playedMs: event.playedMs, error: event.error });
      }
      case 'prompted': {
        const leg = this.#byPort.get(event.port);
        if (leg !== undefined) this.#options.emit('leg.prompted', { leg: leg.id });
        return;
      }
      case 'alarm':
        return this.#alarm({ code: event.code, isRaised: event.isRaised, msg: event.msg });
      case 'crashed':
        this.#alarm({ code: 'media_thread', isRaised: true, msg: event.msg });
        return this.#options.onCrashed(event.msg);
    }
  }

  #alarm(alarm: ControlEvents['alarm']): void {
    if (alarm.isRaised) this.#alarms.set(alarm.code, alarm);
    else this.#alarms.delete(alarm.code);
    this.#options.log.warn({ code: alarm.code, isRaised: alarm.isRaised, detail: alarm.msg }, 'alarm');
    this.#options.emit('alarm', alarm);
  }

  /** Once: when the far end's sound is mixed, and where the leg belongs. */
  #announceMedia(leg: Leg): void {
    if (leg.hasMedia || !leg.hasDecoded || !leg.isInPlace || !leg.isAnswered) return;
    leg.hasMedia = true;
    this.#options.emit('leg.media', { leg: leg.id });
  }

  #reportQuality(): void {
    for (const leg of this.legs.values()) {
      if (!leg.isAnswered || leg.port === null) continue;
      this.#options.emit('leg.quality', { leg: leg.id, quality: this.media.quality(leg.port) });
    }
  }

  /** No numbers, no names: the leg is found again by its id. */
  #log(leg: Leg, msg: string, fields: Record<string, unknown> = {}): void {
    this.#options.log.info({ leg: leg.id, direction: leg.direction, ref: leg.origin.ref, ...fields }, msg);
  }

  /** Resolves when every leg has given its port back, or after the time that is allowed. */
  async #idle(withinMs: number): Promise<void> {
    if (this.legs.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      setTimeout(resolve, withinMs).unref();
    });
  }
}
