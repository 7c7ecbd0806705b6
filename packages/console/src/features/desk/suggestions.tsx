// People of the address book who fit what is being typed: asked for a moment after the last key, chosen by hand or by
// arrows and Enter. For a caller's name on the strip and for the number to dial.
import { mayDo, type Suggestion } from '@openline/protocol';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useControls } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { useSurroundings } from './surroundings.tsx';

const ASK_AFTER_MS = 150;
const FROM_LETTERS = 2;
const MOST_SHOWN = 5;

export interface SuggestionList {
  people: readonly Suggestion[];
  /** Which one Enter takes; -1: none, until an arrow was pressed. */
  at: number;
  /** Whether the key was for the list. */
  onKey: (event: KeyboardEvent, choose: (person: Suggestion) => void) => boolean;
}

const nobody: readonly Suggestion[] = [];

/** Of what was typed; '' asks nothing. */
export function useSuggestions(typed: string): SuggestionList {
  const controls = useControls();
  const mayAsk = mayDo(useSurroundings().me.role, 'addrBookSuggestions');
  const words = mayAsk ? typed.trim() : '';
  const [found, setFound] = useState<{ words: string; people: readonly Suggestion[] }>({
    words: '',
    people: nobody,
  });
  const [at, setAt] = useState(-1);
  const [dismissed, setDismissed] = useState('');

  useEffect(() => {
    if (words.length < FROM_LETTERS) return undefined;
    let isStale = false;
    const timer = setTimeout(() => {
      void controls.ask('addrBookSuggestions', words).then((outcome) => {
        if (isStale || !outcome.ok) return;
        const people = (outcome.answer ?? []).filter(({ name }) => name !== words).slice(0, MOST_SHOWN);
        setFound({ words, people });
        setAt(-1);
      });
    }, ASK_AFTER_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [controls, words]);

  const isCurrent = words.length >= FROM_LETTERS && found.words === words && dismissed !== words;
  const people = isCurrent ? found.people : nobody;

  function onKey(event: KeyboardEvent, choose: (person: Suggestion) => void): boolean {
    if (people.length === 0) return false;
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const chosen = people[at];
    if (by !== 0) setAt((at + by + people.length) % people.length);
    else if (event.key === 'Enter' && chosen) choose(chosen);
    else if (event.key === 'Escape') setDismissed(words);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
  return { people, at, onKey };
}

interface SuggestionsProps {
  id: string;
  list: SuggestionList;
  onChoose: (person: Suggestion) => void;
}

export function Suggestions({ id, list, onChoose }: SuggestionsProps) {
  const texts = useTexts().strip;
  return (
    <ul className="suggestions" id={id} role="listbox" aria-label={texts.suggestions}>
      {list.people.map((person, index) => (
        <li
          key={person.contact_id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === list.at}
          // Before the field loses the focus and the list is gone.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(person);
          }}
        >
          <strong>{person.name ?? person.number}</strong>
          <small>{[person.location, person.number].filter(Boolean).join(' · ')}</small>
        </li>
      ))}
    </ul>
  );
}
