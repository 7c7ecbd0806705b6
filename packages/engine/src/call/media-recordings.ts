/**
 * The recordings that run, as the main thread knows them: which slot of the media thread each has, whether it is started yet or
 * already to be stopped, and dumps one after the other. Made by worker-media-plane.ts. Main thread.
 */
import type { JsonRing } from '../audio/shared-ring.ts';
import type { RecordingSource } from '../control/contract.ts';
import type { MediaCommand, RecordingCommand, RecordingReport } from './media-commands.ts';
import type { PortId } from './media-plane.ts';
import type { MediaRequests } from './media-requests.ts';

export type MediaRecordingSource = Exclude<RecordingSource, { kind: 'leg' }> | { kind: 'port'; port: PortId };

export interface MediaRecordingsOptions {
  /** As many can run at once. */
  slots: number;
  requests: MediaRequests;
  commands: JsonRing<MediaCommand>;
  recordingCommands: JsonRing<RecordingCommand>;
  /** Of the broadcast delay. */
  depthMs(): number;
  onStopped(stopped: { recording: string; durationMs: number; loudMs: number; error: string | null }): void;
}

const FRAME_MS = 20;
/** Less is as good as nothing, and may be gone when the dump comes. */
const LEAST_DUMP_MS = 40;

interface RunningRecording {
  slot: number;
  port: PortId | null;
  /** The media thread knows of it; before, there is nothing there that could be stopped. */
  isStarted: boolean;
  /** Stopped, or its port closed, before it was started. */
  isStopWanted: boolean;
}

export class MediaRecordings {
  readonly #options: MediaRecordingsOptions;
  readonly #running = new Map<string, RunningRecording>();
  readonly #freeSlots: number[];
  /** One dump after the other: each looks at what the one before it has left. */
  #lastDump: Promise<unknown> = Promise.resolve();

  constructor(options: MediaRecordingsOptions) {
    this.#options = options;
    // Taken from the end: slot 0 first.
    this.#freeSlots = Array.from({ length: options.slots }, (_, index) => options.slots - 1 - index);
  }

  dump(recording: string, dumpMs: number): Promise<number> {
    const dumped = this.#lastDump.then(() => this.#dump(recording, dumpMs));
    this.#lastDump = dumped.catch(() => undefined);
    return dumped;
  }

  /** The file is asked for first but not waited for: what is dumped must not go to air meanwhile. */
  async #dump(recording: string, dumpMs: number): Promise<number> {
    if (this.#options.depthMs() < LEAST_DUMP_MS) return 0;
    const slot = this.#takeSlot(recording);
    this.#running.set(recording, { slot, port: null, isStarted: true, isStopWanted: false });
    const start = { type: 'start', slot, recording, channels: 1, title: 'dumped' } as const;
    const written = this.#ask((request) => this.#options.recordingCommands.send({ ...start, request }));
    const [reply] = await Promise.all([
      this.#ask((request) => this.#options.commands.send({ type: 'dump', request, dumpMs, slot })),
      written.catch((error: unknown) => this.#onUnwritten(recording, error)),
    ]);
    return reply.type === 'dumped' ? reply.dumpedMs : 0;
  }

  #onUnwritten(recording: string, error: unknown): void {
    this.#running.delete(recording);
    const msg = error instanceof Error ? error.message : String(error);
    const stopped = { recording, durationMs: 0, loudMs: 0, error: msg };
    this.#options.onStopped(stopped);
  }

  #takeSlot(recording: string): number {
    const slot = this.#running.has(recording) ? undefined : this.#freeSlots.pop();
    if (slot !== undefined) return slot;
    throw Object.assign(new Error('already running, or too many'), { code: 'recording_failed' });
  }

  async record(recording: string, source: MediaRecordingSource, ivr?: { maxMs: number }): Promise<void> {
    const slot = this.#takeSlot(recording);
    const port = source.kind === 'port' ? source.port : null;
    const running = { slot, port, isStarted: false, isStopWanted: false };
    this.#running.set(recording, running);
    const channels = source.kind === 'port' && ivr === undefined ? 2 : 1;
    const title = ivr ? 'caller' : source.kind === 'port' ? 'left: caller, right: studio' : 'program';
    const ivrFrames = ivr === undefined ? null : Math.ceil(ivr.maxMs / FRAME_MS);
    try {
      await this.#ask((request) =>
        this.#options.recordingCommands.send({ type: 'start', request, slot, recording, channels, title }),
      );
    } catch (error) {
      this.#running.delete(recording);
      this.#freeSlots.push(slot);
      throw error;
    }
    this.#options.commands.send({ type: 'record', slot, source, ivrFrames });
    running.isStarted = true;
    // The file is there by now: it is completed as any other, and told of.
    if (running.isStopWanted) this.#options.commands.send({ type: 'record-stop', slot });
  }

  stop(recording: string): void {
    const running = this.#running.get(recording);
    if (running === undefined) return;
    if (running.isStarted) this.#options.commands.send({ type: 'record-stop', slot: running.slot });
    else running.isStopWanted = true;
  }

  /** What is not started yet is not to run on a port that has closed. */
  portCloses(port: PortId): void {
    for (const running of this.#running.values()) {
      if (running.port === port && !running.isStarted) running.isStopWanted = true;
    }
  }

  /** The recording thread has closed the file. */
  stopped(report: Extract<RecordingReport, { type: 'stopped' }>): void {
    const { slot, recording, durationMs, loudMs, error } = report;
    this.#running.delete(recording);
    // After a failure the media thread still feeds the slot.
    if (error !== null) this.#options.commands.send({ type: 'record-stop', slot });
    this.#options.onStopped({ recording, durationMs, loudMs, error });
  }

  freed(slot: number): void {
    this.#freeSlots.push(slot);
  }

  #ask(send: (request: number) => void): ReturnType<MediaRequests['ask']> {
    return this.#options.requests.ask(send);
  }
}
