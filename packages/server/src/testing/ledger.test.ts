import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';

const found = (values: Record<string, unknown>) => new Map(Object.entries(values));

test('what was acknowledged has to be there', () => {
  const ledger = new Ledger();
  ledger.acknowledge(ledger.begin([{ thing: 'a', value: 1 }]));
  expect(ledger.check(found({}), 'touched')).toEqual(['a is null, promised was [1]']);
});

test('what was told has to be there, and what was told to be gone may not come back', () => {
  const ledger = new Ledger();
  ledger.tell('call', ['Sport']);
  expect(ledger.check(found({ call: ['Sport'] }), 'touched')).toEqual([]);
  ledger.tell('call', null);
  expect(ledger.check(found({ call: ['Sport'] }), 'touched')).toEqual([
    'call is ["Sport"], promised was [null]',
  ]);
});

test('what was under way may be there or not, but nothing third', () => {
  for (const [value, isBroken] of [
    [1, false],
    [2, false],
    [3, true],
    [undefined, true],
  ] as const) {
    const ledger = new Ledger();
    ledger.acknowledge(ledger.begin([{ thing: 'a', value: 1 }]));
    ledger.begin([{ thing: 'a', value: 2 }]);
    expect(ledger.check(found({ a: value }), 'touched').length > 0).toBe(isBroken);
  }
});

test('of what one event changes all is kept, or nothing', () => {
  for (const [a, b, isBroken] of [
    [1, 1, false],
    [2, 2, false],
    [2, 1, true],
    [1, 2, true],
  ] as const) {
    const ledger = new Ledger();
    for (const thing of ['a', 'b']) ledger.tell(thing, 1);
    ledger.begin(['a', 'b'].map((thing) => ({ thing, value: 2 })));
    expect(ledger.check(found({ a, b }), 'touched').length > 0).toBe(isBroken);
  }
});

test('what was refused has changed nothing', () => {
  const ledger = new Ledger();
  ledger.tell('a', 1);
  ledger.refuse(ledger.begin([{ thing: 'a', value: 2 }]));
  expect(ledger.check(found({ a: 2 }), 'touched')).toEqual(['a is 2, promised was [1]']);
});

test('what was found counts from then on', () => {
  const ledger = new Ledger();
  ledger.tell('a', 1);
  ledger.begin([{ thing: 'a', value: 2 }]);
  ledger.check(found({ a: 2 }), 'touched');
  expect(ledger.things('touched')).toEqual([]);
  expect(ledger.check(found({ a: 1 }), 'all')).toEqual(['a is 1, promised was [2]']);
});

test('what somebody else has changed too may be anything, until it was looked at', () => {
  const ledger = new Ledger();
  ledger.tell('card', 'old');
  const write = ledger.begin([{ thing: 'card', value: 'new' }]);
  ledger.doubt('card');
  ledger.acknowledge(write);
  expect(ledger.check(new Map([['card', 'new with notes']]), 'touched')).toEqual([]);
  expect(ledger.known('card')).toBe('new with notes');
  expect(ledger.check(new Map([['card', 'lost']]), 'all')).toHaveLength(1);
});
