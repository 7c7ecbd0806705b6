/** Every handler of what is stored on one database, as main.ts puts them together, for the benchmark: no gateway, nobody
 * connected. */
import { parseEvent, type ClientEvent, type ServerFrame } from '@openline/protocol';
import type { Stores } from '../stores.ts';
import type { MessageStore } from '../../desk/ports/message-store.ts';
import type { NumberPlan } from '../../desk/ports/number-plan.ts';
import { createBucketRecords } from '../../desk/records/buckets.ts';
import { createCallRecords } from '../../desk/records/calls.ts';
import { createContactRecords } from '../../desk/records/contacts.ts';
import { createErasure } from '../../desk/records/erasure.ts';
import { Messages } from '../../desk/records/messages.ts';
import { createQuestionRecords } from '../../desk/records/questions.ts';
import { openRecords, type RecordAction } from '../../desk/records/records.ts';

export interface StoredDesk {
  /** As a client sends it; all that is sent on account of it, as the text that goes out. */
  send(event: ClientEvent, data: unknown): string;
  /** What the last one goes on with, in steps; null: it is done. */
  unfinished(): Promise<unknown> | null;
}

export interface StoredDeskParts {
  stores: Stores;
  messages: MessageStore;
  numbers: NumberPlan;
  /** Between two steps of what is done in steps. */
  pause?: () => Promise<void>;
}

export function openStoredDesk({ stores, messages: store, numbers, ...more }: StoredDeskParts): StoredDesk {
  let sent: (ServerFrame | Buffer)[] = [];
  const fail = (problem: unknown): never => {
    throw problem;
  };
  const broadcaster = {
    send: (_audience: unknown, frame: ServerFrame) => void sent.push(frame),
    sendWritten: (_client: unknown, written: readonly Uint8Array[]) => {
      sent.push(Buffer.concat(written));
    },
    flush: () => undefined,
  };
  const pause = more.pause ?? (() => Promise.resolve());
  const clock = { now: () => Date.now() };
  let idCount = 0;
  const ids = { next: () => `bench-${process.pid}-${(idCount += 1)}` };
  const buckets = createBucketRecords({
    store: stores.buckets,
    greetings: { all: () => ({}), set: () => undefined },
    hasPrompt: () => false,
    together: stores.together,
    broadcaster,
    clock,
    ids,
  });
  const calls = createCallRecords({ history: stores.calls, broadcaster, clock, noteTags: () => undefined });
  const questions = createQuestionRecords({ store: stores.questions, broadcaster });
  const config = { lines: [], accounts: [], retryLimit: 1, maxParts: 10, tagRules: [] };
  const messages = new Messages(
    {
      store,
      broadcaster,
      clock,
      ids,
      wakeUp: { set: () => undefined },
      currentBucket: () => buckets.current(),
      numbers,
      addressBook: stores.contacts,
      onHealth: () => undefined,
      onProblem: fail,
    },
    config,
  );
  const sources = [calls, questions, messages];
  const addressBook = stores.contacts;
  const erasure = createErasure({
    addressBook,
    broadcaster,
    sources,
    erasures: stores.erasures,
    pause,
    forget: () => undefined,
  });
  const contacts = createContactRecords({
    addressBook,
    broadcaster,
    clock,
    sources,
    erasure,
    pause,
    noteCard: () => undefined,
  });
  const records = openRecords([buckets, calls, contacts, messages, questions]);
  const by = { client: 'bench', userId: 'bench', role: 'administrator', eventId: null } as const;
  return {
    unfinished: () => records.unfinished(),
    send(event, data) {
      sent = [];
      const { actions, refusals } = parseEvent(event, data);
      const refused = [...refusals, ...records.act(actions as RecordAction[], by)];
      if (refused.length > 0) fail(new Error(`${event}: ${refused[0]?.msg}`));
      return sent
        .map((frame) => (frame instanceof Buffer ? frame.toString() : JSON.stringify(frame)))
        .join('\n');
    },
  };
}
