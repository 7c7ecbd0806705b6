// The card of the caller: what a call brings along, what the station has kept by number, what the screener writes.
import type { Contact, ContactProperty } from '@openline/protocol';
import { channelOf, userOf } from '../model.ts';
import type { Outcome, Turn } from '../turn.ts';
import { refuse } from '../turn.ts';
import { changeRecord } from './records.ts';

const MAX_PROPERTIES = 64;

/** The card of a call that begins: the kept one, or a new one with what the network said. */
export function cardFor(number: string, displayName: string, kept: Contact | null): Contact {
  const name = displayName === '' ? null : displayName;
  return kept ? { ...kept, name: kept.name ?? name } : { number, name, location: null, notes: null };
}

/** `channelContactInfo`. The number is who the card is about; it cannot be changed. */
export function setContact(
  turn: Turn,
  key: string,
  properties: Readonly<Record<string, ContactProperty>>,
): Outcome {
  if (userOf(turn.model, key)) return refuse('own_channel', key, { channel: key });
  const channel = channelOf(turn.model, key);
  if (!channel) return refuse('unknown_channel', key, { channel: key });
  const { contact } = channel;
  if (!contact) return refuse('channel_free', key, { channel: channel.label });

  const changed = Object.entries(properties).filter(
    ([name, value]) => !Object.is(contact[name] ?? null, value),
  );
  if (changed.length === 0) return null;
  const wrong = changed.find(([name, value]) => !isAllowed(name, value));
  if (wrong) return refuse('bad_data', key, { reason: `"${wrong[0]}" cannot be set to that` });
  const card: Contact = { ...contact, ...Object.fromEntries(changed) };
  if (Object.keys(card).length > MAX_PROPERTIES) {
    return refuse('bad_data', key, { reason: `a card has at most ${MAX_PROPERTIES} properties` });
  }

  channel.contact = card;
  if (card.number !== '') turn.effects.push({ kind: 'saveContact', contact: card });
  if (card.name !== contact.name) changeRecord(turn, channel.recordId, { name: card.name });
  return null;
}

/** The card was changed in the address book: whoever is on a channel has the new one. */
export function noteCard(
  turn: Turn,
  isTheirs: (number: string) => boolean,
  card: Omit<Contact, 'number'>,
): void {
  for (const channel of Object.values(turn.model.channels)) {
    const number = channel.contact?.number ?? '';
    if (number === '' || !isTheirs(number)) continue;
    const hadName = channel.contact?.name;
    channel.contact = { ...card, number } as Contact;
    if (channel.contact.name !== hadName) {
      changeRecord(turn, channel.recordId, { name: channel.contact.name });
    }
  }
}

function isAllowed(name: string, value: ContactProperty): boolean {
  if (name === 'number') return false;
  const isText = name === 'name' || name === 'location' || name === 'notes';
  return !isText || value === null || typeof value === 'string';
}
