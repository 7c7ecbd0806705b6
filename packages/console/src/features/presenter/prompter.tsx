// What the producer picked for the presenter: the texts of the current bucket with a star or a tag, newest first, in
// letters to read aloud from. Names only: a number is not for the air.
import type { Message } from '@openline/protocol';
import { useMemo } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyNote } from '../../ui/screen.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { pickedSource } from './picked-source.ts';

export function Prompter() {
  const texts = useTexts();
  const controls = useControls();
  const { isRemoved } = useUndo();
  const bucketId = useDesk((view) => view.desk?.current_bucket) ?? null;
  const bucket = useDesk((view) => (bucketId ? view.desk?.buckets[bucketId]?.name : undefined));
  const isLive = useDesk((view) => view.phase === 'live');
  const source = useMemo(() => pickedSource(controls, bucketId), [controls, bucketId]);
  const list = useRecordList(source);
  const picked = list.entries.filter((text) => !isRemoved(text.id));
  return (
    <section className="prompter" aria-label={texts.presenter.prompter}>
      <h2>
        {texts.presenter.prompter}
        {bucket && <small>{bucket}</small>}
      </h2>
      <div className="prompter-body">
        {picked.length === 0 && (
          <EmptyNote>
            {list.state === 'failed' ? list.problem : list.state === 'read' ? texts.presenter.nonePicked : ''}
          </EmptyNote>
        )}
        <ul>
          {picked.map((text) => (
            <Picked key={text.id} text={text} />
          ))}
        </ul>
        {list.hasMore && (
          <Button disabled={!isLive} isPending={list.isReadingMore} onClick={list.readMore}>
            {texts.presenter.older}
          </Button>
        )}
      </div>
    </section>
  );
}

function Picked({ text }: { text: Message }) {
  const { locale } = useLanguage();
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (
    <li data-message={text.id}>
      <p>{text.content}</p>
      <small>{[text.name, time.format(text.timestamp)].filter(Boolean).join(' · ')}</small>
    </li>
  );
}
