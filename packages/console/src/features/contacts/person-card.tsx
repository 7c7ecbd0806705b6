// Everything about one person: the card to be written on, what they have to do with the station, and the two ways to
// forget them. Fields are saved when they are left; nothing here needs a button to be kept.
import { type ClientEvent, type ClientEventData, mayDo, type Person } from '@openline/protocol';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/list-frame.tsx';
import { durationText } from '../../ui/duration.ts';
import { PressAndHold } from '../../ui/press-and-hold.tsx';
import { EmptyNote } from '../../ui/screen.tsx';
import { TagEditor } from '../../ui/tag-editor.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { useToday } from '../../ui/use-today.ts';
import { whenText } from '../../ui/when.ts';
import { CallList } from '../calls/call-list.tsx';
import { useDialRequest } from '../dial/dial-request.tsx';
import { CardField } from './card-field.tsx';
import { mergeInto } from './merge-cards.ts';
import { saveFile } from './save-file.ts';
import { usePerson } from './use-person.ts';

interface PersonCardProps {
  contactId: string;
  onClose: () => void;
  onOpen: (contactId: string) => void;
}

export function PersonCard({ contactId, onClose, onOpen }: PersonCardProps) {
  const all = useTexts();
  const texts = all.contacts;
  const { prepare } = useDialRequest();
  const [, navigate] = useLocation();
  const { person, state, problem } = usePerson(contactId);
  const isNumber = /^\+?\d+$/.test(contactId);
  const calls = useMemo(() => ({ search: contactId, tags: [], from: null, to: null }), [contactId]);

  return (
    <section className="person-card" data-person={contactId} aria-label={person?.name ?? contactId}>
      <header className="aside-head">
        <Button tone="bare" icon="back" data-act="close" aria-label={texts.close} onClick={onClose} />
        <h2>
          {person?.name ?? contactId}
          {person?.name && <small>{contactId}</small>}
        </h2>
        {isNumber && (
          <>
            <Button
              tone="bare"
              icon="message"
              aria-label={all.calls.write}
              onClick={() => navigate(`/messages/with/${encodeURIComponent(contactId)}`)}
            />
            <Button
              tone="bare"
              icon="outgoing"
              aria-label={all.calls.callBack(person?.name ?? contactId)}
              onClick={() => prepare(contactId)}
            />
          </>
        )}
      </header>
      {state === 'failed' && <EmptyNote>{problem}</EmptyNote>}
      {state === 'reading' && <EmptyNote>{all.lists.reading}</EmptyNote>}
      {state === 'read' && (
        <>
          <Card contactId={contactId} person={person} onClose={onClose} onOpen={onOpen} />
          <h3>{texts.history}</h3>
          <CallList filter={calls} none={texts.noCalls} onCallBack={prepare} />
        </>
      )}
    </section>
  );
}

interface CardProps extends PersonCardProps {
  person: Person | null;
}

