// Buckets: where a show's incoming texts and questions are filed, and which prompt greets callers meanwhile. One is
// current; they are made, renamed and put away, never deleted. What comes in asks `current()` where it belongs.
import type { Action, Bucket, DeskState, Refusal } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { BucketRecord, BucketStore, GreetingStore } from '../ports/bucket-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { RecordAction, RecordHandler } from './records.ts';

export interface BucketRecordsPorts {
  store: BucketStore;
  greetings: GreetingStore;
  hasPrompt: (id: string) => boolean;
  /** All the calls of `work` as one. */
  together: <Result>(work: () => Result) => Result;
  broadcaster: Broadcaster;
  clock: Clock;
  ids: Ids;
}

export interface BucketRecords extends RecordHandler {
  /** Where what comes in now is filed. */
  current(): string;
  /** The prompt that greets while that is the current one; null: that of the caller's line. */
  greetingOf(bucketId: string): string | null;
  /** As the event does, for who asks over HTTP. */
  greet(bucketId: string, prompt: string | null): Refusal | null;
  /** The prompt is no more. */
  forgetPrompt(prompt: string): void;
  /** Its part of `initialize`. */
  state(): Pick<DeskState, 'buckets' | 'current_bucket'>;
}

/** Made at the very first start. */
const FIRST_NAME = 'Inbox';
const MAX_BUCKETS = 1_000;

interface Turn {
  created: Record<string, string>;
  updates: Record<string, Bucket | null>;
  chosen: string | null;
  greetings: Map<string, string | null>;
}

