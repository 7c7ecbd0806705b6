/**
 * Entry of the playback thread: reads the files that are played and keeps their rings full. Started by call/playback.ts
 * when something is played for the first time. It may block on the disk: a late file is silence in its own sound, and
 * disturbs nothing else.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { PlaybackCommand, PlaybackReport, PlaybackThreadData } from './call/media-commands.ts';
import { PcmRing } from './audio/pcm-ring.ts';
import { SoundFile, SoundFileError } from './audio/sound-file.ts';

/** A ring holds more than ten times as much. */
const REFILL_MS = 100;

const { rings } = workerData as PlaybackThreadData;
const slots = rings.map((memory) => new PcmRing(memory));

interface Playing {
  file: SoundFile;
  piece: Float32Array;
  at: number;
}
const playing = new Map<number, Playing>();
let timer: NodeJS.Timeout | undefined;

function report(message: PlaybackReport): void {
  parentPort?.postMessage(message);
}

function open(command: PlaybackCommand & { type: 'open' }): void {
  const { request, slot, path, fromMs } = command;
  try {
    const file = new SoundFile(path, fromMs);
    slots[slot]?.reset();
    playing.set(slot, { file, piece: new Float32Array(0), at: 0 });
    fill(slot);
    report({ type: 'opened', request, durationMs: file.durationMs });
  } catch (error) {
    report({ type: 'refused', request, msg: textOf(error) });
  }
  timer ??= setInterval(() => {
    for (const each of playing.keys()) fill(each);
  }, REFILL_MS);
}

/** As much as fits. */
function fill(slot: number): void {
  const ring = slots[slot];
  const source = playing.get(slot);
  if (ring === undefined || source === undefined) return;
  try {
    while (ring.room > 0) {
      if (source.at < source.piece.length) {
        source.at += ring.write(source.piece, source.at, source.piece.length - source.at);
        continue;
      }
      const piece = source.file.next();
      if (piece === null) return finish(slot, ring);
      source.piece = piece;
      source.at = 0;
    }
  } catch (error) {
    report({ type: 'failed', slot, msg: textOf(error) });
    finish(slot, ring);
  }
}

/** What is in the ring is still heard. */
function finish(slot: number, ring: PcmRing): void {
  ring.end();
  close(slot);
}

function close(slot: number): void {
  playing.get(slot)?.file.close();
  playing.delete(slot);
  if (playing.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

function textOf(error: unknown): string {
  if (error instanceof SoundFileError) return error.message;
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  if (isMissing) return 'there is no such file';
  return error instanceof Error ? error.message : String(error);
}

parentPort?.on('message', (command: PlaybackCommand) => {
  if (command.type === 'open') open(command);
  else close(command.slot);
});
