/**
 * Asks the same kind of question many times and says how long the answers took, beside what the processor did for them:
 * on a machine that others use too, that is what is ours. Used by measure-storage.ts.
 */
import { distributionOf } from '../distribution.ts';
import type { Figure } from '../report.ts';
import type { Ask } from './filters.ts';
import { RandomText } from './random-text.ts';

const ROUNDS = 200;
/** Other questions of the same kind, asked before: a station answers all day, its first hour is told of beside. */
const FIRST_ROUNDS = 150;
const MIXTURES = 800;
/** The slowest mixtures are asked again, so often. */
const SLOWEST = 10;
const AGAIN = 30;

type Send = (data: unknown) => unknown;

interface Time {
  wallMs: number;
  processorMs: number;
}

function timeOf(send: Send, data: unknown): Time {
  const before = process.threadCpuUsage();
  const startedAt = performance.now();
  send(data);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.threadCpuUsage(before);
  return { wallMs, processorMs: (user + system) / 1_000 };
}

export function measureAsks(asks: Record<string, Ask>, send: Send, bound: number): Figure[] {
  return Object.entries(asks).flatMap(([name, ask]) => {
    const first = asksOf(ask, 3, FIRST_ROUNDS).map((data) => timeOf(send, data));
    const asked = asksOf(ask, 7, ROUNDS).map((data) => timeOf(send, data));
    return [...figuresOf(name, asked, bound), whileCold(first)];
  });
}

function asksOf(ask: Ask, seed: number, times: number): unknown[] {
  const random = new RandomText(seed);
  return Array.from({ length: times }, () => ask(random));
}

/** The first of their kind after a start, with nothing in memory and nothing compiled. */
function whileCold(times: readonly Time[]): Figure {
  const { p99 } = distributionOf(times.map(({ wallMs }) => wallMs));
  return { name: '  the first of its kind after a start, p99', value: p99, unit: 'ms', bound: null };
}

/** Once each: what changes something cannot be asked again. */
export function measureOnce(
  name: string,
  times: number,
  act: (index: number) => void,
  bound: number | null,
): Figure[] {
  const taken = Array.from({ length: times }, (_, index) => timeOf(() => act(index), null));
  return figuresOf(name, taken, bound);
}

/** All that can be mixed, at random, and then the slowest of it by itself. */
export function measureMixtures(ask: Ask, send: Send, bound: number): Figure[] {
  const first = asksOf(ask, 5, FIRST_ROUNDS).map((data) => timeOf(send, data));
  const asked = asksOf(ask, 11, MIXTURES).map((data) => ({ data, ...timeOf(send, data) }));
  const slowest = asked
    .toSorted((one, other) => other.processorMs - one.processorMs)
    .slice(0, SLOWEST)
    .map(({ data }) => ({ data, times: Array.from({ length: AGAIN }, () => timeOf(send, data)) }))
    .toSorted((one, other) => middleOf(other.times) - middleOf(one.times));
  const worst = slowest[0];
  return [
    ...figuresOf(`any mixture of filters (${MIXTURES})`, asked, bound),
    whileCold(first),
    ...(worst ? figuresOf(`the slowest: ${shortOf(worst.data)}`, worst.times, bound) : []),
  ];
}

function middleOf(times: readonly Time[]): number {
  return distributionOf(times.map(({ processorMs }) => processorMs)).p50;
}

function figuresOf(name: string, times: readonly Time[], bound: number | null): Figure[] {
  const wall = distributionOf(times.map(({ wallMs }) => wallMs));
  const processor = distributionOf(times.map(({ processorMs }) => processorMs));
  return [
    { name: `${name}, p99`, value: wall.p99, unit: 'ms', bound },
    { name: '  processor time, mean', value: processor.mean, unit: 'ms', bound: null },
    { name: '  processor time, p99', value: processor.p99, unit: 'ms', bound: null },
  ];
}

/** Long lists as how many they are. */
function shortOf(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (Array.isArray(value) && value.length > 3) return `${value.length} of them`;
    return value === null || (Array.isArray(value) && value.length === 0) ? undefined : value;
  });
}
