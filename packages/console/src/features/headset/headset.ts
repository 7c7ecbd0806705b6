// The headset of this page: connects this browser's microphone and speaker with the desk, keeps them connected while networks
// and servers come and go, and says how it stands. One for the whole session; drawn by headset-control.tsx.
//
//   off ─► asking (the microphone) ─► connecting ─► connected ─► reconnecting (ICE restart, or anew) ─► connected
import type { ServerFrame } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';
import {
  connectedId,
  type HeadsetRole,
  type HeadsetTaste,
  keepConnected,
  keepTaste,
  loadTaste,
  wasConnectedAs,
} from './headset-taste.ts';
import { closeMicrophone, type MicrophoneTrouble, meterOf, openMicrophone } from './microphone.ts';
import { openPeerLink, type PeerLink } from './peer-link.ts';
import { createSpeaker, type Speaker } from './speaker.ts';

export type HeadsetPhase = 'off' | 'asking' | 'connecting' | 'connected' | 'reconnecting';
/** `refused`: `words` says why. `unplugged`: connected still, and nothing is said. */
export type HeadsetTrouble = MicrophoneTrouble | 'replaced' | 'noNetwork' | 'refused' | 'unplugged';

export interface HeadsetView {
  phase: HeadsetPhase;
  as: HeadsetRole;
  trouble: HeadsetTrouble | null;
  words: string | null;
  taste: HeadsetTaste;
}

/** What of a desk a headset needs; the parts of the browser are for tests to replace. */
export interface HeadsetParts {
  controls: Pick<Controls, 'ask' | 'onFrame'>;
  isLive: () => boolean;
  /** How the desk says that this user is heard. */
  isHeardByHeadset: (as: HeadsetRole) => boolean;
  openMicrophone?: typeof openMicrophone;
  openPeerLink?: typeof openPeerLink;
  createSpeaker?: () => Speaker;
  meterOf?: typeof meterOf;
  afterMs?: (ms: number, act: () => void) => void;
}

const AGAIN_MS = 3_000;
/** So long a path may be away before another is asked for: many come back by themselves. */
const PATIENCE_MS = 700;

export class Headset {
  view: HeadsetView = {
    phase: 'off',
    as: 'user',
    trouble: null,
    words: null,
    taste: loadTaste(),
  };
  readonly #parts: Required<HeadsetParts>;
  readonly #listeners = new Set<() => void>();
  readonly #speaker: Speaker;
  #stream: MediaStream | null = null;
  #stopMeter: (() => void) | null = null;
  #link: PeerLink | null = null;
  /** What the server calls it; null: it has not answered. */
  #id: string | null = null;
  #waiting: { candidate: string; mid: string }[] = [];
  /** Which try it is: what an earlier one still brings is of no interest. */
  #try = 0;
  /** The event whose answer is waited for. */
  #asked: string | null = null;
  /** Events that connect what nobody wants any more: it ends as soon as the server has given it a name. */
  readonly #abandoned = new Set<string>();
  #isPathOpen = false;
  #isAgainDue = false;
  #stopListening: (() => void) | null = null;

