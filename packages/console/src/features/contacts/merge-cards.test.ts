import type { Person } from '@openline/protocol';
import { expect, test } from 'vitest';
import { mergedCard } from './merge-cards.ts';

const person: Person = {
  contact_id: '+2203011001',
  number: '+2203011001',
  name: null,
  location: 'Bakau',
  notes: null,
  properties: { shoe: 41 },
  tags: ['Rice'],
  blocked: false,
  first_contact: null,
  last_contact: null,
  calls: 0,
  texts: 0,
  on_air_ms: 0,
};

test('the card that stays keeps what it has and takes what it lacks', () => {
  const other = {
    ...person,
    number: '+2207770001',
    name: 'Fatou',
    location: 'Basse',
    notes: 'calls on Fridays',
    properties: { shoe: 40, language: 'Wolof' },
    tags: ['rice', 'regular'],
    blocked: true,
  };
  expect(mergedCard(person, other)).toEqual({
    name: 'Fatou',
    location: 'Bakau',
    notes: 'calls on Fridays\n+2207770001',
    properties: { shoe: 41, language: 'Wolof' },
    tags: ['Rice', 'regular'],
    blocked: true,
  });
});
