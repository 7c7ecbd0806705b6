/**
 * What migration 4 does beyond its SQL: gives the calls and cards that are there their places in the new tables and
 * in the indices of what is listed. Run once, within the migration.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { PersonCard } from '../desk/ports/address-book.ts';
import type { CallRecord } from '../desk/ports/store.ts';
import { FAVORITE } from '../desk/records/tags.ts';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { createCallStore } from './call-store.ts';
import { createContactStore } from './contact-store.ts';

/** As they were written before: with a flag of their own. */
type FormerRecord = CallRecord & { isFavorite?: boolean };

export function moveHistory(database: DatabaseSync): void {
  const numbers = createNumberPlan(() => countryOf(database));
  const contacts = createContactStore(database, numbers);
  const cards = database.prepare(
    'SELECT number, document, changed_at FROM former_contacts ORDER BY changed_at',
  );
  for (const row of cards.iterate()) {
    const document: unknown = JSON.parse(String(row['document']));
    const id = numbers.idOf(String(row['number']));
    contacts.saveCard(id, cardOf(document), Number(row['changed_at']));
  }
  const removals = { note: () => undefined };
  const calls = createCallStore(database, { numbers, contacts, removals });
  for (const row of database.prepare('SELECT document FROM former_calls ORDER BY opened_at, id').iterate()) {
    const { isFavorite, ...record } = JSON.parse(String(row['document'])) as FormerRecord;
    calls.save({ ...record, tags: isFavorite ? [...record.tags, FAVORITE] : record.tags });
  }
  database.exec('DROP TABLE former_recordings; DROP TABLE former_calls; DROP TABLE former_contacts;');
}

function countryOf(database: DatabaseSync): string | null {
  const row = database.prepare("SELECT document ->> '$.station.country' AS country FROM settings").get();
  return typeof row?.['country'] === 'string' ? row['country'] : null;
}

/** A card was one flat document: what is not ours in it are the station's own properties. */
function cardOf(document: unknown): PersonCard {
  const { number: _, name, location, notes, ...properties } = Object(document) as Record<string, unknown>;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const own = Object.entries(properties).filter(([, value]) => value !== null);
  return {
    name: text(name),
    location: text(location),
    notes: text(notes),
    properties: Object.fromEntries(own) as PersonCard['properties'],
    tags: [],
    isBlocked: false,
  };
}
