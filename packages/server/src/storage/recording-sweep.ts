/**
 * Brings the history and the audio folder back together after a crash: run by main.ts at the start, and again a little
 * after the engine has come back. A file that is still being written is left alone.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { QuestionStore } from '../desk/ports/question-store.ts';
import type { CallRecord, CallRecording, Store } from '../desk/ports/store.ts';
import { readWavLength } from './wav-length.ts';

export interface SweepOptions {
  store: Store;
  /** Recordings of questions are entries of their own. */
  questions: Pick<QuestionStore, 'find'>;
  audioFolder: string;
  now: number;
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
const PAGE = 500;

export function sweepRecordings(options: SweepOptions): SweepReport {
  const report: SweepReport = { adopted: [], missing: [], measured: [] };
  mkdirSync(options.audioFolder, { recursive: true, mode: 0o700 });
  const files = new Set(readdirSync(options.audioFolder));
  const known = new Set<string>();
  for (const record of allCalls(options.store)) {
    for (const { id } of record.recordings) known.add(id);
    const recordings = record.recordings.map((recording) =>
      files.has(`${recording.id}.wav`)
        ? checkLength(recording, options, report)
        : checkMissing(record, recording, report),
    );
    const isChanged = recordings.some((recording, index) => recording !== record.recordings[index]);
    if (isChanged) options.store.saveCall({ ...record, recordings });
  }
  for (const name of files) {
    const id = /^([A-Za-z0-9_-]{1,64})\.wav$/.exec(name)?.[1];
    if (id && !known.has(id) && options.questions.find(id) === null) adopt(id, options, report);
  }
  return report;
}

function checkMissing(record: CallRecord, recording: CallRecording, report: SweepReport): CallRecording {
  const isOver = record.endedAt !== null || recording.durationMs !== null;
  if (!isOver || recording.error === 'missing') return recording;
  report.missing.push(recording.id);
  return { ...recording, durationMs: 0, error: 'missing' };
}

function checkLength(recording: CallRecording, options: SweepOptions, report: SweepReport): CallRecording {
  const { durationMs } = recording;
  const path = join(options.audioFolder, `${recording.id}.wav`);
  const isOld = durationMs !== null && recording.startedAt < options.now - RECENT_MS;
  if (isOld || recording.error === 'unreadable' || !isQuiet(path, options.now)) return recording;
  const length = readWavLength(path, true);
  if (length === null) {
    report.measured.push(recording.id);
    return { ...recording, durationMs: 0, error: 'unreadable' };
  }
  if (durationMs !== null && Math.abs(length.durationMs - durationMs) <= TOLERANCE_MS) return recording;
  report.measured.push(recording.id);
  return { ...recording, durationMs: length.durationMs };
}

/** A recording that nobody has entered becomes an entry of its own, so that nothing said is lost. */
function adopt(id: string, { store, audioFolder, now }: SweepOptions, report: SweepReport): void {
  const path = join(audioFolder, `${id}.wav`);
  if (!isQuiet(path, now)) return;
  // Before the header is set right, which is a change too.
  const endedAt = Math.round(statSync(path).mtimeMs);
  const length = readWavLength(path, true);
  if (length === null) return;
  const startedAt = endedAt - length.durationMs;
  report.adopted.push(id);
  store.saveCall({
    id: `found-${id}`.slice(0, 64),
    type: 'program',
    openedAt: startedAt,
    channelId: null,
    lineId: null,
    direction: null,
    number: '',
    name: null,
    answeredAt: startedAt,
    endedAt,
    seenAt: endedAt,
    cause: 'found',
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [{ id, kind: 'program', startedAt, durationMs: length.durationMs, error: null }],
    quality: null,
    tags: [],
    isFavorite: false,
  });
}

function isQuiet(path: string, now: number): boolean {
  return now - statSync(path).mtimeMs >= QUIET_MS;
}

function* allCalls(store: Store): Generator<CallRecord> {
  let cursor: string | null = null;
  do {
    const page = store.listCalls({ limit: PAGE, cursor });
    yield* page.calls;
    ({ cursor } = page);
  } while (cursor !== null);
}
