// Two cards of one person become one: what the card that stays lacks is taken from the other, which then goes. Calls and
// texts stay with the number that they came from.
import type { Person } from '@openline/protocol';
import type { Controls } from '../../connection/desk-view.ts';

/** `msg` is '' when there is no such card. */
type Merged = { ok: true; contactId: string } | { ok: false; msg: string };

/** `fromId` goes into the card of `into`, a number as somebody typed it or a name. */
export async function mergeInto(controls: Controls, fromId: string, into: string): Promise<Merged> {
  const found = await controls.ask('contacts:fetch', { search: into, limit: 5 });
  const from = await controls.ask('contacts:fetch', { ids: [fromId] });
  if (!found.ok) return { ok: false, msg: found.error.msg };
  if (!from.ok) return { ok: false, msg: from.error.msg };
  const source = from.answer?.contacts[0];
  const others = found.answer?.contacts.filter((person) => person.contact_id !== fromId) ?? [];
  const target = others.length === 1 ? others[0] : others.find((person) => person.number === into);
  if (!source || !target) return { ok: false, msg: '' };
  const saved = await controls.ask('contacts:save', { [target.contact_id]: mergedCard(target, source) });
  if (!saved.ok) return { ok: false, msg: saved.error.msg };
  const removed = await controls.ask('contacts:delete', [fromId]);
  return removed.ok ? { ok: true, contactId: target.contact_id } : { ok: false, msg: removed.error.msg };
}

/** What `target` becomes. Notes of both are kept, and the other number among them, so that nobody has to remember it. */
export function mergedCard(target: Person, source: Person) {
  const notes = [target.notes, source.notes, source.number].filter((text) => text !== null && text !== '');
  const known = new Set(target.tags.map((tag) => tag.toLowerCase()));
  return {
    name: target.name ?? source.name,
    location: target.location ?? source.location,
    notes: notes.join('\n').slice(0, 4000),
    properties: { ...source.properties, ...target.properties },
    tags: [...target.tags, ...source.tags.filter((tag) => !known.has(tag.toLowerCase()))].slice(0, 50),
    blocked: target.blocked || source.blocked,
  };
}