  constructor(parts: HeadsetParts) {
    this.#parts = {
      openMicrophone,
      openPeerLink,
      createSpeaker,
      meterOf,
      afterMs: (ms, act) => void setTimeout(act, ms),
      ...parts,
    };
    this.#speaker = this.#parts.createSpeaker();
  }

  open(): void {
    this.#stopListening = this.#parts.controls.onFrame((frame) => this.#take(frame));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The page was loaded again. */
  resume(): void {
    const as = wasConnectedAs();
    if (as !== null && this.view.phase === 'off') void this.connect(as);
  }

  /** By one click. `replace`: also when somebody else is the studio desk. */
  async connect(as: HeadsetRole, { replace = false } = {}): Promise<void> {
    if (this.view.phase !== 'off') await this.hangUp();
    const attempt = this.#begin();
    this.#show({ phase: 'asking', as, trouble: null, words: null });
    if (!(await this.#openMicrophone(attempt))) return;
    keepConnected(as, connectedId());
    await this.#dial(attempt, replace);
  }

  /** Also at the end of the session: the desk knows at once. */
  async hangUp(): Promise<void> {
    // Before the answer it is still what the page was connected by when it was loaded.
    const id = this.#id ?? connectedId();
    this.#end(null, null);
    if (id !== null) await this.#parts.controls.ask('headset:disconnect', { headset: id });
  }

  /** What went wrong has been read. */
  forgive(): void {
    if (this.view.phase === 'off' && this.view.trouble !== null) this.#show({ trouble: null, words: null });
  }

  /** The page goes. */
  close(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#release();
  }

  async choose(change: Partial<HeadsetTaste>): Promise<void> {
    const taste = { ...this.view.taste, ...change };
    keepTaste(taste);
    this.#show({ taste });
    if (change.speaker !== undefined) await this.#speaker.use(taste.speaker);
    if (change.microphone === undefined && change.isProcessed === undefined) return;
    if (this.#stream) await this.#openMicrophone(this.#try);
  }

  #begin(): number {
    this.#release();
    return this.#try;
  }

  async #openMicrophone(attempt: number): Promise<boolean> {
    const { taste, as } = this.view;
    const wanted = as === 'host' ? { ...taste, isProcessed: false } : taste;
    const opened = await this.#parts.openMicrophone(wanted);
    if (attempt !== this.#try) {
      if (opened.ok) closeMicrophone(opened.stream);
      return false;
    }
    if (!opened.ok) {
      if (this.#link) this.#show({ trouble: 'unplugged' });
      else this.#end(opened.trouble, null);
      return false;
    }
    this.#useStream(opened.stream, attempt);
    await this.#link?.send(opened.stream);
    if (this.view.trouble === 'unplugged') this.#show({ trouble: null });
    return true;
  }

  #useStream(stream: MediaStream, attempt: number): void {
    closeMicrophone(this.#stream);
    this.#stopMeter?.();
    this.#stream = stream;
    this.#stopMeter = this.#parts.meterOf(stream);
    // Unplugged: what the system takes in its place, if there is anything.
    stream.getAudioTracks()[0]?.addEventListener('ended', () => {
      if (attempt === this.#try && this.#stream === stream) void this.#openMicrophone(attempt);
    });
  }

  /** Anew, with the microphone that is open. */
  async #dial(attempt: number, replace: boolean): Promise<void> {
    const { controls } = this.#parts;
    const { as } = this.view;
    if (this.view.phase === 'asking') this.#show({ phase: 'connecting' });
    this.#dropLink();
    const servers = await controls.ask('headset:servers', null);
    if (attempt !== this.#try || !this.#stream) return;
    if (!servers.ok) return this.#onRefused(attempt, servers.error);
    const link = this.#parts.openPeerLink({
      stream: this.#stream,
      servers: servers.answer?.servers ?? [],
      onCandidate: (candidate, mid) => this.#link === link && this.#sendCandidate(candidate, mid),
      onPath: (path) => this.#link === link && this.#onPath(path, attempt),
      onSound: (sound) => this.#link === link && this.#speaker.play(sound, this.view.taste.speaker),
    });
    this.#link = link;
    const sdp = await link.offer();
    if (this.#link !== link) return;
    const outcome = await controls.ask('headset:connect', { sdp, as, replace });
    if (attempt !== this.#try || this.#link !== link) {
      if (outcome.ok) this.#abandoned.add(outcome.id);
      return;
    }
    if (!outcome.ok) return this.#onRefused(attempt, outcome.error);
    this.#asked = outcome.id;
  }

  /** A new way through the network for what is connected. */
  async #restart(attempt: number): Promise<void> {
    const link = this.#link;
    if (attempt !== this.#try || !link) return;
    if (!this.#parts.isLive()) return;
    if (this.#id === null) return this.#dial(attempt, false);
    const sdp = await link.offer();
    if (this.#link !== link || this.#id === null) return;
    const outcome = await this.#parts.controls.ask('headset:reconnect', { headset: this.#id, sdp });
    if (attempt !== this.#try || this.#link !== link) return;
    if (outcome.ok) this.#asked = outcome.id;
    else if (outcome.error.code === 'unknown_headset') this.#onForgotten(attempt);
    else this.#again(attempt);
  }

  /** The server does not know it any more: it was away for too long, or the user is heard from elsewhere. */
  #onForgotten(attempt: number): void {
    if (this.#parts.isHeardByHeadset(this.view.as)) return this.#end('replaced', null);
    this.#show({ phase: 'reconnecting', trouble: 'noNetwork' });
    return void this.#dial(attempt, false);
  }

  #onRefused(attempt: number, { code, msg }: { code: string; msg: string }): void {
    // It was wanted, and will be there as soon as it can.
    if (code === 'connection_lost' || code === 'exchange_down') {
      this.#show({ phase: 'reconnecting', trouble: 'noNetwork' });
      return this.#again(attempt);
    }
    return this.#end('refused', msg === '' ? null : msg);
  }

  /** Until it is there; one timer for all who ask for it. */
  #again(attempt: number): void {
    if (this.#isAgainDue) return;
    this.#isAgainDue = true;
    this.#parts.afterMs(AGAIN_MS, () => {
      this.#isAgainDue = false;
      if (attempt !== this.#try || this.#isPathOpen) return;
      void this.#restart(attempt);
      this.#again(attempt);
    });
  }

  #onPath(path: 'open' | 'away', attempt: number): void {
    this.#isPathOpen = path === 'open';
    if (path === 'open') {
      const trouble = this.view.trouble === 'unplugged' ? 'unplugged' : null;
      return this.#show({ phase: 'connected', trouble, words: null });
    }
    this.#show({ phase: 'reconnecting', trouble: 'noNetwork' });
    this.#parts.afterMs(PATIENCE_MS, () => {
      if (attempt !== this.#try || this.#isPathOpen) return;
      void this.#restart(attempt);
      this.#again(attempt);
    });
  }

  #take(frame: ServerFrame): void {
    const attempt = this.#try;
    switch (frame.event) {
      case 'initialize':
        // Another connection with the server: it is to know where this headset is.
        if (this.#link && ['connected', 'reconnecting'].includes(this.view.phase))
          void this.#restart(attempt);
        return;
      case 'headset:answer':
        return void this.#onAnswer(frame.data, frame.id);
      case 'headset:candidate':
        if (frame.data.headset === this.#id) this.#link?.addCandidate(frame.data.candidate, frame.data.mid);
        else if (this.#id === null) this.#link?.addCandidate(frame.data.candidate, frame.data.mid);
        return;
      case 'headset:ended':
        if (frame.data.headset === this.#id) this.#onEnded(frame.data.why, attempt);
        return;
      case 'event_error':
        if (frame.id !== undefined && frame.id === this.#asked) this.#onLateRefusal(frame.data, attempt);
    }
  }

  async #onAnswer({ headset, sdp }: { headset: string; sdp: string }, id: string | undefined): Promise<void> {
    const link = this.#link;
    if (id !== undefined && this.#abandoned.delete(id))
      return void this.#parts.controls.ask('headset:disconnect', { headset });
    if (!link || id === undefined || id !== this.#asked) return;
    this.#asked = null;
    this.#id = headset;
    keepConnected(this.view.as, headset);
    for (const { candidate, mid } of this.#waiting.splice(0)) this.#sendCandidate(candidate, mid);
    try {
      await link.take(sdp);
    } catch (error) {
      if (this.#link === link) this.#end('refused', error instanceof Error ? error.message : null);
    }
  }

  #sendCandidate(candidate: string, mid: string): void {
    if (this.#id === null) this.#waiting.push({ candidate, mid });
    else void this.#parts.controls.ask('headset:candidate', { headset: this.#id, candidate, mid });
  }

  #onEnded(why: 'hung_up' | 'replaced' | 'lost' | 'failed', attempt: number): void {
    this.#id = null;
    if (why === 'hung_up') return this.#end(null, null);
    if (why === 'replaced') return this.#end('replaced', null);
    this.#isPathOpen = false;
    this.#show({ phase: 'reconnecting', trouble: 'noNetwork' });
    return this.#again(attempt);
  }

  #onLateRefusal(error: { event: string; code: string; msg: string }, attempt: number): void {
    this.#asked = null;
    if (error.code === 'unknown_headset') return this.#onForgotten(attempt);
    return this.#onRefused(attempt, error);
  }

  #end(trouble: HeadsetTrouble | null, words: string | null): void {
    this.#release();
    keepConnected(null);
    this.#show({ phase: 'off', trouble, words });
  }

  #release(): void {
    this.#try += 1;
    this.#dropLink();
    this.#speaker.stop();
    this.#stopMeter?.();
    this.#stopMeter = null;
    closeMicrophone(this.#stream);
    this.#stream = null;
  }

  #dropLink(): void {
    this.#link?.close();
    this.#link = null;
    if (this.#id === null && this.#asked !== null) this.#abandoned.add(this.#asked);
    this.#id = null;
    this.#asked = null;
    this.#waiting = [];
    this.#isPathOpen = false;
  }

  #show(change: Partial<HeadsetView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