export function createBucketRecords(ports: BucketRecordsPorts): BucketRecords {
  const { store, greetings, hasPrompt, together, broadcaster, clock, ids } = ports;
  // Asked at every turn of the desk, so it is held here; it follows the store when that has committed.
  let greetingBy: ReadonlyMap<string, string | null> = new Map(Object.entries(greetings.all()));
  let current = together(() => store.current() ?? openFirst());

  function openFirst(): string {
    const [known] = store.all().filter(({ archivedAt }) => archivedAt === null);
    const id = known?.id ?? ids.next();
    if (!known) store.save({ id, name: FIRST_NAME, createdAt: clock.now(), archivedAt: null });
    store.choose(id);
    return id;
  }

  function create({ key, value }: Action<'buckets:create'>, turn: Turn): Refusal | null {
    if (store.all().length >= MAX_BUCKETS) {
      return refusal('bad_data', key, { reason: `there can be at most ${MAX_BUCKETS} buckets` });
    }
    const bucket: BucketRecord = {
      id: ids.next(),
      name: value.name,
      createdAt: clock.now(),
      archivedAt: null,
    };
    save(bucket, turn);
    turn.created[key] = bucket.id;
    return null;
  }

  function save(bucket: BucketRecord, turn: Turn): void {
    store.save(bucket);
    turn.updates[bucket.id] = bucket.archivedAt === null ? viewOf(bucket, turn) : null;
  }

  function viewOf({ id, name, createdAt }: BucketRecord, turn: Turn | null = null): Bucket {
    const isChanged = turn?.greetings.has(id) ?? false;
    const greeting = (isChanged ? turn?.greetings.get(id) : greetingBy.get(id)) ?? null;
    return { name, created: createdAt, greeting };
  }

  function greet(key: string, prompt: string | null, turn: Turn): Refusal | null {
    const bucket = store.find(key);
    if (!bucket) return refusal('unknown_bucket', key, { bucket: key });
    if (prompt !== null && !hasPrompt(prompt)) return refusal('unknown_prompt', key, { prompt });
    if (prompt === viewOf(bucket, turn).greeting) return null;
    greetings.set(key, prompt);
    turn.greetings.set(key, prompt);
    if (bucket.archivedAt === null) turn.updates[key] = viewOf(bucket, turn);
    return null;
  }

  function rename({ key, value }: Action<'buckets:rename'>, turn: Turn): Refusal | null {
    const bucket = store.find(key);
    if (!bucket) return refusal('unknown_bucket', key, { bucket: key });
    if (bucket.name !== value) save({ ...bucket, name: value }, turn);
    return null;
  }

  function archive({ key, value }: Action<'buckets:archive'>, turn: Turn): Refusal | null {
    const bucket = store.find(key);
    if (!bucket) return refusal('unknown_bucket', key, { bucket: key });
    if (value && key === current) return refusal('bucket_is_current', key, { bucket: bucket.name });
    const isArchived = bucket.archivedAt !== null;
    if (value !== isArchived) save({ ...bucket, archivedAt: value ? clock.now() : null }, turn);
    return null;
  }

  function choose(id: string, turn: Turn): Refusal | null {
    const bucket = store.find(id);
    if (!bucket) return refusal('unknown_bucket', null, { bucket: id });
    if (bucket.archivedAt !== null) return refusal('bucket_archived', null, { bucket: bucket.name });
    if (id === current) return null;
    store.choose(id);
    turn.chosen = id;
    return null;
  }

  function list({ client }: Author): void {
    const contents = store.contents();
    const buckets = store.all().map((bucket) => ({
      id: bucket.id,
      ...viewOf(bucket),
      archived: bucket.archivedAt !== null,
      messages: contents[bucket.id]?.messages ?? 0,
      questions: contents[bucket.id]?.questions ?? 0,
    }));
    broadcaster.send({ to: 'self', client }, { event: 'buckets:list', data: { buckets } });
  }

  function act(action: RecordAction, by: Author, turn: Turn): Refusal | null {
    switch (action.event) {
      case 'buckets:create':
        return create(action, turn);
      case 'buckets:rename':
        return rename(action, turn);
      case 'buckets:archive':
        return archive(action, turn);
      case 'buckets:greeting':
        return greet(action.key, action.value, turn);
      case 'currentBucketUpdate':
        return choose(action.value, turn);
      case 'buckets:fetch':
        list(by);
        return null;
      default:
        return null;
    }
  }

  /** All or nothing in the store; then it is so here too, and told. */
  function perform(work: (turn: Turn) => Refusal[], by: Author | null): Refusal[] {
    const turn: Turn = { created: {}, updates: {}, chosen: null, greetings: new Map() };
    const refusals = together(() => work(turn));
    current = turn.chosen ?? current;
    greetingBy = new Map([...greetingBy, ...turn.greetings]);
    const { created, updates } = turn;
    if (by && Object.keys(created).length > 0) {
      broadcaster.send({ to: 'self', client: by.client }, { event: 'buckets:created', data: created });
    }
    if (Object.keys(updates).length > 0) {
      broadcaster.send({ to: 'all' }, { event: 'buckets:update', data: updates });
    }
    if (turn.chosen !== null) {
      broadcaster.send({ to: 'all' }, { event: 'currentBucketUpdate', data: turn.chosen });
    }
    return refusals;
  }

  return {
    events: [
      'buckets:create',
      'buckets:rename',
      'buckets:archive',
      'buckets:greeting',
      'buckets:fetch',
      'currentBucketUpdate',
    ],
    act: (actions, by) => perform((turn) => actions.flatMap((action) => act(action, by, turn) ?? []), by),
    current: () => current,
    greetingOf: (bucketId) => greetingBy.get(bucketId) ?? null,
    greet: (bucketId, prompt) =>
      perform((turn) => [greet(bucketId, prompt, turn) ?? []].flat(), null)[0] ?? null,
    forgetPrompt(prompt) {
      const using = [...greetingBy].filter(([, used]) => used === prompt).map(([bucketId]) => bucketId);
      perform((turn) => using.flatMap((bucketId) => greet(bucketId, null, turn) ?? []), null);
    },
    state() {
      const inUse = store.all().filter(({ archivedAt }) => archivedAt === null);
      return {
        buckets: Object.fromEntries(inUse.map((bucket) => [bucket.id, viewOf(bucket)])),
        current_bucket: current,
      };
    },
  };
}
