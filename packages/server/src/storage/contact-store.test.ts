// Names of people, which are kept in memory for the lists of texts and calls.
import { beforeEach, expect, test } from 'vitest';
import { NO_FILTER } from '../desk/ports/record-filter.ts';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { createContactStore, type ContactStore } from './contact-store.ts';
import { openDatabase } from './database.ts';

const BINTA = '+2207000001';
const ALIEU = '+2207000002';
const CARD = { name: null, location: null, notes: null, properties: {}, tags: [], isBlocked: false };

let contacts: ContactStore;

beforeEach(() => {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  contacts = createContactStore(
    opened.database,
    createNumberPlan(() => 'GM'),
  );
  contacts.saveCard(BINTA, { ...CARD, name: 'Binta' }, 1);
});

function nameOf(id: string): string | undefined {
  return contacts.namesOf([id, id]).get(id);
}

test('a name is what was written last, and gone with its person', () => {
  expect([nameOf(BINTA), nameOf(ALIEU)]).toEqual(['Binta', undefined]);
  contacts.saveCard(BINTA, { ...CARD, name: 'Binta Jallow' }, 2);
  contacts.noteCall(ALIEU, 3, 'Alieu');
  expect([nameOf(BINTA), nameOf(ALIEU)]).toEqual(['Binta Jallow', 'Alieu']);
  contacts.remove(BINTA);
  expect(nameOf(BINTA)).toBeUndefined();
});

test('a name that was undone was never there', () => {
  const renameAndFail = (): void =>
    contacts.together(() => {
      contacts.saveCard(BINTA, { ...CARD, name: 'Nobody' }, 2);
      expect(nameOf(BINTA)).toBe('Nobody');
      throw new Error('the disk is full');
    });
  expect(renameAndFail).toThrow('the disk is full');
  expect(nameOf(BINTA)).toBe('Binta');
});

test('people are listed by their numbers in any spelling', () => {
  const { people } = contacts.page({
    ...NO_FILTER,
    ids: ['7000001', '00220 7000001'],
    isBlocked: null,
    limit: 9,
  });
  expect(people.map(({ id }) => id)).toEqual([BINTA]);
});
