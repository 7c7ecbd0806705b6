// Takes an address book from a file: says first what it would do, and does it only then, in portions that the server takes
// at once. What a file does not say of a person stays as it is.
import { MAX_KEYS } from '@openline/protocol';
import { useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/list-frame.tsx';
import { type CardEntry, type ReadCards, readCardFile } from './card-file.ts';

type Progress =
  | { is: 'choosing' }
  | { is: 'read' }
  | { is: 'saving'; done: number }
  | { is: 'done'; done: number };

export function ImportCards({ onClose }: { onClose: () => void }) {
  const all = useTexts();
  const texts = all.importCards;
  const controls = useControls();
  const isLive = useDesk((view) => view.phase === 'live');
  const [read, setRead] = useState<ReadCards>({ cards: [], leftOut: [] });
  const [progress, setProgress] = useState<Progress>({ is: 'choosing' });
  const [problem, setProblem] = useState<string | null>(null);

  async function choose(file: File | undefined) {
    if (!file) return;
    setProblem(null);
    setRead(readCardFile(await file.text()));
    setProgress({ is: 'read' });
  }

  async function save() {
    let done = 0;
    for (let at = 0; at < read.cards.length; at += MAX_KEYS) {
      setProgress({ is: 'saving', done });
      const portion = read.cards.slice(at, at + MAX_KEYS);
      const outcome = await controls.ask('contacts:save', Object.fromEntries(portion.map(toSave)));
      if (!outcome.ok) {
        setProblem(outcome.error.msg || all.connection.none);
        return setProgress({ is: 'done', done });
      }
      done += portion.length;
    }
    return setProgress({ is: 'done', done });
  }

  return (
    <section className="person-card" aria-label={texts.title}>
      <header className="aside-head">
        <Button tone="bare" icon="back" data-act="close" aria-label={all.contacts.close} onClick={onClose} />
        <h2>{texts.title}</h2>
      </header>
      <div className="person-fields">
        <p className="person-story">{texts.lead}</p>
        <label className="button file-choice">
          {texts.choose}
          <input
            className="unseen"
            type="file"
            accept=".csv,.vcf,text/csv,text/vcard"
            data-field="file"
            onChange={(event) => void choose(event.target.files?.[0])}
          />
        </label>
        {progress.is !== 'choosing' && (
          <p data-import={progress.is} role="status">
            {progress.is === 'done' ? texts.done(progress.done) : texts.found(read.cards.length)}
          </p>
        )}
        {read.leftOut.length > 0 && (
          <div className="left-out">
            <p>{texts.leftOut(read.leftOut.length)}</p>
            <ul>
              {read.leftOut.slice(0, 20).map(({ at, text }) => (
                <li key={at}>{texts.leftOutAt(at, text)}</li>
              ))}
            </ul>
          </div>
        )}
        <Problem text={problem} />
        {(progress.is === 'read' || progress.is === 'saving') && (
          <Button
            tone="go"
            icon="upload"
            data-act="import"
            disabled={!isLive || read.cards.length === 0}
            isPending={progress.is === 'saving'}
            onClick={() => void save()}
          >
            {texts.start}
          </Button>
        )}
      </div>
    </section>
  );
}

/** Only what the file says: an empty cell takes nothing away. */
function toSave({ number, name, location, notes, tags, isBlocked }: CardEntry) {
  const card = {
    ...(name === null ? {} : { name: name.slice(0, 200) }),
    ...(location === null ? {} : { location: location.slice(0, 200) }),
    ...(notes === null ? {} : { notes: notes.slice(0, 4000) }),
    ...(tags.length === 0 ? {} : { tags: tags.map((tag) => tag.slice(0, 60)).slice(0, 50) }),
    ...(isBlocked ? { blocked: true } : {}),
  };
  return [number, card] as const;
}
