// The address book, as clients ask for it and change it: suggestions, cards, everything about a person in one document,
// and its erasure. Calls and texts enter themselves there through the stores.
import type { Action, ContactProperty, Person, Refusal, ServerFrame } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { AddressBook, PersonCard, PersonRecord } from '../ports/address-book.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Erasure } from './erasure.ts';
import type { PersonalSource } from './personal.ts';
import { createPersonExport } from './person-export.ts';
import type { RecordAction, RecordHandler } from './records.ts';
import { withTags } from './tags.ts';

export interface ContactRecordsPorts {
  addressBook: AddressBook;
  broadcaster: Broadcaster;
  clock: Clock;
  /** Everything else that people leave behind. */
  sources: readonly PersonalSource[];
  erasure: Erasure;
  /** Lets others go first, between two steps of an export. */
  pause: () => Promise<void>;
  /** The live desk: the card of whoever is on a channel has changed. */
  noteCard: (person: PersonRecord) => void;
}

const MAX_SUGGESTIONS = 10;
const MAX_PROPERTIES = 64;
const EMPTY: PersonCard = {
  name: null,
  location: null,
  notes: null,
  properties: {},
  tags: [],
  isBlocked: false,
};

/** What happened in one frame, to be told after the commit. */
interface Turn {
  by: Author;
  updates: Record<string, Person | null>;
  changed: PersonRecord[];
  exported: Set<string>;
  frames: ServerFrame[];
  /** Whose erasure takes more steps; never beside an export, which is another event. */
  unfinished: string[];
}

export interface ContactRecords extends RecordHandler {
  /** Tells all clients of a card that was changed elsewhere: the live desk keeps what is written on a strip. */
  tellOf(number: string): void;
}

