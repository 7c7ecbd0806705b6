/**
 * Entry of the recording thread: takes recorded frames from the ring and writes the files. Started by
 * call/worker-media-plane.ts. It may block on the disk as long as it likes: audio never waits for it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { composeHoldMusic, readHoldMusic } from './audio/hold-music.ts';
import { composePrompt, readPrompt } from './audio/prompts.ts';
import { TAP_END, TAP_HEADER_BYTES, TAP_MAX_BYTES } from './audio/recorder-tap.ts';
import { RecordingFile } from './audio/recording-file.ts';
import { JsonRing, SharedRing } from './audio/shared-ring.ts';
import type { Sound } from './audio/sound.ts';
import type {
  RecordingCommand,
  RecordingReport,
  RecordingThreadData,
  SoundMessage,
} from './call/media-commands.ts';

/** How long it sleeps between two looks at the rings. */
const POLL_MS = 50;
const FLUSH_MS = 400;
const SYNC_MS = 1000;
/** Nothing was dropped for so long: the alarm is over. */
const ALARM_QUIET_MS = 10_000;
/** Names become file names; the caller's check is not relied on. */
const RECORDING_NAME = /^[A-Za-z0-9_-]{1,64}$/;

const { memory, audioFolder, promptsFolder } = workerData as RecordingThreadData;
const commands = new JsonRing<RecordingCommand>(memory.recordingCommands);
const reports = new JsonRing<RecordingReport>(memory.recordingReports);
const audio = new SharedRing(memory.recordedAudio);
const message = new ArrayBuffer(TAP_MAX_BYTES);
const bytes = new Uint8Array(message);
const header = new Int32Array(message, 0, TAP_HEADER_BYTES / 4);
const samples = new Float32Array(message, TAP_HEADER_BYTES);
const running = new Map<number, { recording: string; file: RecordingFile }>();

let lastFlushMs = performance.now();
let lastSyncMs = lastFlushMs;
let lastDropMs = Number.NEGATIVE_INFINITY;
let isDropAlarmRaised = false;
let isFailureAlarmRaised = false;
let stopRequest: number | null = null;

function start(command: RecordingCommand & { type: 'start' }): void {
  const { request, slot, recording, channels, title } = command;
  try {
    if (!RECORDING_NAME.test(recording)) throw new Error('not a name for a recording');
    mkdirSync(audioFolder, { recursive: true });
    const file = new RecordingFile(join(audioFolder, `${recording}.wav`), channels, title, new Date());
    running.set(slot, { recording, file });
    reports.send({ type: 'done', request });
    if (isFailureAlarmRaised) raiseFailure(false, 'recordings are written again');
  } catch (error) {
    const msg = textOf(error);
    reports.send({ type: 'refused', request, code: 'recording_failed', msg });
    // A name that is refused or taken says nothing about the disk.
    if (RECORDING_NAME.test(recording) && !isTaken(error)) raiseFailure(true, msg);
  }
}

/** The station's file, or the built-in piece when there is none or it cannot be played. */
function prepareMusic(path: string | null): void {
  const sound = (path === null ? null : soundOfFile(path, readHoldMusic)) ?? composeHoldMusic();
  send({ kind: 'music', sound: shared(sound) });
}

/** One that cannot be played is none: nobody on hold is told of a mistake of the settings. */
function prepareNotice({ file, everyMs }: RecordingCommand & { type: 'notice' }): void {
  const isNamed = file !== null && RECORDING_NAME.test(file);
  const sound = isNamed ? soundOfFile(join(promptsFolder, `${file}.wav`), readPrompt) : null;
  send({ kind: 'notice', sound: sound && shared(sound), everyMs });
}

function preparePrompt({ key, step, file }: RecordingCommand & { type: 'prompt' }): void {
  const isNamed = file !== null && RECORDING_NAME.test(file);
  const read = isNamed ? soundOfFile(join(promptsFolder, `${file}.wav`), readPrompt) : null;
  const isStandIn = file !== null && read === null;
  send({ kind: 'prompt', key, sound: shared(read ?? composePrompt(step)), isStandIn });
}

function send(message: SoundMessage): void {
  parentPort?.postMessage(message);
}

function shared(sound: Sound): Sound {
  const samples = new Int16Array(new SharedArrayBuffer(sound.samples.length * 2));
  samples.set(sound.samples);
  return { samples, sampleRate: sound.sampleRate };
}

