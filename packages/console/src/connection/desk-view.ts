// What the components see of the connection: the desk's state and how this console stands to it.
import type { Outcome } from '@openline/client';
import type {
  ClientEvent,
  ClientEventData,
  Initialize,
  LevellerChange,
  ServerEventData,
  ServerFrame,
} from '@openline/protocol';

/** `lost`: there was a desk, and the connection is away. */
type Phase = 'connecting' | 'live' | 'lost';

export interface DeskView {
  phase: Phase;
  desk: Initialize | null;
  /** Server's clock minus this browser's. */
  clockOffsetMs: number;
  /** Per place (a channel, a user, master, host, dial): what was pressed there and is not answered. */
  pending: ReadonlyMap<string, ReadonlySet<string>>;
  /** Per place: why the last press there was refused, until it is dismissed or something changes there. */
  refusals: ReadonlyMap<string, string>;
}

export type MeterHandler = (levels: ServerEventData<'meters'>) => void;

export interface Controls {
  /** Sends an event; `what` is shown as pending at `place` until the answer, a refusal is shown there. */
  set<E extends ClientEvent>(place: string, what: string, event: E, data: ClientEventData<E>): void;
  /** Sends an event of a screen that shows its own answer and refusal. */
  ask<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<Outcome<E>>;
  /** Every frame of the server but acks and meters, until the returned function is called. */
  onFrame(handler: (frame: ServerFrame) => void): () => void;
  slideChannel(id: string, level: number): void;
  /** Of one channel, what is given. */
  slideLeveller(id: string, change: LevellerChange): void;
  slideUser(id: string, level: number): void;
  slideMaster(level: number): void;
  slideHost(level: number): void;
  slidePlayer(id: string, level: number): void;
  /** Resolves to whether the server took it. */
  saveCard(id: string, card: Readonly<Record<string, string>>): Promise<boolean>;
  dismiss(place: string): void;
  /** Levels flow to the meters, and to the handler where there is one, until the returned function is called. */
  watchMeters(handler?: MeterHandler): () => void;
}
