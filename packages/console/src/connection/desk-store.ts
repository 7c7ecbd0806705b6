// The console's side of the desk: keeps the state of the last `initialize` moved on by every later event, carries the
// controls' events to the server, and remembers per place what is pending and what was refused. Components read it
// through desk-context.
import type { Client, Outcome } from '@openline/client';
import { applyFrame, connect } from '@openline/client';
import type { ClientEvent, ClientEventData, LevellerChange, ServerFrame } from '@openline/protocol';
import { feedMeter } from '../ui/meter-painter.ts';
import type { Controls, DeskView, MeterHandler } from './desk-view.ts';
import { fetchMe } from './session-api.ts';
import { SlideSender } from './slide-sender.ts';

const nothing: DeskView = {
  phase: 'connecting',
  desk: null,
  clockOffsetMs: 0,
  pending: new Map(),
  refusals: new Map(),
};

const NOT_CONNECTED = { code: 'connection_lost', msg: '' };
/** A network that swallows everything is said within twice this. */
const PING_EVERY_MS = 2500;
const CHECKED_WITHIN_MS = 1000;
const REFUSAL_SHOWN_MS = 12_000;

export class DeskStore implements Controls {
  view: DeskView = nothing;
  readonly #listeners = new Set<() => void>();
  readonly #frameHandlers = new Set<(frame: ServerFrame) => void>();
  #client: Client | null = null;
  readonly #slides: SlideSender;
  readonly #onSignedOut: () => void;
  #meterWatchers = 0;
  readonly #meterHandlers = new Set<MeterHandler>();

  constructor(onSignedOut: () => void) {
    this.#onSignedOut = onSignedOut;
    this.#slides = new SlideSender((event, data) => this.#client?.tell(event, data));
  }

