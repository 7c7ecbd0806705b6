/**
 * Everything that is kept of calls, questions, people and buckets, on one open database. Constructed by main.ts, the command line
 * and the benchmark.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { BucketStore } from '../desk/ports/bucket-store.ts';
import type { Erasures } from '../desk/ports/erasures.ts';
import type { NumberPlan } from '../desk/ports/number-plan.ts';
import type { QuestionStore } from '../desk/ports/question-store.ts';
import type { Store } from '../desk/ports/store.ts';
import { createAudioRemovals, type AudioRemovals } from './audio-removals.ts';
import { createBucketStore } from './bucket-store.ts';
import { createCallStore, type CallStore } from './call-store.ts';
import { createContactStore, type ContactStore } from './contact-store.ts';
import { createDeskStore } from './desk-store.ts';
import { createErasures } from './erasures.ts';
import { createQuestionStore } from './question-store.ts';
import type { Tended } from './record-index.ts';
import { transaction } from './transaction.ts';

export interface Stores {
  desk: Store;
  calls: CallStore;
  contacts: ContactStore;
  buckets: BucketStore;
  questions: QuestionStore & Tended;
  removals: AudioRemovals;
  erasures: Erasures;
  /** All the calls of `work` as one; audio of records that it removes goes after the commit. */
  together: <Result>(work: () => Result) => Result;
}

export interface StoresOptions {
  numbers: NumberPlan;
  audioFolder: string;
  /** Of what goes on without being asked: a file that cannot be deleted. */
  onProblem: (problem: unknown) => void;
}

export function openStores(database: DatabaseSync, options: StoresOptions): Stores {
  const { numbers, audioFolder, onProblem } = options;
  const removals = createAudioRemovals(database, audioFolder, onProblem);
  const contacts = createContactStore(database, numbers);
  const calls = createCallStore(database, { numbers, contacts, removals });
  const together = <Result>(work: () => Result): Result => {
    const result = transaction(database, work);
    if (!database.isTransaction) removals.carryOut();
    return result;
  };
  return {
    desk: createDeskStore(database, { calls, contacts }),
    calls: { ...calls, together },
    contacts: { ...contacts, together },
    buckets: createBucketStore(database),
    questions: createQuestionStore(database, { numbers, removals }),
    removals,
    erasures: createErasures(database),
    together,
  };
}
