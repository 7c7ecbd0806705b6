// Buckets: where a show's incoming texts and questions are filed. One is current; they are made, renamed and put away,
// never deleted. What comes in asks `current()` where it belongs.
import type { Action, Bucket, DeskState, Refusal } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { BucketRecord, BucketStore } from '../ports/bucket-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { RecordAction, RecordHandler } from './records.ts';

export interface BucketRecordsPorts {
  store: BucketStore;
  /** All the calls of `work` as one. */
  together: <Result>(work: () => Result) => Result;
  broadcaster: Broadcaster;
  clock: Clock;
  ids: Ids;
}

export interface BucketRecords extends RecordHandler {
  /** Where what comes in now is filed. */
  current(): string;
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
}

export function createBucketRecords(ports: BucketRecordsPorts): BucketRecords {
  const { store, together, broadcaster, clock, ids } = ports;
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
    store.save(bucket);
    turn.created[key] = bucket.id;
    turn.updates[bucket.id] = bucketView(bucket);
    return null;
  }

  function save(bucket: BucketRecord, turn: Turn): void {
    store.save(bucket);
    turn.updates[bucket.id] = bucket.archivedAt === null ? bucketView(bucket) : null;
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
      ...bucketView(bucket),
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
      case 'currentBucketUpdate':
        return choose(action.value, turn);
      case 'buckets:fetch':
        list(by);
        return null;
      default:
        return null;
    }
  }

  return {
    events: ['buckets:create', 'buckets:rename', 'buckets:archive', 'buckets:fetch', 'currentBucketUpdate'],
    act(actions, by) {
      const turn: Turn = { created: {}, updates: {}, chosen: null };
      const refusals = together(() => actions.flatMap((action) => act(action, by, turn) ?? []));
      current = turn.chosen ?? current;
      const { created, updates } = turn;
      if (Object.keys(created).length > 0) {
        broadcaster.send({ to: 'self', client: by.client }, { event: 'buckets:created', data: created });
      }
      if (Object.keys(updates).length > 0) {
        broadcaster.send({ to: 'all' }, { event: 'buckets:update', data: updates });
      }
      if (turn.chosen !== null) {
        broadcaster.send({ to: 'all' }, { event: 'currentBucketUpdate', data: turn.chosen });
      }
      return refusals;
    },
    current: () => current,
    state() {
      const inUse = store.all().filter(({ archivedAt }) => archivedAt === null);
      return {
        buckets: Object.fromEntries(inUse.map((bucket) => [bucket.id, bucketView(bucket)])),
        current_bucket: current,
      };
    },
  };
}

function bucketView({ name, createdAt }: BucketRecord): Bucket {
  return { name, created: createdAt };
}
