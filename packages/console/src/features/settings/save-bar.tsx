// What is not saved yet, what saving it does to calls, what the server did not like, and whether somebody else was faster.
import { Link } from 'wouter';
import type { FieldKind } from '../../i18n/settings/en.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { sectionOf } from './section-keys.ts';
import { useSettings } from './settings-context.ts';
import { listAt, type SettingsView, textOf } from './settings-draft.ts';
import { kindOf } from './settings-path.ts';

export function SaveBar() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const dirty = draft.dirtyKeys();
  const isDirty = dirty.length > 0;
  const names = [...new Set(dirty.map((key) => sectionOf(key)?.name))].flatMap((name) =>
    name ? [texts.sections[name]] : [],
  );
  if (!isDirty && view.notice !== 'saved') return <div className="save-place" role="status" />;
  return (
    <div className="save-place" role="status">
      <div className="save-bar" data-dirty={isDirty || undefined}>
        <div className="save-says">
          <p>{isDirty ? texts.save.unsaved(names.join(', ')) : texts.save.saved}</p>
          {isDirty && <Consequences view={view} />}
          <Notice view={view} />
        </div>
        {isDirty && (
          <div className="save-acts">
            <Button disabled={view.isSaving} onClick={() => draft.discard()} data-act="discard">
              {texts.save.discard}
            </Button>
            <Button
              tone="go"
              isPending={view.isSaving}
              disabled={view.isSaving}
              onClick={() => void draft.save()}
              data-act="save"
            >
              {view.isSaving ? texts.save.saving : texts.save.save}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function Notice({ view }: { view: SettingsView }) {
  const texts = useSettingsTexts();
  const { draft } = useSettings();
  const { notice, problems, conflicts } = view;
  const sentence = notice === null || notice === 'saved' ? null : texts.save[notice];
  return (
    <>
      {sentence && <p className="save-notice">{sentence}</p>}
      {conflicts.map((key) => (
        <p key={key} className="save-notice" data-conflict={key}>
          {texts.save.conflict(texts.sections[sectionOf(key)?.name ?? 'station'])}{' '}
          <Button onClick={() => draft.takeTheirs(key)}>{texts.save.takeTheirs}</Button>
        </p>
      ))}
      {problems.length > 0 && (
        <div className="save-problems">
          <p>{texts.save.problems(problems.length)}</p>
          <ul>
            {problems.map(({ path, text }) => (
              <li key={`${path ?? ''} ${text}`}>
                <ProblemPlace path={path} />
                {text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function ProblemPlace({ path }: { path: string | null }) {
  const texts = useSettingsTexts();
  const section = sectionOf(path);
  if (!section) return null;
  const field = texts.fields[kindOf(path ?? '') as FieldKind]?.label;
  return (
    <>
      <Link href={`/settings/${section.name}`}>{texts.sections[section.name]}</Link>
      {field ? ` · ${field}: ` : ': '}
    </>
  );
}

/** What it means for those who are on the telephone. */
function Consequences({ view }: { view: SettingsView }) {
  const texts = useSettingsTexts();
  const lines = gone(view, 'lines').map((line) => texts.save.endsLine(nameOf(line, 'label')));
  const users = gone(view, 'users').map((user) => texts.save.endsUser(nameOf(user, 'name')));
  const says = [...lines, ...users];
  return (
    <small>
      {texts.save.effect} {says.join(' ')}
    </small>
  );
}

function gone({ saved, draft }: SettingsView, list: string): readonly unknown[] {
  const left = new Set(listAt(draft, list).map(idOf));
  return listAt(saved, list).filter((item) => !left.has(idOf(item)));
}

function idOf(item: unknown): string {
  return nameOf(item, 'id');
}

function nameOf(item: unknown, key: string): string {
  return textOf(item, key) || textOf(item, 'id');
}