function Card({ contactId, person, onClose, onOpen }: CardProps) {
  const all = useTexts();
  const texts = all.contacts;
  const controls = useControls();
  const undo = useUndo();
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const isLive = useDesk((view) => view.phase === 'live');
  const [problem, setProblem] = useState<string | null>(null);
  const mayEdit = isLive && mayDo(role, 'contacts:save');
  const mayForget = isLive && mayDo(role, 'contacts:erase') && person !== null;
  const tags = person?.tags ?? [];

  async function ask<E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<boolean> {
    const outcome = await controls.ask(event, data);
    setProblem(outcome.ok ? null : outcome.error.msg || all.connection.none);
    return outcome.ok;
  }
  const save = (change: ClientEventData<'contacts:save'>[string]) =>
    ask('contacts:save', { [contactId]: change });

  async function exportAll() {
    const outcome = await controls.ask('contacts:export', [contactId]);
    const document = outcome.ok ? outcome.answer?.[contactId] : undefined;
    if (document) saveFile('person.json', 'application/json', JSON.stringify(document, null, 2));
    else if (!outcome.ok) setProblem(outcome.error.msg || all.connection.none);
  }

  async function merge(otherId: string) {
    const outcome = await mergeInto(controls, contactId, otherId);
    setProblem(outcome.ok ? null : outcome.msg === '' ? texts.noSuchCard : outcome.msg);
    if (outcome.ok) onOpen(outcome.contactId);
  }

  return (
    <div className="person-fields">
      <Problem text={problem} />
      <CardField
        name="name"
        label={texts.name}
        value={person?.name ?? ''}
        isDisabled={!mayEdit}
        onSave={(text) => save({ name: text || null })}
      />
      <CardField
        name="location"
        label={texts.location}
        value={person?.location ?? ''}
        isDisabled={!mayEdit}
        onSave={(text) => save({ location: text || null })}
      />
      <CardField
        name="notes"
        label={texts.notes}
        value={person?.notes ?? ''}
        isDisabled={!mayEdit}
        isLong
        onSave={(text) => save({ notes: text || null })}
      />
      {Object.entries(person?.properties ?? {}).map(([name, value]) => (
        <CardField
          key={name}
          name={name}
          label={name}
          value={value === null ? '' : String(value)}
          isDisabled={!mayEdit}
          onSave={(text) => save({ properties: { [name]: text || null } })}
        />
      ))}
      <TagEditor
        tags={tags}
        isDisabled={!mayEdit}
        onAdd={(tag) => void save({ tags: [...tags, tag] })}
        onRemove={(tag) => void save({ tags: tags.filter((one) => one !== tag) })}
      />
      {person && <Story person={person} />}
      <div className="person-acts">
        <Button
          icon="block"
          data-act="block"
          isLit={person?.blocked ?? false}
          disabled={!mayEdit}
          onClick={() => void save({ blocked: !(person?.blocked ?? false) })}
        >
          {person?.blocked ? texts.isBlocked : texts.block}
        </Button>
        {mayForget && (
          <>
            <Button icon="download" data-act="export" onClick={() => void exportAll()}>
              {texts.exportPerson}
            </Button>
            <Button
              icon="delete"
              data-act="delete"
              onClick={() => {
                undo.remove({
                  keys: [contactId],
                  text: texts.deleted,
                  commit: () => void controls.ask('contacts:delete', [contactId]),
                });
                onClose();
              }}
            >
              {texts.deleteCard}
            </Button>
            <PressAndHold
              className="button hold-to"
              label={`${texts.erase}. ${texts.eraseInFull}`}
              isPressed={false}
              onHeld={() => {
                void ask('contacts:erase', [contactId]).then((isDone) => {
                  if (isDone) onClose();
                });
              }}
            >
              {texts.erase}
            </PressAndHold>
          </>
        )}
      </div>
      {person && mayEdit && <Merge onMerge={merge} />}
    </div>
  );
}

function Story({ person }: { person: Person }) {
  const texts = useTexts().contacts;
  const { code } = useLanguage();
  const today = useToday();
  const facts = [
    texts.callCount(person.calls),
    texts.textCount(person.texts),
    ...(person.on_air_ms > 0 ? [texts.onAir(durationText(person.on_air_ms))] : []),
    ...(person.first_contact === null
      ? []
      : [texts.firstContact(whenText(person.first_contact, today, code))]),
  ];
  return <p className="person-story">{facts.join(' · ')}</p>;
}

/** For a person who has two cards: this one goes into the other. */
function Merge({ onMerge }: { onMerge: (otherId: string) => Promise<void> }) {
  const texts = useTexts().contacts;
  const [other, setOther] = useState('');
  return (
    <form
      className="person-merge"
      onSubmit={(event) => {
        event.preventDefault();
        void onMerge(other.trim());
      }}
    >
      <input
        className="choice"
        data-field="merge"
        value={other}
        placeholder={texts.mergeHint}
        aria-label={texts.mergeHint}
        onChange={(event) => setOther(event.target.value)}
      />
      <Button type="submit" data-act="merge" disabled={other.trim() === ''}>
        {texts.merge}
      </Button>
    </form>
  );
}
