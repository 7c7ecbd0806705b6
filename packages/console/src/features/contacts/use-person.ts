// The card of one person, kept up to date while it is open.
import type { Person } from '@openline/protocol';
import { useMemo } from 'react';
import { useControls } from '../../connection/desk-context.ts';
import type { RecordSource } from '../../connection/record-list.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import type { Controls } from '../../connection/desk-view.ts';

interface OpenPerson {
  /** null: there is no card under this number (yet). */
  person: Person | null;
  state: 'reading' | 'read' | 'failed';
  problem: string | null;
}

export function usePerson(contactId: string): OpenPerson {
  const controls = useControls();
  const source = useMemo(() => onePerson(controls, contactId), [controls, contactId]);
  const { entries, state, problem } = useRecordList(source);
  return { person: entries[0] ?? null, state, problem };
}

function onePerson(controls: Controls, contactId: string): RecordSource<Person> {
  return {
    async fetch() {
      const outcome = await controls.ask('contacts:fetch', { ids: [contactId] });
      if (!outcome.ok) return outcome.error.msg;
      return { entries: outcome.answer?.contacts ?? [], cursor: null };
    },
    changesIn: (frame) => (frame.event === 'contacts:update' ? frame.data : null),
    idOf: (person) => person.contact_id,
    fits: (person) => person.contact_id === contactId,
    order: () => 0,
  };
}
