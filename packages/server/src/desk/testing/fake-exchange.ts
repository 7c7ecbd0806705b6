/**
 * An exchange without telephones: keeps the truth about calls and places, and leaves to the test what the far ends
 * do and when commands are carried out, facts told and results given. `settle` does all of it in the usual order;
 * a random walk does it in any order that a real exchange could.
 */
import type {
  CallId,
  CallOwner,
  EndedBecause,
  Exchange,
  ExchangeCall,
  ExchangeCommand,
  ExchangeConfig,
  ExchangeFact,
  DelayReport,
  ExchangeMeters,
  ExchangePlace,
  ExchangeResult,
  LineStatus,
  ProgramState,
} from '../ports/exchange.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
/** A call, or the program. */
type RecordingSource = string;
export type FakeCall = Writable<ExchangeCall>;

const ok: ExchangeResult = { ok: true };
const gone: ExchangeResult = { ok: false, code: 'gone', msg: 'there is no such call' };
const wrongState: ExchangeResult = {
  ok: false,
  code: 'wrong_state',
  msg: 'the call is not in a state for it',
};
const down: ExchangeResult = { ok: false, code: 'down', msg: 'the exchange is not running' };

const silentLevels = { inDb: 0, isInMuted: false, outDb: 0, isOutMuted: false, leveller: null };

/** How long everything is that is played. */
const PLAYED_MS = 5000;

export class FakeExchange implements Exchange {
  readonly calls = new Map<CallId, FakeCall>();
  readonly reachable = new Map<string, CallOwner>();
  readonly recordings = new Map<string, RecordingSource>();
  readonly players = new Map<string, Extract<ExchangeCommand, { type: 'play' }> & { startedAt: number }>();
  readonly performed: ExchangeCommand[] = [];
  /** What the recordings that end are said to hold. */
  recorded = { durationMs: 1000, loudMs: 800 };
  program: ProgramState = { levelDb: 0, isMuted: false, isOnAir: false };
  delay: DelayReport = { state: 'bypass', depthMs: 0, targetMs: 0, isSafe: false };
  isRunning = true;
  /** Phones that are rung answer at once, and whoever is answered is heard at once. */
  isEager = true;
  /** What the next commands of a type answer instead of being carried out. */
  readonly failures = new Map<ExchangeCommand['type'], ExchangeResult>();

  readonly #lines = new Map<string, LineStatus>();
  readonly #commands: { command: ExchangeCommand; resolve: (result: ExchangeResult) => void }[] = [];
  readonly #facts: ExchangeFact[] = [];
  readonly #results: (() => void)[] = [];
  /** Recordings that are of questions. */
  readonly #questions = new Set<string>();
  #onFact: ((fact: ExchangeFact) => void) | null = null;
  #onMeters: ((meters: ExchangeMeters) => void) | null = null;
  #lastAt = 1_700_000_000_000;
  readonly #clock: (() => number) | null;
  #callCount = 0;

  /** Without a clock a millisecond goes by with everything that happens. */
  constructor(clock: (() => number) | null = null) {
    this.#clock = clock;
  }

  // What the desk and the composition root call.

  start(config: ExchangeConfig, onFact: (fact: ExchangeFact) => void): Promise<void> {
    for (const { id } of config.lines) this.#lines.set(id, 'up');
    this.#onFact = onFact;
    this.#tellUp();
    return Promise.resolve();
  }

