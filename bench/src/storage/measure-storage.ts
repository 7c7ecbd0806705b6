/**
 * How long it takes from what a client sends to the text that goes back to it, event by event, on a station of many
 * years; how long what changes one record takes there; and how long a start takes.
 */
import { openStoredDesk, type StoredDesk } from '@openline/server';
import type { Figure } from '../report.ts';
import { Witness } from '../witness.ts';
import {
  blockedFilters,
  bucketFilters,
  filtersFor,
  mixtureOf,
  suggestionsFor,
  wordFilters,
  type Kind,
} from './filters.ts';
import {
  EVERY_MS,
  FIRST_AT,
  messageIdOf,
  openGenerated,
  type Generated,
  QUESTION_EVERY_MS,
  questionIdOf,
  type StationSize,
} from './generate-station.ts';
import { measureAsks, measureMixtures, measureOnce } from './measure-asks.ts';
import { measureSteps, Steps } from './measure-steps.ts';
import { numberOf } from './random-text.ts';

const FETCH_BOUND_MS = 10;
const SUGGESTIONS_BOUND_MS = 5;
const START_BOUND_MS = 1_000;
/** With the commit, which waits for the disk. */
const CHANGE_BOUND_MS = 20;
/** So long nobody else is answered. */
const STEP_BOUND_MS = 10;
const CHANGES = 200;
const EXPORTS = 3;
const ANY = { tags: [], bucketIds: [], ids: [], from: null, to: null, search: null, cursor: null, limit: 1 };

export interface Group {
  title: string;
  figures: Figure[];
}

/** Opens, looks at the schema, and has what `initialize` needs: in ms. */
export function measureStart(path: string): Figure {
  const startedAt = performance.now();
  const { database, stores } = openGenerated(path);
  const state = {
    strips: stores.desk.loadStrips(),
    open: stores.desk.openCalls(),
    buckets: stores.buckets.all(),
  };
  JSON.stringify([state, stores.buckets.current()]);
  const value = performance.now() - startedAt;
  database.close();
  return { name: 'open, schema, state', value, unit: 'ms', bound: START_BOUND_MS };
}

