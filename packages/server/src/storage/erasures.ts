/** Erasures of people that have begun and are not done, in SQLite: what a crash interrupts goes on at the next start. */
import type { DatabaseSync } from 'node:sqlite';
import type { Erasures } from '../desk/ports/erasures.ts';

export function createErasures(database: DatabaseSync): Erasures {
  const add = database.prepare('INSERT INTO erasures (contact_id) VALUES (?) ON CONFLICT DO NOTHING');
  const remove = database.prepare('DELETE FROM erasures WHERE contact_id = ?');
  const read = database.prepare('SELECT contact_id FROM erasures ORDER BY contact_id');
  return {
    begin: (contactId) => void add.run(contactId),
    end: (contactId) => void remove.run(contactId),
    begun: () => read.all().map((row) => String(row['contact_id'])),
  };
}
