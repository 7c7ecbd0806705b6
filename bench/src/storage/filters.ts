/**
 * What clients ask for, event by event: each filter alone and with others, words from the most frequent to one that is
 * nowhere, first pages and deep ones. Used by measure-storage.ts.
 */
import { BUCKETS, bucketOf, FIRST_AT, tagOf, TAGS } from './generate-station.ts';
import { numberOf, type RandomText } from './random-text.ts';

/** The data of an event, for each time it is asked. */
export type Ask = (random: RandomText) => unknown;

export interface Kind {
  count: number;
  /** One record every so many ms. */
  everyMs: number;
  idOf: (index: number) => string;
}

const WEEK_MS = 7 * 86_400_000;
const LETTERS = 'b d f g k l m n p r s t';

/** Of everything that is listed by time; people have no `from` and `to`. */
export function filtersFor({ count, everyMs, idOf }: Kind): Record<string, Ask> {
  const lastAt = FIRST_AT + count * everyMs;
  const time = (random: RandomText): number => FIRST_AT + random.below(count) * everyMs;
  const week = (random: RandomText) => {
    const from = time(random);
    return { from, to: from + WEEK_MS };
  };
  const tag = (random: RandomText): string => tagOf(random.uneven(TAGS));
  const some = (random: RandomText, many: number): string[] => [
    ...new Set(Array.from({ length: many }, () => idOf(random.below(count)))),
  ];
  return {
    'no filter': () => ({}),
    'from the middle on': (random) => ({ cursor: `${time(random)}000` }),
    '500 at once': (random) => ({ cursor: `${time(random)}000`, limit: 500 }),
    'a tag': (random) => ({ tags: [tag(random)] }),
    'favourites, deep': (random) => ({ tags: ['favorite'], to: time(random) }),
    'two tags': (random) => ({ tags: [tag(random), tagOf(random.below(TAGS))] }),
    'two frequent tags that exclude each other': () => ({ tags: ['yes', 'no'] }),
    'three tags, a week': (random) => ({ tags: ['yes', tag(random), tag(random)], ...week(random) }),
    'a week': week,
    'from and to the end': (random) => ({ from: time(random), to: lastAt }),
    '50 ids': (random) => ({ ids: some(random, 50) }),
    '50 ids with a tag': (random) => ({ ids: some(random, 50), tags: ['yes'] }),
    '500 ids with a tag and a word': (random) => ({ ids: some(random, 500), tags: ['yes'], search: 'b' }),
    'a word': (random) => ({ search: random.word(30_000) }),
    'two words, a week': (random) => ({
      search: `${random.word(30_000)} ${random.word(30_000)}`,
      ...week(random),
    }),
    'beginning of a word, deep': (random) => ({
      search: random.word(30_000).slice(0, 1 + random.below(5)),
      to: time(random),
    }),
    'a dozen first letters': () => ({ search: LETTERS }),
    'a number': (random) => ({ search: numberOf(random.uneven(100_000)) }),
    'beginning of a number': (random) => ({
      search: numberOf(random.uneven(100_000)).slice(0, 4 + random.below(8)),
    }),
    'a word that nobody wrote': () => ({ search: 'xylophone' }),
    'all of it': (random) => ({ tags: [tag(random)], search: random.word(2_000), ...week(random) }),
  };
}

/** Of what is filed in buckets. */
export const bucketFilters: Record<string, Ask> = {
  'a bucket': (random) => ({ bucket_ids: [bucketOf(random.uneven(BUCKETS))] }),
  'five buckets, a tag, a word': (random) => ({
    bucket_ids: Array.from({ length: 5 }, () => bucketOf(random.below(BUCKETS))),
    tags: [tagOf(random.uneven(TAGS))],
    search: random.word(2_000),
  }),
  'every bucket, two tags that exclude each other': () => ({
    bucket_ids: Array.from({ length: BUCKETS }, (_, index) => bucketOf(index)),
    tags: ['yes', 'no'],
  }),
};

/** Of texts, as the generator writes them. */
export const wordFilters: Record<string, Ask> = {
  'two frequent words that never meet': () => ({ search: 'evenly oddly' }),
  'a frequent word, a rare tag that never has it': () => ({ search: 'evenly', tags: ['seldom'] }),
};

/** Of people. */
export const blockedFilters: Record<string, Ask> = {
  'the blocked': () => ({ blocked: true }),
  'not blocked, tags that exclude each other': () => ({ blocked: false, tags: ['yes', 'no'] }),
};

export function suggestionsFor(count: number): Record<string, Ask> {
  return {
    'first letters of a name': (random) => random.name().slice(0, 1 + random.below(8)),
    'first letters of a last name': (random) =>
      (random.name().split(' ')[1] ?? '').slice(0, 1 + random.below(8)),
    'two beginnings': (random) => random.name().replace(/(\w\w)\w+ (\w\w)\w+/, '$1 $2'),
    'first letters of everybody': () => LETTERS,
    'first digits': (random) => numberOf(random.below(count)).slice(0, 2 + random.below(9)),
    'last digits': (random) => numberOf(random.below(count)).slice(-3 - random.below(4)),
    nobody: () => 'xylophone',
  };
}

const TAG_POOL = [
  'yes',
  'no',
  'favorite',
  'seldom',
  'Tag 0',
  'Tag 1',
  'Tag 7',
  'Tag 60',
  'Tag 499',
  'nowhere',
];
const WORD_POOL = ['evenly', 'oddly', 'b', 'd', 'k', 'ba', 'fe', '22', '2207', '22070000', 'xylophone'];

/** Anything with anything: the search for the slowest of all. What a kind has not is left out. */
export function mixtureOf(kind: Kind, has: { buckets: boolean; times: boolean }): Ask {
  const of = <Value>(random: RandomText, values: readonly Value[], most: number): Value[] =>
    Array.from({ length: random.below(most + 1) }, () => values[random.below(values.length)]!);
  const time = (random: RandomText): number => FIRST_AT + random.below(kind.count) * kind.everyMs;
  const bucketCounts = [0, 0, 1, 2, 5, BUCKETS, 200];
  return (random) => {
    const words = of(random, [...WORD_POOL, random.word(30_000)], 3);
    const buckets = has.buckets ? (bucketCounts[random.below(bucketCounts.length)] ?? 0) : 0;
    const ids = [0, 0, 0, 0, 0, 0, 50, 500][random.below(8)] ?? 0;
    return {
      tags: [...new Set(of(random, TAG_POOL, 3))],
      search: random.below(12) === 0 ? LETTERS : words.join(' ') || null,
      ...(has.buckets
        ? { bucket_ids: Array.from({ length: buckets }, (_, index) => bucketOf((index * 7) % 230)) }
        : {}),
      ...(has.times && random.below(3) === 0 ? { from: time(random) } : {}),
      ...(has.times && random.below(3) === 0 ? { to: time(random) } : {}),
      ids: [...new Set(Array.from({ length: ids }, () => kind.idOf(random.below(kind.count))))],
      cursor: random.below(3) === 0 ? `${time(random)}000` : null,
      limit: random.below(4) === 0 ? 500 : 50,
    };
  };
}