  configure(config: ExchangeConfig): Promise<ExchangeResult> {
    for (const { id } of config.lines) if (!this.#lines.has(id)) this.setLine(id, 'up');
    return Promise.resolve(ok);
  }

  perform(command: ExchangeCommand): Promise<ExchangeResult> {
    return new Promise((resolve) => {
      // Meant for an exchange that is no more: a real connection would be broken.
      const isTooLate = this.#facts.some(({ type }) => type === 'down' || type === 'up');
      if (isTooLate) this.#results.push(() => resolve(down));
      else this.#commands.push({ command, resolve });
    });
  }

  watchMeters(handler: ((meters: ExchangeMeters) => void) | null): void {
    this.#onMeters = handler;
  }

  stop(): Promise<void> {
    this.#onFact = null;
    return Promise.resolve();
  }

  // What a test lets happen.

  /** True while something is on its way. */
  get isBusy(): boolean {
    return this.#commands.length + this.#facts.length + this.#results.length > 0;
  }
  get canCarryOut(): boolean {
    return this.#commands.length > 0;
  }
  get canTell(): boolean {
    return this.#facts.length > 0;
  }
  get canAnswer(): boolean {
    return this.#results.length > 0;
  }

  carryOutNext(): void {
    const next = this.#commands.shift();
    if (!next) return;
    const result = this.#carryOut(next.command);
    this.#results.push(() => next.resolve(result));
  }
  tellNext(): void {
    const fact = this.#facts.shift();
    if (fact) this.#onFact?.(fact);
  }
  answerNext(): void {
    this.#results.shift()?.();
  }

  /** Everything in the usual order, until nothing is on its way. */
  async settle(): Promise<void> {
    for (let round = 0; round < 1000; round += 1) {
      while (this.canCarryOut) this.carryOutNext();
      while (this.canAnswer) this.answerNext();
      while (this.canTell) this.tellNext();
      await quiet();
      if (!this.isBusy) return;
    }
    throw new Error('the desk and the exchange never come to rest');
  }

  callIn(owner: CallOwner, number = '+2207000001', displayName = '', isTest = false): CallId {
    this.#callCount += 1;
    const call: FakeCall = {
      call: `in-${this.#callCount}`,
      owner,
      direction: 'in',
      state: 'offered',
      hasMedia: false,
      isHeldByRemote: false,
      number,
      displayName,
      place: { kind: 'silence' },
      whisper: null,
      levels: silentLevels,
      offeredAt: this.#tick(),
      answeredAt: null,
      recordings: [],
      tag: {},
      ...(isTest ? { isTest } : {}),
    };
    this.calls.set(call.call, call);
    this.#tell({ type: 'offered', call: structuredClone(call) });
    return call.call;
  }

  ring(id: CallId): void {
    const call = this.calls.get(id);
    if (call?.state !== 'dialling') return;
    call.state = 'ringing';
    this.#tell({ type: 'ringing', call: id });
  }

  /** The far end picks up. */
  pickUp(id: CallId): void {
    const call = this.calls.get(id);
    if (!call || call.direction !== 'out' || call.state === 'answered') return;
    call.state = 'answered';
    call.answeredAt = this.#tick();
    this.#tell({ type: 'answered', call: id, at: call.answeredAt });
    if (this.isEager) this.sendMedia(id);
  }

  sendMedia(id: CallId): void {
    const call = this.calls.get(id);
    if (call?.state !== 'answered' || call.hasMedia) return;
    call.hasMedia = true;
    this.#tell({ type: 'media', call: id });
  }

  end(id: CallId, because: EndedBecause = 'normal', by: 'remote' | 'server' | 'engine' = 'remote'): void {
    if (!this.calls.delete(id)) return;
    this.#endWhispersOf(id);
    for (const { player, to } of this.players.values()) if (to === id) this.endPlaying(player);
    for (const [recording, source] of this.recordings) if (source === id) this.#stopRecording(recording);
    this.#tell({ type: 'ended', call: id, because, by, at: this.#tick(), quality: null });
  }

  /** What is played has come to its end. */
  endPlaying(player: string): boolean {
    if (!this.players.delete(player)) return false;
    this.#tell({ type: 'played', player, error: null });
    return true;
  }

  /** The network of a headset goes away, or comes back. */
  setAway(id: CallId, isAway: boolean): void {
    const call = this.calls.get(id);
    if (!call?.isHeadset || call.isAway === isAway) return;
    call.isAway = isAway;
    this.#tell({ type: 'ice', call: id, isAway });
  }

  /** The prompt of a caller in ivr has come to its end. */
  hearPrompt(id: CallId): void {
    if (this.calls.get(id)?.place.kind === 'ivr') this.#tell({ type: 'prompted', call: id });
  }

  press(id: CallId, digit: string): void {
    if (this.calls.has(id)) this.#tell({ type: 'dtmf', call: id, digit });
  }

  /** The time of a question is up. */
  fillRecording(recording: string): void {
    this.#stopRecording(recording);
  }

  setReachable(owner: CallOwner, isReachable: boolean): void {
    if (isReachable) this.reachable.set(JSON.stringify(owner), owner);
    else this.reachable.delete(JSON.stringify(owner));
    this.#tell({ type: 'reachable', owner, isReachable });
  }

  setLine(lineId: string, status: LineStatus): void {
    this.#lines.set(lineId, status);
    this.#tell({ type: 'line', lineId, status, error: status === 'up' ? null : 'not registered' });
  }

  tell(fact: ExchangeFact): void {
    this.#tell(fact);
  }

  sendMeters(meters: ExchangeMeters): void {
    this.#onMeters?.(meters);
  }

  /** `kill -9`: every call is gone, what was under way is answered with `down`. */
  crash(): void {
    this.isRunning = false;
    this.calls.clear();
    this.recordings.clear();
    this.delay = { state: 'bypass', depthMs: 0, targetMs: 0, isSafe: false };
    this.players.clear();
    this.reachable.clear();
    this.#facts.length = 0;
    for (const { resolve } of this.#commands.splice(0)) this.#results.push(() => resolve(down));
    this.#tell({ type: 'down', msg: 'the engine has stopped' });
  }

  comeBack(): void {
    this.isRunning = true;
    this.program = { levelDb: 0, isMuted: false, isOnAir: false };
    this.#tellUp();
  }

  /** The server has died: its commands and what was to be told to it are lost, the calls are not. */
  loseServer(): void {
    this.#onFact = null;
    this.#commands.length = 0;
    this.#facts.length = 0;
    this.#results.length = 0;
  }

  /** The next server has found the exchange. */
  reconnect(onFact: (fact: ExchangeFact) => void): void {
    this.#onFact = onFact;
    this.#tellUp();
  }

  #tellUp(): void {
    this.#tell({
      type: 'up',
      snapshot: structuredClone({
        calls: [...this.calls.values()],
        program: this.program,
        delay: this.delay,
        players: [...this.players.values()].map(({ player, startedAt, tag }) => ({
          player,
          startedAt,
          durationMs: PLAYED_MS,
          tag,
        })),
        programRecordings: this.#recordingsOf('program'),
        reachable: [...this.reachable.values()],
        outputs: [],
        lines: [...this.#lines].map(([lineId, status]) => ({ lineId, status, error: null })),
      }),
    });
  }

