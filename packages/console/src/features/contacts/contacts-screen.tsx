// The address book: a list by words, tag and who is blocked; beside it the card of a person, or the import. What is open
// is in the address: /contacts/+220…, /contacts/new, /contacts/import.
import { mayDo, type Person } from '@openline/protocol';
import { useDeferredValue, useMemo, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { ListFrame } from '../../ui/list-frame.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { TagChips } from '../../ui/tag-editor.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { useToday } from '../../ui/use-today.ts';
import { whenText } from '../../ui/when.ts';
import { writeCsv, writeVcards } from './card-file.ts';
import { contactSource } from './contact-source.ts';
import { ImportCards } from './import-cards.tsx';
import { NewPerson } from './new-person.tsx';
import { PersonCard } from './person-card.tsx';
import { saveFile } from './save-file.ts';
import './contacts.css';

export default function ContactsScreen() {
  const texts = useTexts().contacts;
  const nothingFits = useTexts().filters.nothingFits;
  const controls = useControls();
  const { isRemoved } = useUndo();
  const [, navigate] = useLocation();
  const [isOne, params] = useRoute('/contacts/*');
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const isLive = useDesk((view) => view.phase === 'live');
  const [words, setWords] = useState('');
  const [tag, setTag] = useState('');
  const [isBlocked, setBlocked] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const search = useDeferredValue(words.trim());
  const wantedTag = useDeferredValue(tag.trim());
  const filter = useMemo(
    () => ({ search, tags: wantedTag === '' ? [] : [wantedTag], isBlocked }),
    [search, wantedTag, isBlocked],
  );
  const source = useMemo(() => contactSource(controls, filter), [controls, filter]);
  const list = useRecordList(source);
  const people = list.entries.filter((person) => !isRemoved(person.contact_id));
  const isOpen = search === '' && wantedTag === '' && !isBlocked;
  const chosen = isOne ? decodeURIComponent(params['*'] ?? '') : '';
  const mayEdit = isLive && mayDo(role, 'contacts:save');
  const close = () => navigate('/contacts');
  const open = (contactId: string) => navigate(`/contacts/${encodeURIComponent(contactId)}`);

  /** All that fit, page by page; not only those that are on the screen. */
  async function exportAs(kind: 'csv' | 'vcf') {
    const all: Person[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await source.fetch(cursor);
      if (typeof page === 'string') return setProblem(page);
      all.push(...page.entries);
      cursor = page.cursor;
      if (cursor === null) break;
    }
    setProblem(null);
    if (kind === 'csv') saveFile('contacts.csv', 'text/csv', writeCsv(all));
    else saveFile('contacts.vcf', 'text/vcard', writeVcards(all));
  }

  const aside =
    chosen === 'new' ? (
      <NewPerson onClose={close} onSaved={open} />
    ) : chosen === 'import' ? (
      <ImportCards onClose={close} />
    ) : chosen === '' ? null : (
      <PersonCard key={chosen} contactId={chosen} onClose={close} onOpen={open} />
    );

  return (
    <Screen
      name="contacts"
      title={texts.title}
      aside={aside}
      tools={
        <>
          <SearchField label={texts.search} value={words} onValue={setWords} />
          <input
            className="choice tag-filter"
            data-field="tag-filter"
            value={tag}
            placeholder={texts.tag}
            aria-label={texts.tag}
            onChange={(event) => setTag(event.target.value)}
          />
          <Button icon="block" isLit={isBlocked} data-act="blocked" onClick={() => setBlocked(!isBlocked)}>
            {texts.onlyBlocked}
          </Button>
          <RowMenu
            label={texts.files}
            items={[
              {
                icon: 'upload',
                text: texts.importFile,
                isOff: !mayEdit,
                onSelect: () => navigate('/contacts/import'),
              },
              {
                icon: 'download',
                text: texts.exportCsv,
                isOff: !isLive,
                onSelect: () => void exportAs('csv'),
              },
              {
                icon: 'download',
                text: texts.exportVcf,
                isOff: !isLive,
                onSelect: () => void exportAs('vcf'),
              },
            ]}
          />
          <Button
            tone="go"
            icon="plus"
            data-act="new"
            disabled={!mayEdit}
            onClick={() => navigate('/contacts/new')}
          >
            {texts.add}
          </Button>
        </>
      }
    >
      <ListFrame list={list} size={people.length} none={isOpen ? texts.none : nothingFits} problem={problem}>
        <ul className="people">
          {people.map((person) => (
            <PersonRow
              key={person.contact_id}
              person={person}
              isChosen={person.contact_id === chosen}
              onOpen={open}
            />
          ))}
        </ul>
      </ListFrame>
    </Screen>
  );
}

interface PersonRowProps {
  person: Person;
  isChosen: boolean;
  onOpen: (contactId: string) => void;
}

function PersonRow({ person, isChosen, onOpen }: PersonRowProps) {
  const texts = useTexts().contacts;
  const { code } = useLanguage();
  const today = useToday();
  const { contact_id: id, name, number, location, last_contact: last } = person;
  const story = [
    ...(name === null ? [] : [number]),
    ...(location === null ? [] : [location]),
    texts.callCount(person.calls),
    ...(last === null ? [] : [texts.lastContact(whenText(last, today, code))]),
  ];
  return (
    <li data-contact={id} data-chosen={isChosen || undefined}>
      <button type="button" className="person" onClick={() => onOpen(id)}>
        <strong>{name ?? number}</strong>
        <small>{story.join(' · ')}</small>
        <span className="person-marks">
          {person.blocked && <span className="blocked">{texts.blocked}</span>}
          <TagChips tags={person.tags} />
        </span>
      </button>
    </li>
  );
}