  open(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.#client = connect(`${scheme}://${location.host}/ws`, { pingIntervalMs: PING_EVERY_MS });
    this.#client.onFrame((frame) => this.#onFrame(frame));
    this.#client.onConnection((connection) => {
      if (connection === 'waiting') void this.#onLost();
    });
    window.addEventListener('online', this.#retry);
    window.addEventListener('offline', this.#check);
  }

  close(): void {
    window.removeEventListener('online', this.#retry);
    window.removeEventListener('offline', this.#check);
    this.#client?.close();
    this.#client = null;
  }

  /** The browser says that the network is back: no reason to wait. */
  readonly #retry = (): void => this.#client?.retry();

  /** The browser says that the network is gone. It may be another one than ours: the server says whether it is there. */
  readonly #check = (): void => this.#client?.check(CHECKED_WITHIN_MS);

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set<E extends ClientEvent>(place: string, what: string, event: E, data: ClientEventData<E>): void {
    this.#show({
      pending: withPending(this.view.pending, place, what),
      refusals: without(this.view.refusals, place),
    });
    void this.#client?.emit(event, data).then((outcome) => {
      this.#show({ pending: withoutPending(this.view.pending, place, what) });
      // Losing the connection is said by the banner, once for all.
      if (!outcome.ok && outcome.error.code !== 'connection_lost') this.#refuse(place, outcome.error.msg);
    });
  }

  async ask<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<Outcome<E>> {
    return (await this.#client?.emit(event, data)) ?? { ok: false, id: null, error: NOT_CONNECTED };
  }

  onFrame(handler: (frame: ServerFrame) => void): () => void {
    this.#frameHandlers.add(handler);
    return () => void this.#frameHandlers.delete(handler);
  }

  slideChannel(id: string, level: number): void {
    this.#apply({ event: 'channelVolumeChange', data: { [id]: level } });
    this.#slides.slide(`channel/${id}`, 'channelVolume', { [id]: level });
  }

  slideLeveller(id: string, change: LevellerChange): void {
    const leveller = this.view.desk?.mixer.channels[id]?.leveller;
    if (!leveller) return;
    this.#apply({ event: 'channelUpdate', data: { [id]: { leveller: { ...leveller, ...change } } } });
    this.#slides.slide(`leveller/${id}/${Object.keys(change).join()}`, 'channelLeveller', { [id]: change });
  }

  slideUser(id: string, level: number): void {
    this.#apply({ event: 'userVolumeChange', data: { [id]: level } });
    this.#slides.slide(`user/${id}`, 'userVolume', { [id]: level });
  }

  slideMaster(level: number): void {
    this.#apply({ event: 'masterVolumeChange', data: level });
    this.#slides.slide('master', 'masterVolume', level);
  }

  slideHost(level: number): void {
    this.#apply({ event: 'hostVolumeChange', data: level });
    this.#slides.slide('host', 'hostVolume', level);
  }

  slidePlayer(id: string, level: number): void {
    this.#apply({ event: 'playerVolumeChange', data: { [id]: level } });
    this.#slides.slide(`player/${id}`, 'media:volume', { [id]: level });
  }

  async saveCard(id: string, card: Readonly<Record<string, string>>): Promise<boolean> {
    const outcome = await this.#client?.emit('channelContactInfo', { [id]: card });
    // The server tells the others; we know.
    if (outcome?.ok) this.#apply({ event: 'channelContactInfo', data: { [id]: card } });
    else if (outcome && outcome.error.code !== 'connection_lost') this.#refuse(id, outcome.error.msg);
    return outcome?.ok ?? false;
  }

  dismiss(place: string): void {
    this.#show({ refusals: without(this.view.refusals, place) });
  }

  watchMeters(handler?: MeterHandler): () => void {
    if (handler) this.#meterHandlers.add(handler);
    this.#meterWatchers += 1;
    if (this.#meterWatchers === 1) this.#client?.tell('subscribe', { meters: true });
    return () => {
      if (handler) this.#meterHandlers.delete(handler);
      this.#meterWatchers -= 1;
      if (this.#meterWatchers === 0) this.#client?.tell('subscribe', { meters: false });
    };
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.event === 'meters') {
      for (const handler of this.#meterHandlers) handler(frame.data);
      return feedMeters(frame.data);
    }
    this.#take(frame);
    for (const handler of this.#frameHandlers) handler(frame);
  }

  #take(frame: ServerFrame): void {
    if (frame.event === 'initialize') {
      this.#show({
        phase: 'live',
        desk: frame.data,
        clockOffsetMs: frame.data.server_time - Date.now(),
        pending: new Map(),
        refusals: new Map(),
      });
      if (this.#meterWatchers > 0) this.#client?.tell('subscribe', { meters: true });
      return undefined;
    }
    if (frame.event === 'event_error') return this.#onLateRefusal(frame.data);
    return this.#apply(frame);
  }

  /** A refusal after the ack: accepted, but it could not be carried out (nobody picked up, the caller is gone). */
  #onLateRefusal(error: { event: string; key?: string | undefined; msg: string }): void {
    if (error.event.startsWith('queue:')) return this.#refuse(error.key ?? 'queue', error.msg);
    if (error.event.startsWith('media:')) return this.#refuse(error.key ?? 'media', error.msg);
    // Events of the records have a colon; the screens that send them show their refusals themselves.
    if (error.event.includes(':')) return;
    const place = error.key ?? (error.event.startsWith('master') ? 'master' : placeOf(error.event));
    this.#refuse(place, error.msg);
  }

  #apply(frame: ServerFrame): void {
    const desk = applyFrame(this.view.desk, frame);
    if (desk === this.view.desk) return;
    this.#show({ desk, ...this.#forgivenBy(frame) });
  }

  /** A channel that moved on has answered its refusal. */
  #forgivenBy(frame: ServerFrame): Partial<DeskView> {
    if (frame.event !== 'channelUpdate') return {};
    const moved = Object.entries(frame.data).filter(
      ([id, change]) => change?.mode && this.view.refusals.has(id),
    );
    if (moved.length === 0) return {};
    const refusals = new Map(this.view.refusals);
    for (const [id] of moved) refusals.delete(id);
    return { refusals };
  }

  async #onLost(): Promise<void> {
    this.#show({ phase: this.view.desk ? 'lost' : 'connecting' });
    // Was it the network, or is our session over? Only the server can say.
    const me = await fetchMe();
    if (me.ok || me.code !== 'not_signed_in') return;
    this.close();
    this.#onSignedOut();
  }

  #refuse(place: string, msg: string): void {
    this.#show({ refusals: new Map(this.view.refusals).set(place, msg) });
    setTimeout(() => {
      if (this.view.refusals.get(place) === msg) this.dismiss(place);
    }, REFUSAL_SHOWN_MS);
  }

  #show(change: Partial<DeskView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function placeOf(event: string): string {
  return event.startsWith('host') ? 'host' : 'dial';
}

function feedMeters(data: Extract<ServerFrame, { event: 'meters' }>['data']): void {
  for (const [id, { in: level }] of Object.entries(data.channels)) feedMeter(id, level[0], level[1]);
  if (data.host) feedMeter('host', data.host.in[0], data.host.in[1]);
  for (const [id, [peak, rms]] of Object.entries(data.players)) feedMeter(`player/${id}`, peak, rms);
  feedMeter('program', data.program[0], data.program[1]);
  feedMeter('air', data.air[0], data.air[1]);
}

type Pending = DeskView['pending'];

function withPending(pending: Pending, place: string, what: string): Pending {
  return new Map(pending).set(place, new Set([...(pending.get(place) ?? []), what]));
}

function withoutPending(pending: Pending, place: string, what: string): Pending {
  const left = [...(pending.get(place) ?? [])].filter((one) => one !== what);
  const next = new Map(pending);
  if (left.length === 0) next.delete(place);
  else next.set(place, new Set(left));
  return next;
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