export function createContactRecords(ports: ContactRecordsPorts): ContactRecords {
  const { addressBook, broadcaster, clock, erasure } = ports;
  const personExport = createPersonExport({
    ...ports,
    view: (id, person) => personView(person ?? unknownPerson(id)),
  });
  let unfinished: Promise<unknown> | null = null;

  function suggest(text: string, { client }: Author): void {
    const data = addressBook.suggest(text, MAX_SUGGESTIONS).map((person) => ({
      contact_id: person.id,
      name: person.name,
      number: person.id,
      location: person.location,
      last_call: person.lastCallAt,
    }));
    broadcaster.send({ to: 'self', client }, { event: 'addrBookSuggestions', data });
  }

  function fetch({ value }: Action<'contacts:fetch'>, { client }: Author): void {
    const { blocked: isBlocked, ...filter } = value;
    const { people, cursor } = addressBook.page({ ...filter, isBlocked });
    const data = { contacts: people.map(personView), cursor };
    broadcaster.send({ to: 'self', client }, { event: 'contacts:list', data });
  }

  function save({ key, value }: Action<'contacts:save'>, turn: Turn): Refusal | null {
    const id = addressBook.idOf(key);
    if (id === '') return refusal('bad_number', key, { number: key });
    const known = addressBook.find(id);
    const card = cardAfter(known ?? EMPTY, value);
    if (Object.keys(card.properties).length > MAX_PROPERTIES) {
      return refusal('bad_data', key, { reason: `a card has at most ${MAX_PROPERTIES} properties` });
    }
    if (known && JSON.stringify(cardAfter(known, {})) === JSON.stringify(card)) return null;
    const person = addressBook.saveCard(id, card, clock.now());
    turn.updates[id] = personView(person);
    turn.changed.push(person);
    return null;
  }

  function remove(key: string, turn: Turn): Refusal | null {
    const id = addressBook.idOf(key);
    if (!addressBook.remove(id)) return refusal('unknown_contact', key, { contact: key });
    turn.updates[id] = null;
    return null;
  }

  function collect(key: string, turn: Turn): Refusal | null {
    const id = addressBook.idOf(key);
    if (!personExport.isKnown(id)) return refusal('unknown_contact', key, { contact: key });
    turn.exported.add(id);
    return null;
  }

  function erase(key: string, turn: Turn): Refusal | null {
    const id = addressBook.idOf(key);
    const refused = erasure.refusalOf(id);
    if (refused) return { ...refused, key };
    const { wasKnown, frames, isUnfinished } = erasure.begin(id);
    if (!wasKnown && frames.length === 0 && !isUnfinished) {
      return refusal('unknown_contact', key, { contact: key });
    }
    if (wasKnown) turn.updates[id] = null;
    turn.frames.push(...frames);
    if (isUnfinished) turn.unfinished.push(id);
    return null;
  }

  function act(action: RecordAction, turn: Turn): Refusal | null {
    switch (action.event) {
      case 'addrBookSuggestions':
        suggest(action.value, turn.by);
        return null;
      case 'contacts:fetch':
        fetch(action, turn.by);
        return null;
      case 'contacts:save':
        return save(action, turn);
      case 'contacts:delete':
        return remove(action.key, turn);
      case 'contacts:export':
        return collect(action.key, turn);
      case 'contacts:erase':
        return erase(action.key, turn);
      default:
        return null;
    }
  }

  function tell({ updates, changed, frames }: Turn): void {
    for (const person of changed) ports.noteCard(person);
    for (const frame of frames) broadcaster.send({ to: 'all' }, frame);
    if (Object.keys(updates).length > 0) {
      broadcaster.send({ to: 'all' }, { event: 'contacts:update', data: updates });
    }
  }

  return {
    events: [
      'addrBookSuggestions',
      'contacts:fetch',
      'contacts:save',
      'contacts:delete',
      'contacts:export',
      'contacts:erase',
    ],
    act(actions, by) {
      const turn: Turn = { by, updates: {}, changed: [], exported: new Set(), frames: [], unfinished: [] };
      const refusals = addressBook.together(() => actions.flatMap((action) => act(action, turn) ?? []));
      tell(turn);
      const erasures = turn.unfinished.map((id) => erasure.finish(id));
      unfinished = erasures.length === 0 ? null : Promise.all(erasures);
      if (turn.exported.size > 0) unfinished = personExport.send([...turn.exported], by);
      return refusals;
    },
    unfinished() {
      const taken = unfinished;
      unfinished = null;
      return taken;
    },
    tellOf(number) {
      const person = addressBook.find(addressBook.idOf(number));
      if (!person) return;
      const data = { [person.id]: personView(person) };
      broadcaster.send({ to: 'all' }, { event: 'contacts:update', data });
    },
  };
}

function personView(person: PersonRecord): Person {
  const { id, name, location, notes, properties, tags, isBlocked, firstAt, lastAt, calls, texts, onAirMs } =
    person;
  return {
    contact_id: id,
    number: id,
    name,
    location,
    notes,
    properties: { ...properties },
    tags: [...tags],
    blocked: isBlocked,
    first_contact: firstAt,
    last_contact: lastAt,
    calls,
    texts,
    on_air_ms: onAirMs,
  };
}

/** What is given replaces; a property of null goes. */
function cardAfter(card: PersonCard, given: Action<'contacts:save'>['value']): PersonCard {
  const properties: Record<string, ContactProperty> = { ...card.properties, ...given.properties };
  const kept = Object.entries(properties).filter(([, value]) => value !== null);
  return {
    name: given.name === undefined ? card.name : given.name,
    location: given.location === undefined ? card.location : given.location,
    notes: given.notes === undefined ? card.notes : given.notes,
    properties: Object.fromEntries(kept),
    tags: given.tags === undefined ? card.tags : withTags([], given.tags),
    isBlocked: given.blocked ?? card.isBlocked,
  };
}

function unknownPerson(id: string): PersonRecord {
  const sums = { calls: 0, blockedCalls: 0, texts: 0, onAirMs: 0 };
  return { id, ...EMPTY, firstAt: null, lastAt: null, lastCallAt: null, ...sums };
}
