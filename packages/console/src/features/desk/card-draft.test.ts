import { expect, it } from 'vitest';
import { without } from './card-draft.ts';

it('keeps what was typed on while the card was being saved', () => {
  expect(without({ name: 'Fatou J', location: 'Brikama' }, { name: 'Fatou', location: 'Brikama' })).toEqual({
    name: 'Fatou J',
  });
});

it('keeps a field that was not sent, also when it is empty', () => {
  expect(without({ name: 'Awa', notes: '' }, { name: 'Awa' })).toEqual({ notes: '' });
});
