/**
 * The recordings that run: which, of what, since when. The files are the media plane's affair; here is what the server
 * may ask and what a snapshot says. Used by call-table.ts. Main thread.
 */
import type { RecordingSource, RecordingState } from '../control/contract.ts';
import type { Outcome } from '../control/control-server.ts';
import type { MediaPlane, PortId } from './media-plane.ts';

export class Recordings {
  readonly #media: MediaPlane;
  readonly #running = new Map<string, RecordingState>();

  constructor(media: MediaPlane) {
    this.#media = media;
  }

  /** `port` is that of the leg, null for the program. */
  async start(
    recording: string,
    source: RecordingSource,
    port: PortId | null,
    ivr?: { maxMs: number },
  ): Promise<Outcome<null>> {
    if (this.#running.has(recording)) {
      return { ok: false, code: 'recording_failed', msg: `recording ${recording} is running already` };
    }
    const state = { recording, source, startedAt: Date.now() };
    this.#running.set(recording, state);
    try {
      await this.#media.record(recording, port === null ? { kind: 'program' } : { kind: 'port', port }, ivr);
    } catch (error) {
      if (this.#running.get(recording) === state) this.#running.delete(recording);
      return { ok: false, code: 'recording_failed', msg: error instanceof Error ? error.message : 'failed' };
    }
    return { ok: true, data: null };
  }

  /** `record.stopped` follows when the file is complete. */
  stop(recording: string): Outcome<null> {
    if (!this.#running.has(recording)) {
      return { ok: false, code: 'unknown_recording', msg: `no recording ${recording}` };
    }
    this.#media.stopRecording(recording);
    return { ok: true, data: null };
  }

  /** Reported by the media plane; false when it is not one of ours. */
  onStopped(recording: string): boolean {
    return this.#running.delete(recording);
  }

  ofLeg(leg: string): string[] {
    return this.list()
      .filter(({ source }) => source.kind === 'leg' && source.leg === leg)
      .map(({ recording }) => recording);
  }

  list(): RecordingState[] {
    return [...this.#running.values()];
  }
}
