import { describe, expect, it } from 'vitest';
import { en } from '../../i18n/en.ts';
import { deedOfKey, keyLines, stripOfDigits } from './desk-keys.ts';
import type { Act } from './strip-view.ts';

const press = (key: string, more: { code?: string; hasModifier?: boolean; isTyping?: boolean } = {}) => ({
  key,
  code: '',
  hasModifier: false,
  isTyping: false,
  ...more,
});

const everyAct = Object.keys(en.acts) as Act[];

describe('the keyboard of the desk', () => {
  it('does with a letter only what the chosen strip offers', () => {
    expect(deedOfKey(press('a'), ['air', 'drop'])).toEqual({ do: 'act', act: 'air' });
    expect(deedOfKey(press('A'), ['air'])).toEqual({ do: 'act', act: 'air' });
    expect(deedOfKey(press('i'), ['air', 'drop'])).toBeNull();
    expect(deedOfKey(press('a'), null)).toBeNull();
  });

  it('ends the call with the same letter, whatever the end is called', () => {
    expect(deedOfKey(press('d'), ['hold', 'reject'])).toEqual({ do: 'act', act: 'reject' });
    expect(deedOfKey(press('d'), ['cancel'])).toEqual({ do: 'act', act: 'cancel' });
  });

  it('takes the next to air and shows the map without a chosen strip', () => {
    expect(deedOfKey(press('n'), null)).toEqual({ do: 'next' });
    expect(deedOfKey(press('x'), null)).toEqual({ do: 'dump' });
    expect(deedOfKey(press('?'), null)).toEqual({ do: 'map' });
    expect(deedOfKey(press('m'), null)).toBeNull();
    expect(deedOfKey(press('g'), null)).toBeNull();
    expect(deedOfKey(press('g'), ['air'])).toEqual({ do: 'leveller' });
  });

  it('leaves letters, numbers and arrows to whoever is typing, and Escape never', () => {
    for (const key of ['1', 'a', 'ArrowRight']) {
      expect(deedOfKey(press(key, { isTyping: true }), ['air'])).toBeNull();
    }
    expect(deedOfKey(press('Escape', { isTyping: true }), ['air'])).toEqual({ do: 'leave' });
  });

  it('leaves the shortcuts of the browser alone', () => {
    expect(deedOfKey(press('r', { hasModifier: true }), ['air'])).toBeNull();
  });

  it('finds the digits of a French keyboard, which are under other signs', () => {
    expect(deedOfKey(press('&', { code: 'Digit1' }), null)).toEqual({ do: 'digit', digit: 1 });
    expect(deedOfKey(press('1', { code: 'Digit1' }), null)).toEqual({ do: 'digit', digit: 1 });
    expect(deedOfKey(press('?', { code: 'Digit7' }), null)).toEqual({ do: 'map' });
  });
});

describe('the choice of a strip', () => {
  const at = (digit: number, atMs: number) => ({ digit, atMs });

  it('takes one digit, and two as one number when they come fast', () => {
    expect(stripOfDigits(null, at(3, 0), 12)).toBe(2);
    expect(stripOfDigits(at(1, 0), at(2, 300), 12)).toBe(11);
    expect(stripOfDigits(at(2, 0), at(4, 300), 24)).toBe(23);
    expect(stripOfDigits(at(1, 0), at(0, 300), 12)).toBe(9);
  });

  it('takes the second alone when it comes late, or when there is no such strip', () => {
    expect(stripOfDigits(at(1, 0), at(2, 2000), 12)).toBe(1);
    expect(stripOfDigits(at(1, 0), at(2, 300), 6)).toBe(1);
    expect(stripOfDigits(null, at(0, 0), 12)).toBeNull();
    expect(stripOfDigits(null, at(7, 0), 6)).toBeNull();
  });

  it('goes to the neighbour with the arrows', () => {
    expect(deedOfKey(press('ArrowRight'), null)).toEqual({ do: 'step', by: 1 });
    expect(deedOfKey(press('ArrowLeft'), null)).toEqual({ do: 'step', by: -1 });
  });
});

describe('the map of keys', () => {
  const reached = keyLines.flatMap(({ acts }) => acts ?? []);

  it('has a key for everything that a strip can offer', () => {
    expect(everyAct.filter((act) => !reached.includes(act))).toEqual([]);
  });

  it('gives no key twice, but the digits of two lines', () => {
    const letters = keyLines.filter(({ keys }) => keys.length === 1).flatMap(({ keys }) => keys);
    expect(letters).toHaveLength(new Set(letters).size);
  });

  it('says of every letter what it then does', () => {
    for (const { keys, acts, deed } of keyLines) {
      const [key, ...further] = keys;
      if (key === undefined || further.length > 0 || !(acts || deed)) continue;
      const done = deedOfKey(press(key === 'Esc' ? 'Escape' : key), everyAct);
      expect(deed ? [deed] : acts?.map((act) => ({ do: 'act', act })), key).toContainEqual(done);
    }
  });
});
