/**
 * The desk's store port in SQLite: strips here, calls and cards by the stores of the history and of the address book.
 * Every save is a committed transaction when it returns (synchronous=FULL).
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Contact } from '@openline/protocol';
import type { PersonCard, PersonRecord } from '../desk/ports/address-book.ts';
import type { Store, StoredStrip } from '../desk/ports/store.ts';
import type { CallStore } from './call-store.ts';
import type { ContactStore } from './contact-store.ts';

export interface DeskStoreParts {
  calls: CallStore;
  contacts: ContactStore;
}

export function createDeskStore(database: DatabaseSync, { calls, contacts }: DeskStoreParts): Store {
  const readStrips = database.prepare('SELECT key, document FROM strips');
  const writeStrip = database.prepare(
    'INSERT INTO strips (key, document) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET document = excluded.document',
  );

  return {
    loadStrips() {
      // Rows hold what saveStrip wrote, so the shape is ours.
      const rows = readStrips.all().map((row) => {
        return [String(row['key']), JSON.parse(String(row['document'])) as StoredStrip] as const;
      });
      return Object.fromEntries(rows);
    },
    saveStrip: (key, strip) => void writeStrip.run(key, JSON.stringify(strip)),

    saveCall: (record) => calls.save(record),
    findCall: (id) => calls.find(id),
    openCalls: () => calls.open(),

    dialledMs: (since, now) => calls.dialledMs(since, now),

    pastOf(number, before) {
      const id = number === '' ? '' : contacts.idOf(number);
      const person = id === '' ? null : contacts.find(id);
      return {
        calls: person?.calls ?? 0,
        isBlocked: person?.isBlocked ?? false,
        ...calls.lastOf(id, before),
      };
    },
    findContact(number) {
      const person = number === '' ? null : contacts.find(contacts.idOf(number));
      return person ? contactOf(person, number) : null;
    },
    saveContact(contact, at) {
      const id = contacts.idOf(contact.number);
      const { tags = [], isBlocked = false } = contacts.find(id) ?? {};
      contacts.saveCard(id, { ...cardOf(contact), tags, isBlocked }, at);
    },
    isBlocked: (number) => number !== '' && contacts.find(contacts.idOf(number))?.isBlocked === true,
    countBlocked: (number, at) => contacts.noteBlockedCall(contacts.idOf(number), at),
  };
}

/** On a strip the number stands as the network said it. */
function contactOf({ name, location, notes, properties }: PersonRecord, number: string): Contact {
  return { ...properties, number, name, location, notes, point: null };
}

function cardOf({
  number: _number,
  name,
  location,
  notes,
  point: _point,
  ...properties
}: Contact): Omit<PersonCard, 'tags' | 'isBlocked'> {
  const own = Object.entries(properties).filter(([, value]) => value !== null);
  return { name, location, notes, properties: Object.fromEntries(own) };
}
