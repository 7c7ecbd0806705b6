// The card of the caller: what a call brings along, what the station has kept by number, what the screener writes.
import type { Contact, ContactProperty } from '@openline/protocol';
import type { Channel } from '../model.ts';
import { channelOf, userOf } from '../model.ts';
import type { DeskInput, Outcome, Turn } from '../turn.ts';
import { refuse } from '../turn.ts';
import { changeRecord } from './records.ts';

type ChangedCard = Extract<DeskInput, { kind: 'card' }>;

const MAX_PROPERTIES = 64;

/** The card of a call that begins: the kept one, or a new one with what the network said. */
export function cardFor(number: string, displayName: string, kept: Contact | null): Contact {
  const name = displayName === '' ? null : displayName;
  const empty = { number, name, location: null, notes: null, point: null };
  return kept ? { ...kept, name: kept.name ?? name, point: null } : empty;
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
  if (card.point !== contact.point) keepPoint(turn, channel, card.point);
  const isOfPerson = changed.some(([name]) => name !== 'point');
  if (isOfPerson && card.number !== '') turn.effects.push({ kind: 'saveContact', contact: card });
  if (card.name !== contact.name) changeRecord(turn, channel.recordId, { name: card.name });
  return null;
}

/** With the call that it was said in, also when that has ended. */
function keepPoint(turn: Turn, { cardRecordId }: Channel, point: string | null): void {
  if (cardRecordId === null) return;
  if (turn.model.records[cardRecordId]) changeRecord(turn, cardRecordId, { point });
  else turn.effects.push({ kind: 'keepPoint', recordId: cardRecordId, point });
}

/** The card was changed in the address book: whoever is on a channel has the new one. */
export function noteCard(turn: Turn, { isTheirs, card, isBlocked }: ChangedCard): void {
  for (const channel of Object.values(turn.model.channels)) {
    const number = channel.contact?.number ?? '';
    if (number === '' || !isTheirs(number)) continue;
    const { name: hadName, point = null } = channel.contact ?? {};
    channel.contact = { ...card, number, point } as Contact;
    if (channel.caller) channel.caller.blocked = isBlocked;
    if (channel.contact.name !== hadName) {
      changeRecord(turn, channel.recordId, { name: channel.contact.name });
    }
  }
}

function isAllowed(name: string, value: ContactProperty): boolean {
  if (name === 'number') return false;
  const isText = ['name', 'location', 'notes', 'point'].includes(name);
  return !isText || value === null || typeof value === 'string';
}
