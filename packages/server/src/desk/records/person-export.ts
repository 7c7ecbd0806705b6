// Everything about people as one document, read and written in steps: who has sent fifty thousand texts holds up nobody.
// What is little goes out before the event returns. Part of contacts.ts.
import type { Person, PersonDocument } from '@openline/protocol';
import type { Author } from '../model.ts';
import type { AddressBook, PersonRecord } from '../ports/address-book.ts';
import type { Broadcaster } from '../ports/broadcaster.ts';
import type { Clock } from '../ports/clock.ts';
import type { PersonalSource } from './personal.ts';

export interface PersonExportPorts {
  addressBook: Pick<AddressBook, 'find'>;
  broadcaster: Pick<Broadcaster, 'sendWritten'>;
  clock: Clock;
  sources: readonly PersonalSource[];
  /** Lets others go first, between two steps. */
  pause: () => Promise<void>;
  /** Of somebody without a card too. */
  view: (contactId: string, person: PersonRecord | null) => Person;
}

export interface PersonExport {
  /** Whether there is anything of that number. */
  isKnown(contactId: string): boolean;
  /** Sends what is kept of these people to who asked; null: it is sent. */
  send(contactIds: readonly string[], by: Author): Promise<void> | null;
}

type Parts = Uint8Array<ArrayBuffer>[];

const LISTS = ['messages', 'questions', 'calls'] as const;
/** As many steps as hold up others no longer than a page of a list. */
const STEPS_AT_ONCE = 4;

export function createPersonExport(ports: PersonExportPorts): PersonExport {
  const { addressBook, broadcaster, clock, sources, pause, view } = ports;
  const encoder = new TextEncoder();

  /** The inside of a list, piece by piece: each with the comma before it. */
  function written(records: readonly unknown[] | undefined, isFirst: boolean): Parts {
    if (!records || records.length === 0) return [];
    const text = JSON.stringify(records).slice(1, -1);
    return [encoder.encode(isFirst ? text : `,${text}`)];
  }

  function* documentOf(contactId: string): Generator<undefined, Parts> {
    const lists: Record<(typeof LISTS)[number], Parts> = { messages: [], questions: [], calls: [] };
    for (const source of sources) {
      for (const some of source.exportOf(contactId)) {
        for (const name of LISTS) lists[name].push(...written(some[name], lists[name].length === 0));
        yield;
      }
    }
    const head = { exported: clock.now(), person: view(contactId, addressBook.find(contactId)) };
    const parts = [encoder.encode(`${JSON.stringify(contactId)}:${JSON.stringify(head).slice(0, -1)}`)];
    for (const name of LISTS) {
      parts.push(encoder.encode(`,"${name}":[`), ...lists[name], encoder.encode(']'));
    }
    return [...parts, encoder.encode('}')];
  }

  /** The frame; each step is some records. */
  function* frameOf(contactIds: readonly string[], eventId: string | null): Generator<undefined, Parts> {
    const id = eventId === null ? '' : `"id":${JSON.stringify(eventId)},`;
    const parts = [encoder.encode(`{"event":"contacts:exported",${id}"data":{`)];
    for (const [index, contactId] of contactIds.entries()) {
      if (index > 0) parts.push(encoder.encode(','));
      parts.push(...(yield* documentOf(contactId)));
      yield;
    }
    return [...parts, encoder.encode('}}')];
  }

  async function goOn(steps: Generator<undefined, Parts>, client: string): Promise<void> {
    for (;;) {
      await pause();
      const step = steps.next();
      if (step.done) return broadcaster.sendWritten(client, step.value);
    }
  }

  return {
    isKnown(contactId) {
      if (addressBook.find(contactId)) return true;
      return sources.some((source) => {
        for (const some of source.exportOf(contactId)) if (!isEmpty(some)) return true;
        return false;
      });
    },
    send(contactIds, { client, eventId }) {
      const steps = frameOf(contactIds, eventId);
      for (let count = 0; count < STEPS_AT_ONCE; count += 1) {
        const step = steps.next();
        if (!step.done) continue;
        broadcaster.sendWritten(client, step.value);
        return null;
      }
      return goOn(steps, client);
    },
  };
}

function isEmpty(some: Partial<PersonDocument>): boolean {
  return LISTS.every((name) => (some[name] ?? []).length === 0);
}
