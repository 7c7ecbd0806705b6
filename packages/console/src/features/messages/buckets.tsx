// The buckets of a show: which one takes what comes in now, new ones, other names, putting away. A column beside the
// texts; nothing here covers them.
import { mayDo } from '@openline/protocol';
import { type FormEvent, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { useUndo } from '../../ui/undo.tsx';

const PLACE = 'buckets';

export function Buckets({ onClose }: { onClose: () => void }) {
  const texts = useTexts().buckets;
  const controls = useControls();
  const undo = useUndo();
  const buckets = useDesk((view) => view.desk?.buckets) ?? {};
  const current = useDesk((view) => view.desk?.current_bucket);
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const isLive = useDesk((view) => view.phase === 'live');
  const refusal = useDesk((view) => view.refusals.get(PLACE));
  const [name, setName] = useState('');
  const mayChange = isLive && mayDo(role, 'buckets:create');
  const shown = Object.entries(buckets).filter(([id]) => !undo.isRemoved(id));

  function create(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === '') return;
    controls.set(PLACE, 'create', 'buckets:create', { new: { name: name.trim() } });
    setName('');
  }

  function putAway(id: string, bucketName: string) {
    undo.remove({
      keys: [id],
      text: texts.putAway(bucketName),
      commit: () => controls.set(PLACE, 'archive', 'buckets:archive', { [id]: true }),
    });
  }

  return (
    <section className="buckets" aria-label={texts.title}>
      <header className="aside-head">
        <Button tone="bare" icon="back" data-act="close" aria-label={texts.close} onClick={onClose} />
        <h2>{texts.title}</h2>
      </header>
      <p className="buckets-lead">{texts.lead}</p>
      {refusal && (
        <p className="list-problem" role="alert">
          {refusal}
        </p>
      )}
      <ul>
        {shown.map(([id, bucket]) => (
          <li key={id} className="bucket" data-bucket={id} data-current={id === current || undefined}>
            <BucketName
              name={bucket.name}
              isDisabled={!mayChange}
              onRename={(text) => controls.set(PLACE, 'rename', 'buckets:rename', { [id]: text })}
            />
            {id === current ? (
              <span className="bucket-current">{texts.current}</span>
            ) : (
              <>
                <Button
                  data-act="current"
                  disabled={!mayChange}
                  onClick={() => controls.set(PLACE, id, 'currentBucketUpdate', id)}
                >
                  {texts.makeCurrent}
                </Button>
                <Button
                  tone="bare"
                  icon="close"
                  aria-label={texts.archive(bucket.name)}
                  disabled={!mayChange}
                  onClick={() => putAway(id, bucket.name)}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      {mayChange && (
        <form className="bucket-new" onSubmit={create}>
          <input
            value={name}
            data-field="bucket-name"
            maxLength={100}
            placeholder={texts.newName}
            aria-label={texts.newName}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" icon="plus" disabled={name.trim() === ''}>
            {texts.create}
          </Button>
        </form>
      )}
    </section>
  );
}

interface BucketNameProps {
  name: string;
  isDisabled: boolean;
  onRename: (name: string) => void;
}

/** Renamed where it stands: Enter or leaving the field takes it, Escape does not. */
function BucketName({ name, isDisabled, onRename }: BucketNameProps) {
  const texts = useTexts().buckets;
  const [typed, setTyped] = useState<string | null>(null);

  function take() {
    const text = (typed ?? '').trim();
    setTyped(null);
    if (text !== '' && text !== name) onRename(text);
  }

  return (
    <input
      className="bucket-name"
      value={typed ?? name}
      aria-label={texts.rename(name)}
      disabled={isDisabled}
      maxLength={100}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setTyped(null);
      }}
    />
  );
}

interface BucketChoiceProps {
  value: string | null;
  onValue: (bucketId: string | null) => void;
}

/** Which bucket is looked at; null is every one. */
export function BucketChoice({ value, onValue }: BucketChoiceProps) {
  const texts = useTexts().buckets;
  const buckets = useDesk((view) => view.desk?.buckets) ?? {};
  const current = useDesk((view) => view.desk?.current_bucket);
  return (
    <select
      className="choice"
      data-field="bucket"
      aria-label={texts.choice}
      value={value ?? ''}
      onChange={(event) => onValue(event.target.value || null)}
    >
      <option value="">{texts.all}</option>
      {Object.entries(buckets).map(([id, bucket]) => (
        <option key={id} value={id}>
          {id === current ? texts.currentNamed(bucket.name) : bucket.name}
        </option>
      ))}
    </select>
  );
}