  #carryOut(command: ExchangeCommand): ExchangeResult {
    if (!this.isRunning) return down;
    this.performed.push(command);
    const failure = this.failures.get(command.type);
    if (failure) {
      this.failures.delete(command.type);
      return failure;
    }
    switch (command.type) {
      case 'dial':
      case 'reach':
        return this.#dial(command);
      case 'connect':
        return this.#connectHeadset(command);
      case 'reoffer':
        if (!this.calls.get(command.call)?.isHeadset) return gone;
        this.setAway(command.call, false);
        return { ok: true, answer: `answer to ${command.offer}` };
      case 'candidate':
        return this.calls.get(command.call)?.isHeadset ? ok : gone;
      case 'move':
        return this.#move(command.moves);
      case 'whisper':
        return this.#whisper(command.call, command.to);
      case 'program':
        this.program = { ...this.program, ...command.program };
        return ok;
      case 'delay':
        this.setDelay({ ...this.delay, targetMs: command.targetMs });
        return ok;
      case 'dump':
        return this.#dump(command);
      case 'record':
        return this.#record(command);
      case 'recordQuestion':
        this.#questions.add(command.recording);
        return this.#record({ ...command, type: 'record', source: { kind: 'call', call: command.call } });
      case 'play':
        return this.#play(command);
      case 'playLevel': {
        const playing = this.players.get(command.player);
        if (playing) playing.levelDb = command.levelDb;
        return playing ? ok : gone;
      }
      case 'stopPlaying':
        return this.endPlaying(command.player) ? ok : gone;
      case 'stopRecording':
        this.#stopRecording(command.recording);
        return ok;
      default: {
        const call = this.calls.get(command.call);
        return call ? this.#carryOutOn(call, command) : gone;
      }
    }
  }

  #carryOutOn(
    call: FakeCall,
    command: Extract<ExchangeCommand, { type: 'answer' | 'reject' | 'hangUp' | 'levels' | 'tag' }>,
  ): ExchangeResult {
    switch (command.type) {
      case 'answer':
        if (call.state !== 'offered') return wrongState;
        Object.assign(call, {
          state: 'answered',
          place: command.place,
          levels: command.levels,
          answeredAt: this.#tick(),
        });
        this.#tell({ type: 'answered', call: call.call, at: this.#lastAt });
        if (this.isEager) this.sendMedia(call.call);
        return ok;
      case 'reject':
        if (call.state !== 'offered') return wrongState;
        this.end(call.call, command.why === 'busy' ? 'busy' : 'rejected', 'server');
        return ok;
      case 'hangUp':
        this.end(call.call, call.state === 'answered' ? 'normal' : 'cancelled', 'server');
        return ok;
      case 'levels':
        call.levels = { ...call.levels, ...command.levels };
        return ok;
      case 'tag':
        call.tag = command.tag;
        return ok;
    }
  }

  #play(command: Extract<ExchangeCommand, { type: 'play' }>): ExchangeResult {
    const isMissing = command.file.kind === 'recording' && command.file.name === 'missing';
    if (isMissing) return { ok: false, code: 'failed', msg: 'there is no such file' };
    if (command.to !== null && !this.calls.has(command.to)) return gone;
    const startedAt = this.#tick();
    this.players.set(command.player, { ...command, startedAt });
    const { player, tag } = command;
    this.#tell({ type: 'playing', player, startedAt, durationMs: PLAYED_MS, tag });
    return ok;
  }

  #dial(command: Extract<ExchangeCommand, { type: 'dial' | 'reach' }>): ExchangeResult {
    const owner =
      command.type === 'dial' ? ({ kind: 'line', lineId: command.lineId } as const) : command.owner;
    if (command.type === 'reach' && !this.reachable.has(JSON.stringify(owner))) {
      return { ok: false, code: 'unreachable', msg: 'the phone is not registered' };
    }
    this.calls.set(command.call, {
      call: command.call,
      owner,
      direction: 'out',
      state: 'dialling',
      hasMedia: false,
      isHeldByRemote: false,
      number: command.type === 'dial' ? command.number : '',
      displayName: '',
      place: command.place,
      whisper: null,
      levels: command.levels,
      offeredAt: this.#tick(),
      answeredAt: null,
      recordings: [],
      tag: command.tag,
    });
    return ok;
  }

  /** Heard as soon as its browser's sound comes. */
  #connectHeadset(command: Extract<ExchangeCommand, { type: 'connect' }>): ExchangeResult {
    const { call, owner, offer, place, levels, tag } = command;
    if (offer === '') return { ok: false, code: 'failed', msg: 'that is no offer' };
    this.calls.set(call, {
      call,
      owner,
      direction: 'in',
      state: 'answered',
      hasMedia: false,
      isHeldByRemote: false,
      number: '',
      displayName: '',
      place,
      whisper: null,
      levels,
      offeredAt: this.#tick(),
      answeredAt: this.#lastAt,
      recordings: [],
      tag,
      isHeadset: true,
      isAway: true,
    });
    this.#tell({ type: 'candidate', call, candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', mid: '0' });
    if (this.isEager) {
      this.setAway(call, false);
      this.sendMedia(call);
    }
    return { ok: true, answer: `answer to ${offer}` };
  }

  #move(moves: readonly { call: CallId; place: ExchangePlace }[]): ExchangeResult {
    const calls = moves.map(({ call }) => this.calls.get(call));
    if (calls.includes(undefined)) return gone;
    if (calls.some((call) => call?.state !== 'answered')) return wrongState;
    for (const { call, place } of moves) {
      if (place.kind !== 'private') continue;
      const back = moves.find((move) => move.call === place.with)?.place;
      if (back?.kind !== 'private' || back.with !== call) {
        return { ok: false, code: 'failed', msg: 'a private talk has two sides' };
      }
    }
    for (const { call, place } of moves) {
      Object.assign(this.calls.get(call) ?? {}, { place });
      if (place.kind !== 'air') this.#endWhispersOf(call);
      for (const [recording, source] of this.recordings) {
        if (source === call && this.#questions.has(recording)) this.#stopRecording(recording);
      }
    }
    return ok;
  }

  #whisper(id: CallId, to: CallId | null): ExchangeResult {
    const call = this.calls.get(id);
    const listener = to === null ? null : this.calls.get(to);
    if (!call || listener === undefined) return gone;
    const areOnAir = [call, listener].every((each) => each === null || each.place.kind === 'air');
    if (to !== null && !areOnAir) return wrongState;
    call.whisper = to;
    return ok;
  }

  #endWhispersOf(id: CallId): void {
    for (const call of this.calls.values()) {
      if (call.call === id || call.whisper === id) call.whisper = null;
    }
  }

  #record({ recording, source }: Extract<ExchangeCommand, { type: 'record' }>): ExchangeResult {
    if (source.kind === 'program') {
      this.recordings.set(recording, 'program');
      return ok;
    }
    const call = this.calls.get(source.call);
    if (!call) return gone;
    this.recordings.set(recording, source.call);
    call.recordings = [...call.recordings, recording];
    return ok;
  }

  /** The delay is so now, by itself or because it was asked. */
  setDelay(delay: DelayReport): void {
    this.delay = delay;
    this.#tell({ type: 'delay', delay });
  }

  #dump({ recording, dumpMs }: Extract<ExchangeCommand, { type: 'dump' }>): ExchangeResult {
    const durationMs = Math.min(dumpMs, this.delay.depthMs);
    if (durationMs === 0) return wrongState;
    this.setDelay({ ...this.delay, state: 'building', depthMs: this.delay.depthMs - durationMs });
    this.#tell({ type: 'recordingStopped', recording, durationMs, loudMs: durationMs, error: null });
    return ok;
  }

  #stopRecording(recording: string): void {
    const source = this.recordings.get(recording);
    if (source === undefined) return;
    this.recordings.delete(recording);
    const call = this.calls.get(source);
    if (call) call.recordings = call.recordings.filter((id) => id !== recording);
    this.#tell({ type: 'recordingStopped', recording, ...this.recorded, error: null });
  }

  #recordingsOf(source: RecordingSource): string[] {
    return [...this.recordings].filter(([, from]) => from === source).map(([recording]) => recording);
  }

  #tell(fact: ExchangeFact): void {
    this.#facts.push(fact);
  }

  #tick(): number {
    this.#lastAt = this.#clock?.() ?? this.#lastAt + 1;
    return this.#lastAt;
  }
}

/** Lets promises that are resolved be followed. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
