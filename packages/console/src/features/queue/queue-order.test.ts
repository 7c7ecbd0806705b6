import { describe, expect, it } from 'vitest';
import { movedTo, placeAt } from './queue-order.ts';

describe('an order by hand', () => {
  const order = ['a', 'b', 'c', 'd'];

  it('puts a caller where it is asked for, and keeps the order of the others', () => {
    expect(movedTo(order, 'd', 0)).toEqual(['d', 'a', 'b', 'c']);
    expect(movedTo(order, 'a', 2)).toEqual(['b', 'c', 'a', 'd']);
  });

  it('stays within the queue', () => {
    expect(movedTo(order, 'b', 99)).toEqual(['a', 'c', 'd', 'b']);
    expect(movedTo(order, 'b', -1)).toEqual(['b', 'a', 'c', 'd']);
  });

  it('is the same list when nothing moves, so that nothing is sent', () => {
    expect(movedTo(order, 'b', 1)).toBe(order);
    expect(movedTo(order, 'gone', 1)).toBe(order);
    expect(movedTo(order, 'a', -1)).toBe(order);
  });
});

describe('the place under a finger', () => {
  const row = (left: number, top: number) => ({ left, top, right: left + 200, bottom: top + 46 });
  const rows = [row(0, 0), row(0, 50), row(210, 0), row(210, 50)];

  it('is that of the nearest row, in whichever column it stands', () => {
    expect(placeAt(rows, 20, 10)).toBe(0);
    expect(placeAt(rows, 120, 90)).toBe(1);
    expect(placeAt(rows, 300, 20)).toBe(2);
    expect(placeAt(rows, 900, 900)).toBe(3);
  });
});
