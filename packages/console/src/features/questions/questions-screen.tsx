// The screen of recorded questions: what callers left, to be listened to, picked, filed and called back.
import { useMemo, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useRecordActs } from '../../connection/use-record-acts.ts';
import { useRecordList } from '../../connection/use-record-list.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';
import { ListFrame } from '../../ui/list-frame.tsx';
import { RecordFilters, useRecordFilter } from '../../ui/record-filters.tsx';
import { Screen } from '../../ui/screen.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { useToday } from '../../ui/use-today.ts';
import { whenText } from '../../ui/when.ts';
import { useDialRequest } from '../dial/dial-request.tsx';
import { BucketChoice } from '../messages/buckets.tsx';
import { QuestionEntry } from './question-entry.tsx';
import { questionSource } from './question-source.ts';

export default function QuestionsScreen() {
  const texts = useTexts();
  const { locale } = useLanguage();
  const today = useToday();
  const { prepare } = useDialRequest();
  const controls = useControls();
  const { isRemoved } = useUndo();
  const acts = useRecordActs('questions', texts.connection.none);
  const filters = useRecordFilter();
  const [bucketId, setBucketId] = useState<string | null>(null);
  const [playing, setPlaying] = useState<string | null>(null);
  const buckets = useDesk((view) => view.desk?.buckets);
  const source = useMemo(
    () => questionSource(controls, filters.filter, bucketId),
    [controls, filters.filter, bucketId],
  );
  const list = useRecordList(source);
  const questions = list.entries.filter((question) => !isRemoved(question.id));
  const isOpen = filters.isOpen && bucketId === null;

  return (
    <Screen
      name="questions"
      title={texts.questions.title}
      tools={
        <>
          <RecordFilters state={filters} label={texts.questions.search} />
          <BucketChoice value={bucketId} onValue={setBucketId} />
        </>
      }
    >
      <ListFrame
        list={list}
        size={questions.length}
        none={isOpen ? texts.questions.none : texts.filters.nothingFits}
        problem={acts.problem}
      >
        <ul className="calls">
          {questions.map((question) => (
            <QuestionEntry
              key={question.id}
              question={question}
              when={whenText(question.timestamp, today, locale)}
              bucket={buckets?.[question.bucket_id ?? '']?.name ?? null}
              acts={acts}
              isPlaying={playing === question.id}
              onPlay={() => setPlaying(playing === question.id ? null : question.id)}
              onCallBack={prepare}
            />
          ))}
        </ul>
      </ListFrame>
    </Screen>
  );
}
