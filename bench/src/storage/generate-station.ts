/**
 * Fills a station's database as years of shows would: people, calls, texts, through the stores that the server uses.
 * Only for the benchmark: it writes without waiting for the disk.
 */
import {
  createCallStore,
  createMessageStore,
  createNumberPlan,
  openDatabase,
  openStores,
} from '@openline/server';
import { numberOf, RandomText } from './random-text.ts';

export interface StationSize {
  messages: number;
  contacts: number;
  calls: number;
  questions: number;
}

export const BUCKETS = 20;
/** Tags of texts and calls, the first of them far more frequent than the last. */
export const TAGS = 500;
export const FIRST_AT = 1_600_000_000_000;
export const EVERY_MS = 60_000;
export const QUESTION_EVERY_MS = 3_000_000;
const PER_TRANSACTION = 10_000;
/** One text of so many has a tag that no text with the word of every other text has. */
const SELDOM = 1_000;

export type Generated = ReturnType<typeof openGenerated>;

/** The stores of a database that is there, or is made. */
export function openGenerated(path: string) {
  const opened = openDatabase(path);
  if (!opened.ok) throw new Error(opened.problem);
  const { database } = opened;
  const numbers = createNumberPlan(() => 'GM');
  const stores = openStores(database, { numbers, audioFolder: `${path}-audio`, onProblem: () => undefined });
  return { database, stores, numbers, messages: createMessageStore(database) };
}

export function generateStation(path: string, size: StationSize, say: (line: string) => void): void {
  const { database, stores, numbers, messages } = openGenerated(path);
  // People are made apart: that each call moves somebody to the top takes its time, two hundred thousand times.
  const nobody = { noteCall: () => undefined, noteOnAir: () => undefined };
  const calls = createCallStore(database, { numbers, contacts: nobody, removals: { note: () => undefined } });
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;');
  const random = new RandomText(1);
  const fill = (what: string, count: number, add: (index: number) => void): void => {
    const startedAt = performance.now();
    for (let from = 0; from < count; from += PER_TRANSACTION) {
      stores.together(() => {
        for (let index = from; index < Math.min(count, from + PER_TRANSACTION); index += 1) add(index);
      });
    }
    say(`${count} ${what} in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  };

  for (let index = 0; index < BUCKETS; index += 1) {
    stores.buckets.save({ id: bucketOf(index), name: `Show ${index}`, createdAt: index, archivedAt: null });
  }
  stores.buckets.choose(bucketOf(0));
  fill('people', size.contacts, (index) => {
    const card = {
      name: random.name(),
      location: random.next() < 0.5 ? random.word(500) : null,
      notes: random.next() < 0.2 ? random.text() : null,
      properties: {},
      tags: tagsOf(random),
      isBlocked: random.next() < 0.01,
    };
    stores.contacts.saveCard(numberOf(index), card, FIRST_AT + index);
  });
  fill('calls', size.calls, (index) => {
    const openedAt = FIRST_AT + index * EVERY_MS * 5;
    const isAnswered = random.next() < 0.4;
    calls.save({
      id: `call-${index}`,
      type: 'call',
      openedAt,
      channelId: `studio-${1 + random.below(6)}`,
      lineId: 'studio',
      direction: random.next() < 0.9 ? 'in' : 'out',
      number: numberOf(random.uneven(size.contacts)),
      name: random.next() < 0.7 ? random.name() : null,
      answeredAt: isAnswered ? openedAt + 8_000 : null,
      endedAt: openedAt + 60_000,
      point: null,
      screening: null,
      seenAt: openedAt + 60_000,
      cause: 'normal',
      modes: [
        { mode: 'ring', at: openedAt },
        { mode: 'on_hold', at: openedAt + 8_000 },
        { mode: 'master', at: openedAt + 20_000 },
      ],
      onAirMs: isAnswered ? 40_000 : 0,
      onAirSince: null,
      recordings:
        random.next() < 0.3
          ? [{ id: `rec-${index}`, kind: 'channel', startedAt: openedAt, durationMs: 40_000, error: null }]
          : [],
      quality: null,
      tags: tagsOf(random),
    });
  });
  fill('texts', size.messages, (index) => {
    const isIn = random.next() < 0.8;
    messages.add({
      id: messageIdOf(index),
      type: isIn ? 'sms_in' : 'sms_out',
      timestamp: FIRST_AT + index * EVERY_MS,
      sentAt: null,
      lineId: 'studio',
      channelId: null,
      endpoint: numberOf(random.uneven(size.contacts)),
      // Half of all texts have one of two words, none has both.
      content: `${random.text()} ${index % 2 === 0 ? 'evenly' : 'oddly'}`,
      bucketId: bucketOf(random.uneven(BUCKETS)),
      tags: [...tagsOf(random), ...(index % SELDOM === 1 ? ['seldom'] : [])],
      keywords: '',
      replyTo: null,
      status: isIn ? 'received' : 'sent',
      error: null,
      isIncomplete: false,
      parts: 1,
      attempts: 0,
      dueAt: null,
      isAccepted: !isIn,
    });
  });
  fill('questions', size.questions, (index) => {
    stores.questions.save({
      id: questionIdOf(index),
      timestamp: FIRST_AT + index * QUESTION_EVERY_MS,
      channelId: 'studio-1',
      callId: null,
      endpoint: numberOf(random.uneven(size.contacts)),
      name: random.next() < 0.7 ? random.name() : null,
      bucketId: bucketOf(random.uneven(BUCKETS)),
      durationMs: 20_000,
      mark: null,
      tags: tagsOf(random),
    });
  });
  const startedAt = performance.now();
  for (const index of [stores.contacts, stores.calls, messages, stores.questions]) while (index.tend());
  say(`moved into blocks in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

export function bucketOf(index: number): string {
  return `bucket-${index}`;
}
export function tagOf(index: number): string {
  return `Tag ${index}`;
}
export function questionIdOf(index: number): string {
  return `question-${index}`;
}
export function messageIdOf(index: number): string {
  return `message-${index}`;
}

function tagsOf(random: RandomText): string[] {
  const tags = random.next() < 0.4 ? [tagOf(random.uneven(TAGS))] : [];
  if (random.next() < 0.1) tags.push(tagOf(random.below(TAGS)));
  // Half of all has one of two that exclude each other, as the answers of a poll do.
  if (random.next() < 0.5) tags.push(random.next() < 0.5 ? 'yes' : 'no');
  if (random.next() < 0.02) tags.push('favorite');
  return [...new Set(tags)];
}
