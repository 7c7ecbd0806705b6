/**
 * The exchange of a server process without telephones: commands are carried out as soon as the event loop turns, far ends
 * move when the parent process says so. Stands in for embedded-exchange.ts, see without-telephones.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { audioFolder } from '../config.ts';
import type { EngineIdentity } from '../exchange/embedded/embedded-exchange.ts';
import type * as embedded from '../exchange/embedded/embedded-exchange.ts';
import type {
  Exchange,
  ExchangeCommand,
  ExchangeConfig,
  ExchangeFact,
  ExchangeMeters,
  ExchangeResult,
} from '../desk/ports/exchange.ts';
import { FakeExchange } from '../desk/testing/fake-exchange.ts';
import type { FarEndAnswer, FarEndMove, FarEndRequest } from './far-ends.ts';

const METERS_EVERY_MS = 1000 / 15;
/** As a line answers it that has taken the text. */
const TEXT_TAKEN = 202;

/** Of every recording, from its first moment on: who asks for its audio is given some. */
const RECORDED_MS = 40;
const SAMPLES_A_SECOND = 48_000;

interface TextReceiver {
  onText(text: object): number;
  onConnected(isConnected: boolean): void;
}

export class EmbeddedExchange implements Exchange {
  readonly #fake = new FakeExchange(Date.now);
  #settling: Promise<void> | null = null;
  #meters: NodeJS.Timeout | undefined;
  #onMeters: ((meters: ExchangeMeters) => void) | null = null;
  #receiver: TextReceiver | null = null;
  readonly #audioFolder: string;

  constructor({ dataFolder }: { dataFolder: string }) {
    this.#audioFolder = audioFolder(dataFolder);
    this.#fake.recorded = { durationMs: RECORDED_MS, loudMs: 0 };
  }

  /** Texts go out at once and are taken; what comes in is answered by whoever receives. */
  readonly texts = {
    receiveTexts: (receiver: TextReceiver | null): void => {
      this.#receiver = receiver;
      receiver?.onConnected(true);
    },
    sendText: () => Promise.resolve({ ok: true, status: TEXT_TAKEN, isToAccount: false } as const),
  };

  get identity(): EngineIdentity | null {
    return this.#fake.isRunning
      ? { sipPort: 5060, sipTlsPort: null, sipWsPort: null, version: 'none', instance: 'scripted' }
      : null;
  }

  async start(config: ExchangeConfig, onFact: (fact: ExchangeFact) => void): Promise<void> {
    await this.#fake.start(config, onFact);
    process.on('message', (request: FarEndRequest) => void this.#answer(request));
    await this.#settle();
    // Whoever is killed has no other time for it, and the next start is the sooner for it.
    flushCompileCache();
  }

  async configure(config: ExchangeConfig): Promise<ExchangeResult> {
    const result = await this.#fake.configure(config);
    await this.#settle();
    return result;
  }

  perform(command: ExchangeCommand): Promise<ExchangeResult> {
    const result = this.#fake.perform(command);
    void this.#settle();
    const isRecording = command.type === 'record' || command.type === 'recordQuestion';
    if (!isRecording) return result;
    return result.then((answer) => {
      if (answer.ok) this.#writeAudio(command.recording);
      return answer;
    });
  }

  watchMeters(handler: ((meters: ExchangeMeters) => void) | null): void {
    this.#onMeters = handler;
  }

  stop(): Promise<void> {
    clearInterval(this.#meters);
    return this.#fake.stop();
  }

  /** Before the next frame of a client is read: what an event causes comes before the next event. */
  #settle(): Promise<void> {
    this.#settling ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#settling = null;
        // Nobody here looks at what was performed, and a server runs long.
        resolve(this.#fake.settle().then(() => void this.#fake.performed.splice(0)));
      });
    });
    return this.#settling;
  }

  async #answer({ request, ...move }: FarEndRequest): Promise<void> {
    const textStatus = this.#play(move);
    await this.#settle();
    if (move.do === 'collect') globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const handles: Record<string, number> = {};
    for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
    const answer: FarEndAnswer = {
      type: 'done',
      request,
      textStatus,
      heapMb: heapUsed / 1e6,
      residentMb: rss / 1e6,
      handles,
    };
    process.send?.(answer);
  }

  #play(move: FarEndMove): number {
    const fake = this.#fake;
    const calls = [...fake.calls.keys()];
    const picked = 'pick' in move ? calls[move.pick % calls.length] : undefined;
    switch (move.do) {
      case 'callIn':
        if (fake.isRunning) fake.callIn(move.owner, move.number);
        break;
      case 'ring':
        if (picked !== undefined) fake.ring(picked);
        break;
      case 'pickUp':
        if (picked !== undefined) fake.pickUp(picked);
        break;
      case 'end':
        if (picked !== undefined) fake.end(picked);
        break;
      case 'reachable':
        if (fake.isRunning) fake.setReachable(move.owner, move.isReachable);
        break;
      case 'line':
        if (fake.isRunning) fake.setLine(move.lineId, move.status);
        break;
      case 'crash':
        if (fake.isRunning) fake.crash();
        break;
      case 'comeBack':
        if (!fake.isRunning) fake.comeBack();
        break;
      case 'meters':
        clearInterval(this.#meters);
        if (move.isOn) this.#meters = setInterval(() => this.#measure(), METERS_EVERY_MS);
        break;
      case 'text':
        return this.#takeText(move);
    }
    return 0;
  }

  #takeText({ sender, body, cseq }: Extract<FarEndMove, { do: 'text' }>): number {
    return (
      this.#receiver?.onText({
        owner: { kind: 'line', lineId: 'studio' },
        sender,
        contentType: 'text/plain;charset=UTF-8',
        body,
        callId: `text-${cseq}`,
        cseq,
        sentAt: null,
      }) ?? 0
    );
  }

  #writeAudio(recording: string): void {
    mkdirSync(this.#audioFolder, { recursive: true });
    writeFileSync(join(this.#audioFolder, `${recording}.wav`), silence);
  }

  #measure(): void {
    const level = () => [-60 + Math.random() * 50, -60 + Math.random() * 40] as const;
    const calls = Object.fromEntries(
      Array.from(this.#fake.calls.keys(), (call) => [call, { in: level(), out: level() }] as const),
    );
    this.#onMeters?.({ calls, players: {}, program: level(), air: level() });
  }
}

/** Nobody serves a program there. */
export function programSocketOf(dataFolder: string): string {
  return join(dataFolder, 'no-program.sock');
}

// Whatever there is in the module in whose place this one is: without it no server of a test would start.
void ({ EmbeddedExchange, programSocketOf } satisfies Record<keyof typeof embedded, unknown>);

const silence = wavOfSilence((SAMPLES_A_SECOND * RECORDED_MS) / 1000);

/** RIFF: one track of 16 bits. */
function wavOfSilence(samples: number): Buffer {
  const file = Buffer.alloc(44 + 2 * samples);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLES_A_SECOND, 24);
  file.writeUInt32LE(2 * SAMPLES_A_SECOND, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples, 40);
  return file;
}
