/**
 * How long the stores take to answer what clients ask: every filter, searches from the most frequent word to one that
 * is nowhere, first pages and deep ones; each answer as the text that goes to the client. And how long a start takes.
 */
import type { Figure } from '../report.ts';
import { distributionOf } from '../distribution.ts';
import {
  BUCKETS,
  bucketOf,
  EVERY_MS,
  FIRST_AT,
  messageIdOf,
  openGenerated,
  tagOf,
  TAGS,
  type Generated,
  type StationSize,
} from './generate-station.ts';
import { numberOf, RandomText } from './random-text.ts';

const FETCH_BOUND_MS = 10;
const SUGGESTIONS_BOUND_MS = 5;
const START_BOUND_MS = 1_000;
const ROUNDS = 200;
const NO_FILTER = { tags: [], bucketIds: [], ids: [], from: null, to: null, search: null, cursor: null };

type Filter = Partial<Parameters<Generated['stores']['calls']['page']>[0]>;
type Ask = (random: RandomText) => Filter;

/** `count` records, one every `everyMs`. */
function filtersFor(count: number, everyMs: number, idOf: (index: number) => string): Record<string, Ask> {
  const lastAt = FIRST_AT + count * everyMs;
  const time = (random: RandomText): number => FIRST_AT + random.below(count) * everyMs;
  const week = (random: RandomText) => {
    const from = time(random);
    return { from, to: from + 7 * 86_400_000 };
  };
  const tag = (random: RandomText): string => tagOf(random.uneven(TAGS));
  return {
    'no filter': () => ({}),
    'from the middle on': (random) => ({ cursor: `${time(random)}000` }),
    '500 at once': (random) => ({ cursor: `${time(random)}000`, limit: 500 }),
    'a tag': (random) => ({ tags: [tag(random)] }),
    'favourites, deep': (random) => ({ tags: ['favorite'], to: time(random) }),
    'two tags': (random) => ({ tags: [tag(random), tagOf(random.below(TAGS))] }),
    'three tags, a week': (random) => ({ tags: ['yes', tag(random), tag(random)], ...week(random) }),
    'a week': week,
    'from and to the end': (random) => ({ from: time(random), to: lastAt }),
    ids: (random) => ({ ids: Array.from({ length: 50 }, () => idOf(random.below(count))) }),
    'ids with a tag': (random) => ({
      ids: Array.from({ length: 50 }, () => idOf(random.below(count))),
      tags: ['yes'],
    }),
    'a word': (random) => ({ search: random.word(30_000) }),
    'two words, a week': (random) => ({
      search: `${random.word(30_000)} ${random.word(30_000)}`,
      ...week(random),
    }),
    'beginning of a word, deep': (random) => ({
      search: random.word(30_000).slice(0, 1 + random.below(5)),
      to: time(random),
    }),
    'a number': (random) => ({ search: numberOf(random.uneven(100_000)) }),
    'beginning of a number': (random) => ({
      search: numberOf(random.uneven(100_000)).slice(0, 4 + random.below(8)),
    }),
    'a word that nobody wrote': () => ({ search: 'xylophone' }),
    'all of it': (random) => ({
      tags: [tag(random)],
      search: random.word(2_000),
      ...week(random),
    }),
  };
}

const bucketFilters: Record<string, Ask> = {
  'a bucket': (random) => ({ bucketIds: [bucketOf(random.uneven(BUCKETS))] }),
  'five buckets, a tag, a word': (random) => ({
    bucketIds: Array.from({ length: 5 }, () => bucketOf(random.below(BUCKETS))),
    tags: [tagOf(random.uneven(TAGS))],
    search: random.word(2_000),
  }),
};

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

export function measureStorage(path: string, size: StationSize): { title: string; figures: Figure[] }[] {
  const { database, stores, messages } = openGenerated(path);
  const pageOf = (filter: Filter) => ({ ...NO_FILTER, limit: 50, ...filter });
  const messageFilters = { ...filtersFor(size.messages, EVERY_MS, messageIdOf), ...bucketFilters };
  const callFilters = filtersFor(size.calls, EVERY_MS * 5, (index) => `call-${index}`);
  const everybody = ({ tags = [], ids = [], search = null, cursor = null, limit = 50 }: Filter) =>
    stores.contacts.page({ tags, ids, search, cursor, limit, isBlocked: null });
  const results = [
    {
      title: `messages:fetch, ${size.messages} texts`,
      figures: measureAll(messageFilters, (filter) => messages.fetch(pageOf(filter)), FETCH_BOUND_MS),
    },
    {
      title: `calls:fetch, ${size.calls} calls`,
      figures: measureAll(callFilters, (filter) => stores.calls.page(pageOf(filter)), FETCH_BOUND_MS),
    },
    {
      title: `contacts:fetch, ${size.contacts} people`,
      figures: measureAll(filtersFor(size.contacts, 1, numberOf), everybody, FETCH_BOUND_MS),
    },
    {
      title: `addrBookSuggestions, ${size.contacts} people`,
      figures: measureAll(
        {
          'first letters of a name': (random) => ({ search: random.name().slice(0, 1 + random.below(8)) }),
          'first letters of a last name': (random) => ({
            search: (random.name().split(' ')[1] ?? '').slice(0, 1 + random.below(8)),
          }),
          'two beginnings': (random) => ({ search: random.name().replace(/(\w\w)\w+ (\w\w)\w+/, '$1 $2') }),
          'first digits': (random) => ({
            search: numberOf(random.below(size.contacts)).slice(0, 2 + random.below(9)),
          }),
          'last digits': (random) => ({
            search: numberOf(random.below(size.contacts)).slice(-3 - random.below(4)),
          }),
          nobody: () => ({ search: 'xylophone' }),
        },
        ({ search }) => stores.contacts.suggest(search ?? '', 10),
        SUGGESTIONS_BOUND_MS,
      ),
    },
    {
      title: 'buckets:fetch',
      figures: measureAll(
        { 'with what they hold': () => ({}) },
        () => stores.buckets.contents(),
        FETCH_BOUND_MS,
      ),
    },
  ];
  database.close();
  return [...results, { title: 'witness', figures: witness() }];
}

/** What a loop of a few tenths of a millisecond takes: it tells how busy the machine is with something else. */
function witness(): Figure[] {
  const times = Array.from({ length: ROUNDS * 20 }, () => {
    const startedAt = performance.now();
    const random = new RandomText(3);
    for (let count = 0; count < 20_000; count += 1) random.next();
    return performance.now() - startedAt;
  });
  const { p50, p99 } = distributionOf(times);
  return [
    { name: 'a loop, median', value: p50, unit: 'ms', bound: null },
    { name: 'a loop, p99', value: p99, unit: 'ms', bound: null },
  ];
}

function measureAll(
  asks: Record<string, Ask>,
  answer: (filter: Filter) => unknown,
  boundMs: number,
): Figure[] {
  return Object.entries(asks).flatMap(([name, ask]) => {
    const random = new RandomText(7);
    const once = (filter: Filter): number => {
      const startedAt = performance.now();
      JSON.stringify(answer(filter));
      return performance.now() - startedAt;
    };
    const asked = Array.from({ length: ROUNDS }, () => {
      const filter = ask(random);
      const first = once(filter);
      return { first, best: Math.min(first, once(filter), once(filter)) };
    });
    const first = distributionOf(asked.map((times) => times.first));
    const best = distributionOf(asked.map((times) => times.best));
    return [
      { name: `${name}, p99`, value: first.p99, unit: 'ms', bound: boundMs },
      { name: '  undisturbed, p99', value: best.p99, unit: 'ms', bound: null },
    ];
  });
}
