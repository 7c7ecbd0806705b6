// A new card: the number first, because the card is found by it.
import { normalizeNumber } from '@openline/protocol';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useControls } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/list-frame.tsx';
import { TextField } from '../../ui/text-field.tsx';

interface NewPersonProps {
  onClose: () => void;
  onSaved: (contactId: string) => void;
}

export function NewPerson({ onClose, onSaved }: NewPersonProps) {
  const texts = useTexts();
  const controls = useControls();
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  /** The server spells the number as it spells all; its answer says how. */
  const spelt = useRef<string | null>(null);

  useEffect(
    () =>
      controls.onFrame((frame) => {
        if (frame.event !== 'contacts:update') return;
        spelt.current = Object.keys(frame.data)[0] ?? spelt.current;
      }),
    [controls],
  );

  async function save(event: FormEvent) {
    event.preventDefault();
    const contactId = normalizeNumber(number);
    if (contactId === null) return setProblem(texts.contacts.badNumber);
    const outcome = await controls.ask('contacts:save', { [contactId]: { name: name.trim() || null } });
    if (outcome.ok) onSaved(spelt.current ?? contactId);
    else setProblem(outcome.error.msg || texts.connection.none);
    return undefined;
  }

  return (
    <section className="person-card" aria-label={texts.contacts.add}>
      <header className="aside-head">
        <Button
          tone="bare"
          icon="back"
          data-act="close"
          aria-label={texts.contacts.close}
          onClick={onClose}
        />
        <h2>{texts.contacts.add}</h2>
      </header>
      <form className="person-form" onSubmit={(event) => void save(event)}>
        <TextField
          label={texts.contacts.number}
          hint={texts.contacts.numberHint}
          value={number}
          onValue={setNumber}
          autoComplete="off"
          isFirst
        />
        <TextField label={texts.contacts.name} value={name} onValue={setName} autoComplete="off" />
        <Problem text={problem} />
        <Button type="submit" tone="go" data-act="save" disabled={number.trim() === ''}>
          {texts.contacts.save}
        </Button>
      </form>
    </section>
  );
}