type Reading = { ok: true; sound: Sound } | { ok: false; code: string };

function soundOfFile(path: string, read: (file: Uint8Array) => Reading): Sound | null {
  try {
    const reading = read(readFileSync(path));
    if (reading.ok) return reading.sound;
    process.emitWarning(`${path}: ${reading.code}; the built-in sound is played`);
  } catch (error) {
    process.emitWarning(`${path}: ${textOf(error)}; the built-in sound is played`);
  }
  return null;
}

function takeAudio(): void {
  while (audio.read(bytes) >= 0) {
    const [slot = 0, kind = 0, sampleRate = 0, missingFrames = 0] = header;
    // What was dumped comes without waiting for its file: that is to be made first.
    if (!running.has(slot)) takeCommands();
    const entry = running.get(slot);
    if (missingFrames > 0) noteDrop(missingFrames);
    if (entry !== undefined) addTo(slot, entry.file, kind, sampleRate, missingFrames);
    if (kind === TAP_END) {
      finish(slot, null);
      reports.send({ type: 'freed', slot });
    }
  }
}

function addTo(slot: number, file: RecordingFile, kind: number, sampleRate: number, missing: number): void {
  attempt(slot, () => {
    for (let frame = 0; frame < missing; frame++) file.addMissing();
    if (kind !== TAP_END) file.add(samples, sampleRate);
  });
}

/** A disk that refuses ends this recording, with an alarm, and no other. */
function attempt(slot: number, write: () => void): void {
  try {
    write();
  } catch (error) {
    raiseFailure(true, textOf(error));
    finish(slot, textOf(error));
  }
}

function finish(slot: number, error: string | null): void {
  const entry = running.get(slot);
  if (entry === undefined) return;
  running.delete(slot);
  const { recording, file } = entry;
  let closeError = error;
  try {
    file.close();
  } catch (cause) {
    closeError ??= textOf(cause);
  }
  if (closeError !== null && error === null) raiseFailure(true, closeError);
  const { durationMs, loudMs } = file;
  reports.send({ type: 'stopped', slot, recording, durationMs, loudMs, error: closeError });
}

function keepFiles(nowMs: number): void {
  if (nowMs - lastFlushMs >= FLUSH_MS) {
    lastFlushMs = nowMs;
    for (const [slot, { file }] of running) attempt(slot, () => file.flush());
  }
  if (nowMs - lastSyncMs >= SYNC_MS) {
    lastSyncMs = nowMs;
    for (const [slot, { file }] of running) attempt(slot, () => file.sync());
  }
  if (isDropAlarmRaised && nowMs - lastDropMs >= ALARM_QUIET_MS) {
    isDropAlarmRaised = false;
    reports.send({
      type: 'alarm',
      code: 'recording_dropped',
      isRaised: false,
      msg: 'recordings are whole again',
    });
  }
}

function noteDrop(frames: number): void {
  lastDropMs = performance.now();
  if (isDropAlarmRaised) return;
  isDropAlarmRaised = true;
  const msg = `${frames * 20} ms could not be recorded in time; silence is in their place`;
  reports.send({ type: 'alarm', code: 'recording_dropped', isRaised: true, msg });
}

function raiseFailure(isRaised: boolean, msg: string): void {
  isFailureAlarmRaised = isRaised;
  reports.send({ type: 'alarm', code: 'recording_failed', isRaised, msg });
}

function isTaken(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'EEXIST' && syscall === 'open';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stop(request: number): void {
  takeAudio();
  for (const slot of running.keys()) finish(slot, null);
  reports.send({ type: 'done', request });
}

/** All that have come; the one that ends the thread is kept for run(). */
function takeCommands(): void {
  for (let command = commands.receive(); command !== undefined; command = commands.receive()) {
    if (command.type === 'start') start(command);
    else if (command.type === 'music') prepareMusic(command.file);
    else if (command.type === 'notice') prepareNotice(command);
    else if (command.type === 'prompt') preparePrompt(command);
    else stopRequest = command.request;
  }
}

/** Returns when told to stop; everything is on the disk then. */
function run(): void {
  for (;;) {
    takeAudio();
    takeCommands();
    if (stopRequest !== null) return stop(stopRequest);
    keepFiles(performance.now());
    reports.flush();
    commands.wait(POLL_MS);
  }
}

// As in media-thread.ts: spares the next start the compiler.
flushCompileCache();
reports.send({ type: 'ready' });
run();
