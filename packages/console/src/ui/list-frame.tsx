// Around a list that is read by pages: what it says while it is read, when it is empty or cannot be read, what could not
// be done with its entries, and the way to the next page.
import type { ReactNode } from 'react';
import type { LiveList } from '../connection/use-record-list.ts';
import { useDesk } from '../connection/desk-context.ts';
import { useTexts } from '../i18n/texts.ts';
import { Button } from './button.tsx';
import { EmptyNote } from './screen.tsx';

interface ListFrameProps {
  list: Omit<LiveList<unknown>, 'entries'>;
  /** How many entries are shown. */
  size: number;
  /** What it says when there are none. */
  none: string;
  problem?: string | null;
  children: ReactNode;
}

export function ListFrame({ list, size, none, problem = null, children }: ListFrameProps) {
  const texts = useTexts().lists;
  return (
    <>
      <Problem text={problem} />
      {list.state === 'failed' && <EmptyNote>{list.problem}</EmptyNote>}
      {list.state === 'reading' && size === 0 && <EmptyNote>{texts.reading}</EmptyNote>}
      {list.state === 'read' && size === 0 && <EmptyNote>{none}</EmptyNote>}
      {size > 0 && children}
      <MoreButton list={list} />
    </>
  );
}

/** Why the last thing that was asked for could not be done. */
export function Problem({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p className="list-problem" role="alert">
      {text}
    </p>
  );
}

export function MoreButton({ list }: Pick<ListFrameProps, 'list'>) {
  const texts = useTexts().lists;
  const isLive = useDesk((view) => view.phase === 'live');
  if (!list.hasMore) return null;
  return (
    <Button className="list-more" disabled={!isLive} isPending={list.isReadingMore} onClick={list.readMore}>
      {texts.more}
    </Button>
  );
}
