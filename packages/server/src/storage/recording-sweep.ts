/**
 * Brings the history and the audio folder back together after a crash: run by main.ts after the start, and again a
 * little after the engine has come back. A file that is still being written is left alone. It works in small steps,
 * so that a folder of a hundred thousand recordings holds up nobody.
 */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { CallRecord, CallRecording } from '../desk/ports/store.ts';
import type { AudioRemovals } from './audio-removals.ts';
import type { CallStore } from './call-store.ts';
import { readWavLength } from './wav-length.ts';

export interface SweepOptions {
  calls: Pick<CallStore, 'find' | 'save' | 'recordings' | 'withRecentRecordings' | 'noteMissing'>;
  removals: Pick<AudioRemovals, 'pending' | 'carryOut'>;
  audioFolder: string;
  now: number;
  /** An entry is new, or was changed. */
  onChanged: (callId: string) => void;
  /** Audio that belongs to records of another kind. */
  isKnownElsewhere?: (id: string) => boolean;
}

export interface SweepReport {
  /** Recordings without an entry; each has got one. */
  adopted: string[];
  /** Entries whose file is not there; each says so now. */
  missing: string[];
  /** Entries whose length was unknown or wrong, read anew from the file. */
  measured: string[];
}

/** The engine writes at least once a second. */
const QUIET_MS = 5_000;
/** Lengths in an entry and in a file may differ by a frame or two. */
const TOLERANCE_MS = 100;
/** Older entries were measured at earlier starts. */
const RECENT_MS = 7 * 24 * 3_600_000;
/** In one step: a few ms. */
const IDS_A_STEP = 2_000;
const RECORDS_A_STEP = 20;

export async function sweepRecordings(options: SweepOptions): Promise<SweepReport> {
  const { calls, removals, audioFolder } = options;
  const report: SweepReport = { adopted: [], missing: [], measured: [] };
  mkdirSync(audioFolder, { recursive: true, mode: 0o700 });
  removals.carryOut();
  const files = new Set(await readdir(audioFolder));
  const unknown = new Set(files);
  await checkFiles(options, files, unknown, report);

  const recent = calls.withRecentRecordings(options.now - RECENT_MS);
  for (const [count, id] of recent.entries()) {
    if (count % RECORDS_A_STEP === RECORDS_A_STEP - 1) await setImmediate();
    // Read when its turn comes: the desk may have changed it meanwhile.
    checkRecord(id, options, files, report);
  }

  for (const name of unknown) {
    const id = /^([A-Za-z0-9_-]{1,64})\.wav$/.exec(name)?.[1];
    // Asked anew each time: its entry may have been deleted a moment ago.
    if (!id || removals.pending().has(id) || options.isKnownElsewhere?.(id)) continue;
    adopt(id, options, report);
    await setImmediate();
  }
  return report;
}

/** Takes what is entered out of `unknown`, and marks entries whose file is not there. */
async function checkFiles(
  options: SweepOptions,
  files: ReadonlySet<string>,
  unknown: Set<string>,
  report: SweepReport,
): Promise<void> {
  let after = '';
  for (;;) {
    const recordings = options.calls.recordings(after, IDS_A_STEP);
    for (const { id, callId, isMissing } of recordings) {
      unknown.delete(`${id}.wav`);
      if (!isMissing && !files.has(`${id}.wav`)) checkRecord(callId, options, files, report);
    }
    const last = recordings.at(-1);
    if (!last || recordings.length < IDS_A_STEP) return;
    after = last.id;
    await setImmediate();
  }
}

function checkRecord(
  id: string,
  options: SweepOptions,
  files: ReadonlySet<string>,
  report: SweepReport,
): void {
  const record = options.calls.find(id);
  if (!record) return;
  // One that has begun since the folder was read is there all the same, and one that was deleted is not.
  const isThere = (name: string) => files.has(name) || existsSync(join(options.audioFolder, name));
  const recordings = record.recordings.map((recording) =>
    isThere(`${recording.id}.wav`)
      ? checkLength(record, recording, options, report)
      : checkMissing(record, recording, report),
  );
  const isChanged = recordings.some((recording, index) => recording !== record.recordings[index]);
  if (!isChanged) return;
  options.calls.save({ ...record, recordings });
  for (const recording of recordings) {
    if (recording.error === 'missing') options.calls.noteMissing(recording.id);
  }
  options.onChanged(record.id);
}

function checkMissing(record: CallRecord, recording: CallRecording, report: SweepReport): CallRecording {
  const isOver = record.endedAt !== null || recording.durationMs !== null;
  if (!isOver || recording.error === 'missing') return recording;
  report.missing.push(recording.id);
  return { ...recording, durationMs: 0, error: 'missing' };
}

function checkLength(
  record: CallRecord,
  recording: CallRecording,
  options: SweepOptions,
  report: SweepReport,
): CallRecording {
  const { durationMs } = recording;
  const path = join(options.audioFolder, `${recording.id}.wav`);
  const isOld = durationMs !== null && recording.startedAt < options.now - RECENT_MS;
  if (isOld || recording.error === 'unreadable' || quietSince(path, options.now) === null) return recording;
  if (removeEmpty(path)) return checkMissing(record, recording, report);
  const length = readWavLength(path, true);
  if (length === null) {
    report.measured.push(recording.id);
    return { ...recording, durationMs: 0, error: 'unreadable' };
  }
  if (isNear(durationMs, length.durationMs)) return recording;
  report.measured.push(recording.id);
  return { ...recording, durationMs: length.durationMs };
}

/** One that begins in the moment of a crash is entered as nothing at all: that is near no length but its own. */
function isNear(entered: number | null, measured: number): boolean {
  const tolerance = entered === 0 ? 0 : TOLERANCE_MS;
  return entered !== null && Math.abs(measured - entered) <= tolerance;
}

/** The power went between the making of the file and its first bytes: nothing is in it that could be kept. */
function removeEmpty(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.size !== 0) return false;
  rmSync(path, { force: true });
  return true;
}

/** A recording that nobody has entered becomes an entry of its own, so that nothing said is lost. */
function adopt(id: string, { calls, audioFolder, now, onChanged }: SweepOptions, report: SweepReport): void {
  const path = join(audioFolder, `${id}.wav`);
  // Before the header is set right, which is a change too.
  const endedAt = quietSince(path, now);
  if (endedAt === null || removeEmpty(path)) return;
  const length = readWavLength(path, true);
  if (length === null) return;
  const startedAt = endedAt - length.durationMs;
  report.adopted.push(id);
  const callId = `found-${id}`.slice(0, 64);
  calls.save({
    id: callId,
    type: 'program',
    openedAt: startedAt,
    channelId: null,
    lineId: null,
    direction: null,
    number: '',
    name: null,
    answeredAt: startedAt,
    endedAt,
    point: null,
    screening: null,
    seenAt: endedAt,
    cause: 'found',
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [{ id, kind: 'program', startedAt, durationMs: length.durationMs, error: null }],
    quality: null,
    tags: [],
  });
  onChanged(callId);
}

/** null: it is being written, or was deleted since the folder was read. */
function quietSince(path: string, now: number): number | null {
  const file = statSync(path, { throwIfNoEntry: false });
  return file && now - file.mtimeMs >= QUIET_MS ? Math.round(file.mtimeMs) : null;
}