/** Group by group, each with how late an idle thread was meanwhile. */
export async function* measureStorage(path: string, size: StationSize, only = ''): AsyncGenerator<Group> {
  const station = openGenerated(path);
  const steps = new Steps();
  const desk = openStoredDesk({ ...station, pause: () => steps.pause() });
  const witness = new Witness();
  const texts: Kind = { count: size.messages, everyMs: EVERY_MS, idOf: messageIdOf };
  const calls: Kind = { count: size.calls, everyMs: EVERY_MS * 5, idOf: (index) => `call-${index}` };
  const questions: Kind = { count: size.questions, everyMs: QUESTION_EVERY_MS, idOf: questionIdOf };
  const people: Kind = { count: size.contacts, everyMs: 1, idOf: numberOf };
  async function* group(title: string, measure: () => Figure[] | Promise<Figure[]>): AsyncGenerator<Group> {
    if (!title.startsWith(only)) return;
    await witness.latenessMs();
    const figures = await measure();
    const { p99 } = await witness.latenessMs();
    const late = { name: 'an idle thread was late, p99', value: p99, unit: 'ms', bound: null };
    yield { title, figures: [...figures, late] };
  }
  const send = (event: Parameters<typeof desk.send>[0]) => (data: unknown) => desk.send(event, data);

  yield* group(`messages:fetch, ${size.messages} texts`, () => [
    ...measureAsks(
      { ...filtersFor(texts), ...bucketFilters, ...wordFilters },
      send('messages:fetch'),
      FETCH_BOUND_MS,
    ),
    ...measureMixtures(
      mixtureOf(texts, { buckets: true, times: true }),
      send('messages:fetch'),
      FETCH_BOUND_MS,
    ),
  ]);
  yield* group(`calls:fetch, ${size.calls} calls`, () => [
    ...measureAsks(filtersFor(calls), send('calls:fetch'), FETCH_BOUND_MS),
    ...measureMixtures(
      mixtureOf(calls, { buckets: false, times: true }),
      send('calls:fetch'),
      FETCH_BOUND_MS,
    ),
  ]);
  yield* group(`questions:fetch, ${size.questions} questions`, () => [
    ...measureAsks({ ...filtersFor(questions), ...bucketFilters }, send('questions:fetch'), FETCH_BOUND_MS),
    ...measureMixtures(
      mixtureOf(questions, { buckets: true, times: true }),
      send('questions:fetch'),
      FETCH_BOUND_MS,
    ),
  ]);
  yield* group(`contacts:fetch, ${size.contacts} people`, () => [
    ...measureAsks({ ...filtersFor(people), ...blockedFilters }, send('contacts:fetch'), FETCH_BOUND_MS),
    ...measureMixtures(
      mixtureOf(people, { buckets: false, times: false }),
      send('contacts:fetch'),
      FETCH_BOUND_MS,
    ),
  ]);
  yield* group(`addrBookSuggestions, ${size.contacts} people`, () =>
    measureAsks(suggestionsFor(size.contacts), send('addrBookSuggestions'), SUGGESTIONS_BOUND_MS),
  );
  yield* group('buckets:fetch, contacts:export', () => [
    ...measureAsks({ 'buckets with what they hold': () => null }, send('buckets:fetch'), FETCH_BOUND_MS),
    ...measureAsks(
      { 'everything about a person': (random) => [numberOf(random.below(size.contacts))] },
      send('contacts:export'),
      FETCH_BOUND_MS,
    ),
  ]);
  // All that somebody ever sent is one document, made in steps: as long as it is much, but nobody waits for it.
  yield* group('contacts:export of whoever sent the most', () =>
    measureSteps(
      'everything about them',
      EXPORTS,
      steps,
      () => desk.send('contacts:export', [numberOf(0)]),
      () => desk.unfinished(),
      STEP_BOUND_MS,
    ),
  );
  yield* group('one record changes, committed to the disk', () => changes(station, desk, size));
  await witness.stop();
  station.database.close();
}

/** Adds as much as it takes away. */
function changes({ messages, stores }: Generated, desk: StoredDesk, size: StationSize): Figure[] {
  const [message] = messages.fetch({
    ...ANY,
    ids: [messageIdOf(Math.floor(size.messages / 2))],
  }).messages;
  const [call] = stores.calls.page(ANY).calls;
  if (!message || !call) return [];
  const own = (index: number): string => `changed-${process.pid}-${index}`;
  /** Spread over all the years. */
  const old = (index: number): string =>
    messageIdOf(Math.floor(((index + 0.5) * size.messages) / (CHANGES + 1)));
  const tag = `Bench ${process.pid}`;
  const once = (name: string, act: (index: number) => void): Figure[] =>
    measureOnce(name, CHANGES, act, CHANGE_BOUND_MS);
  const now = FIRST_AT + size.messages * EVERY_MS;
  return [
    ...once('a text comes in', (index) =>
      messages.add({ ...message, id: own(index), timestamp: now + index }),
    ),
    ...once('a new text gets a tag', (index) =>
      desk.send('messages:addTags', { message_ids: [own(index)], tags: [tag] }),
    ),
    ...once('a new text is deleted', (index) => desk.send('messages:delete', [own(index)])),
    ...once('an old text gets a tag', (index) =>
      desk.send('messages:addTags', { message_ids: [old(index)], tags: [tag] }),
    ),
    ...once('an old text loses a tag', (index) =>
      desk.send('messages:removeTags', { message_ids: [old(index)], tags: [tag] }),
    ),
    ...once('somebody calls', (index) =>
      stores.calls.save({ ...call, id: own(index), openedAt: now + index, recordings: [] }),
    ),
    ...once('a call is deleted', (index) => desk.send('calls:delete', [own(index)])),
    ...once('a card is written', (index) =>
      desk.send('contacts:save', { [numberOf(index * 7)]: { notes: `${tag} ${index}` } }),
    ),
    ...measureOnce('a step of moving them into blocks', CHANGES, () => messages.tend(), CHANGE_BOUND_MS),
  ];
}
