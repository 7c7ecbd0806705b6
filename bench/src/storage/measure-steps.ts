/**
 * How long each step takes of what is done in steps: that long others wait, not as long as all of it. Used by
 * measure-storage.ts.
 */
import { setImmediate } from 'node:timers/promises';
import { distributionOf } from '../distribution.ts';
import type { Figure } from '../report.ts';

/** Given as the pause between two steps. */
export class Steps {
  /** In ms. */
  readonly taken: number[] = [];
  #startedAt = 0;

  begin(): void {
    this.#startedAt = performance.now();
  }

  end(): void {
    this.taken.push(performance.now() - this.#startedAt);
  }

  async pause(): Promise<void> {
    this.end();
    await setImmediate();
    this.begin();
  }
}

export async function measureSteps(
  name: string,
  times: number,
  steps: Steps,
  act: () => void,
  unfinished: () => Promise<unknown> | null,
  bound: number,
): Promise<Figure[]> {
  steps.taken.length = 0;
  const startedAt = performance.now();
  let longest = 0;
  for (let count = 0; count < times; count += 1) {
    steps.begin();
    act();
    await unfinished();
    steps.end();
    longest = Math.max(longest, steps.taken.at(-1) ?? 0);
  }
  const value = (performance.now() - startedAt) / times;
  const { p99 } = distributionOf(steps.taken);
  return [
    { name: `${name}, a step, p99`, value: p99, unit: 'ms', bound },
    { name: '  the last step, which puts it together', value: longest, unit: 'ms', bound: null },
    { name: '  the longest of all', value: Math.max(...steps.taken), unit: 'ms', bound: null },
    { name: '  all of it', value, unit: 'ms', bound: null },
  ];
}
