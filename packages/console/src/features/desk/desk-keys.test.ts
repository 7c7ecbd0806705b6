import { describe, expect, it } from 'vitest';
import { deedOfKey, longestOnHold } from './desk-keys.ts';

const press = (key: string, more: { hasModifier?: boolean; isTyping?: boolean } = {}) => ({
  key,
  hasModifier: false,
  isTyping: false,
  ...more,
});

describe('the keyboard of the desk', () => {
  it('chooses a strip by its number', () => {
    expect(deedOfKey(press('3'), null)).toEqual({ do: 'choose', index: 2 });
    expect(deedOfKey(press('0'), null)).toBeNull();
  });

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

  it('leaves letters and numbers to whoever is typing, and Escape never', () => {
    expect(deedOfKey(press('1', { isTyping: true }), ['air'])).toBeNull();
    expect(deedOfKey(press('a', { isTyping: true }), ['air'])).toBeNull();
    expect(deedOfKey(press('Escape', { isTyping: true }), ['air'])).toEqual({ do: 'leave' });
  });

  it('leaves the shortcuts of the browser alone', () => {
    expect(deedOfKey(press('r', { hasModifier: true }), ['air'])).toBeNull();
  });
});

describe('the next to air', () => {
  it('is who has been on hold for longest', () => {
    const channels = {
      a: { mode: 'on_hold', timestamp: 300 },
      b: { mode: 'master', timestamp: 1 },
      c: { mode: 'on_hold', timestamp: 200 },
    };
    expect(longestOnHold(channels)).toBe('c');
  });

  it('is nobody when nobody is on hold', () => {
    expect(longestOnHold({ a: { mode: 'free', timestamp: 1 } })).toBeNull();
  });
});
