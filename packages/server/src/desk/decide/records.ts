// The record of a call: opened when it rings, written at every change, closed with its cause. Missed calls have
// one too, and so has a recording of the program.
import type { Channel } from '../model.ts';
import type { CallQuality } from '../ports/exchange.ts';
import type { CallRecord, CallRecording } from '../ports/store.ts';
import type { Turn } from '../turn.ts';

type Opening = Pick<CallRecord, 'type' | 'channelId' | 'lineId' | 'direction' | 'number' | 'name'>;

export function openRecord(turn: Turn, opening: Opening): CallRecord {
  const record: CallRecord = {
    id: turn.newId(),
    ...opening,
    openedAt: turn.at,
    answeredAt: null,
    endedAt: null,
    seenAt: turn.at,
    cause: null,
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [],
    quality: null,
    tags: [],
    point: null,
    screening: null,
  };
  turn.model.records[record.id] = record;
  publish(turn, record.id);
  return record;
}

/** Changes a record and has it saved; `publish` also tells the clients. */
export function changeRecord(
  turn: Turn,
  recordId: string | null,
  change: Partial<CallRecord>,
  how: 'save' | 'publish' = 'publish',
): void {
  const record = recordId === null ? undefined : turn.model.records[recordId];
  if (!record) return;
  Object.assign(record, change);
  if (how === 'publish') publish(turn, record.id);
  else if (!turn.changedRecords.has(record.id)) turn.changedRecords.set(record.id, 'save');
}

export function closeRecord(
  turn: Turn,
  recordId: string | null,
  cause: string,
  quality: CallQuality | null,
): void {
  const record = recordId === null ? undefined : turn.model.records[recordId];
  if (!record || record.endedAt !== null) return;
  countAir(turn, record, false);
  changeRecord(turn, record.id, {
    endedAt: turn.at,
    cause,
    quality: quality ?? record.quality,
    screening: null,
  });
}

export function addRecording(turn: Turn, recordId: string, id: string, kind: CallRecording['kind']): void {
  const record = turn.model.records[recordId];
  if (!record) return;
  const recording = { id, kind, startedAt: turn.at, durationMs: null, error: null };
  changeRecord(turn, recordId, { recordings: [...record.recordings, recording] });
}

/** Enters the end of a recording wherever it is filed. `durationMs` null: it never began, the entry goes. */
export function finishRecording(
  turn: Turn,
  id: string,
  durationMs: number | null,
  error: string | null,
): void {
  const record = Object.values(turn.model.records).find(({ recordings }) =>
    recordings.some((recording) => recording.id === id),
  );
  if (!record) return;
  const recordings =
    durationMs === null
      ? record.recordings.filter((recording) => recording.id !== id)
      : record.recordings.map((recording) =>
          recording.id === id ? { ...recording, durationMs, error } : recording,
        );
  changeRecord(turn, record.id, { recordings });
}

/** They were changed in the store; what is shown of the call from now on has them. */
export function noteTags(turn: Turn, recordId: string, tags: readonly string[]): void {
  const record = Object.hasOwn(turn.model.records, recordId) ? turn.model.records[recordId] : undefined;
  if (record) record.tags = tags;
}

/** Once a turn, after the modes are settled: enters the modes passed through and counts the time on air. */
export function followRecords(turn: Turn): void {
  for (const channel of Object.values(turn.model.channels)) followChannel(turn, channel);
}

/** Nothing more will happen to it: it is in the store, and the state can forget it. */
export function isFinished(record: CallRecord): boolean {
  return record.endedAt !== null && record.recordings.every(({ durationMs }) => durationMs !== null);
}

function followChannel(turn: Turn, channel: Channel): void {
  const record = channel.recordId === null ? undefined : turn.model.records[channel.recordId];
  if (!record || record.endedAt !== null || !channel.leg) return;
  if (record.modes.at(-1)?.mode !== channel.mode) {
    changeRecord(turn, record.id, { modes: [...record.modes, { mode: channel.mode, at: turn.at }] });
  }
  if (JSON.stringify(record.screening) !== JSON.stringify(channel.screening)) {
    changeRecord(turn, record.id, { screening: structuredClone(channel.screening) }, 'save');
  }
  countAir(turn, record, channel.mode === 'master' && turn.model.master.isOnAir);
}

function countAir(turn: Turn, record: CallRecord, isOnAir: boolean): void {
  if (isOnAir === (record.onAirSince !== null)) return;
  const change = isOnAir
    ? { onAirSince: turn.at }
    : { onAirSince: null, onAirMs: record.onAirMs + turn.at - (record.onAirSince ?? turn.at) };
  changeRecord(turn, record.id, change);
}

function publish(turn: Turn, recordId: string): void {
  turn.changedRecords.set(recordId, 'publish');
}
