// The filters over a list that is kept: words, a tag, the star, from which day to which. The filter stays the same object
// while nothing of it changes, so that a list is fetched once for it.
import { useDeferredValue, useMemo, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { Button } from './button.tsx';
import { SearchField } from './search-field.tsx';

export interface RecordFilter {
  search: string;
  /** All of them; `favorite` is one. */
  tags: readonly string[];
  /** Epoch ms, both included; null for no bound. */
  from: number | null;
  to: number | null;
}

export const FAVORITE = 'favorite';
const DAY_MS = 86_400_000;

interface RecordFilterState {
  filter: RecordFilter;
  /** Whether it lets everything through. */
  isOpen: boolean;
  words: string;
  setWords: (words: string) => void;
  tag: string;
  setTag: (tag: string) => void;
  isFavorite: boolean;
  setFavorite: (isFavorite: boolean) => void;
  /** As the browser's date field writes it: 2026-11-23, or ''. */
  fromDay: string;
  setFromDay: (day: string) => void;
  toDay: string;
  setToDay: (day: string) => void;
}

export function useRecordFilter(): RecordFilterState {
  const [words, setWords] = useState('');
  const [tag, setTag] = useState('');
  const [isFavorite, setFavorite] = useState(false);
  const [fromDay, setFromDay] = useState('');
  const [toDay, setToDay] = useState('');
  const search = useDeferredValue(words.trim());
  const wantedTag = useDeferredValue(tag.trim());
  const filter = useMemo(() => {
    const tags = [...(isFavorite ? [FAVORITE] : []), ...(wantedTag === '' ? [] : [wantedTag])];
    const end = startOfDay(toDay);
    return { search, tags, from: startOfDay(fromDay), to: end === null ? null : end + DAY_MS - 1 };
  }, [search, wantedTag, isFavorite, fromDay, toDay]);
  const isOpen = search === '' && filter.tags.length === 0 && filter.from === null && filter.to === null;
  return {
    filter,
    isOpen,
    words,
    setWords,
    tag,
    setTag,
    isFavorite,
    setFavorite,
    fromDay,
    setFromDay,
    toDay,
    setToDay,
  };
}

/** Midnight where the reader is. */
function startOfDay(day: string): number | null {
  const at = day === '' ? Number.NaN : new Date(`${day}T00:00:00`).getTime();
  return Number.isNaN(at) ? null : at;
}

/** What an entry has of what filters look at. */
interface Filtered {
  timestamp: number;
  tags: readonly string[];
  favorite: boolean;
}

/** Whether an entry that is just told of belongs to the list, its words aside. Tags are the same whatever their case. */
export function fitsFilter(entry: Filtered, { tags, from, to }: RecordFilter): boolean {
  if ((from !== null && entry.timestamp < from) || (to !== null && entry.timestamp > to)) return false;
  return tags.every((tag) =>
    tag === FAVORITE ? entry.favorite : entry.tags.some((one) => one.toLowerCase() === tag.toLowerCase()),
  );
}

export function RecordFilters({ state, label }: { state: RecordFilterState; label: string }) {
  const texts = useTexts().filters;
  return (
    <>
      <SearchField label={label} value={state.words} onValue={state.setWords} />
      <label className="day-filter">
        <span>{texts.from}</span>
        <input
          className="choice"
          type="date"
          data-field="from"
          value={state.fromDay}
          onChange={(event) => state.setFromDay(event.target.value)}
        />
      </label>
      <label className="day-filter">
        <span>{texts.to}</span>
        <input
          className="choice"
          type="date"
          data-field="to"
          value={state.toDay}
          onChange={(event) => state.setToDay(event.target.value)}
        />
      </label>
      <input
        className="choice tag-filter"
        data-field="tag"
        value={state.tag}
        placeholder={texts.tag}
        aria-label={texts.tag}
        onChange={(event) => state.setTag(event.target.value)}
      />
      <Button
        icon="star"
        data-act="favorites"
        isLit={state.isFavorite}
        aria-label={texts.onlyFavorites}
        onClick={() => state.setFavorite(!state.isFavorite)}
      />
    </>
  );
}
