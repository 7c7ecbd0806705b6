// Prompts: heard, made, deleted; and which of them greets: by bucket, by line, at the end. Producers change them, screeners
// listen, the lines' own are for administrators.
import { mayAsk, mayDo } from '@openline/protocol';
import { useState } from 'react';
import { askServer } from '../../connection/session-api.ts';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { durationText } from '../../ui/duration.ts';
import { EmptyNote } from '../../ui/screen.tsx';
import { useUndo } from '../../ui/undo.tsx';
import { type Line, usePromptChoices } from './line-editor.tsx';
import { SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt } from './settings-draft.ts';
import { SoundMaker } from './sound-maker.tsx';

export function PromptsSection() {
  const texts = useSettingsTexts().prompts;
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const mayWrite = mayAsk(role, 'prompts:write');
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <PromptList mayWrite={mayWrite} />
      {mayWrite ? (
        <SoundMaker title={texts.addTitle} hint={texts.idHint} keep={usePutPrompt()} said={texts.saved} />
      ) : (
        <p className="settings-lead">{texts.readOnly}</p>
      )}
      <BucketGreetings />
      {role === 'administrator' && <Rest />}
    </>
  );
}

function usePutPrompt(): (id: string, sound: Blob) => Promise<string | null> {
  const texts = useSettingsTexts();
  return async (id, sound) => {
    const answer = await askServer('PUT', `/api/prompts/${encodeURIComponent(id)}`, sound);
    if (answer.ok) return null;
    if (answer.code === 'unreachable') return texts.save.unreachable;
    return [texts.prompts.refused, ...answer.problems].join(' ');
  };
}

function PromptList({ mayWrite }: { mayWrite: boolean }) {
  const texts = useSettingsTexts().prompts;
  const prompts = useDesk((view) => view.desk?.prompts) ?? {};
  const { remove, isRemoved } = useUndo();
  const [playing, setPlaying] = useState<string | null>(null);
  const listed = Object.entries(prompts)
    .filter(([id]) => !isRemoved(`prompt/${id}`))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  if (listed.length === 0) return <EmptyNote>{texts.none}</EmptyNote>;
  return (
    <ul className="setting-list" aria-label={texts.list}>
      {listed.map(([id, prompt]) => (
        <li key={id} data-prompt={id}>
          <strong>{id}</strong>
          <span>{durationText(prompt.duration_ms)}</span>
          <Button
            tone="bare"
            icon="play"
            isLit={playing === id}
            aria-label={texts.play(id)}
            onClick={() => setPlaying(playing === id ? null : id)}
          />
          {mayWrite && (
            <Button
              tone="bare"
              icon="delete"
              aria-label={texts.delete(id)}
              onClick={() =>
                remove({
                  keys: [`prompt/${id}`],
                  text: texts.deleted(id),
                  commit: () => void askServer('DELETE', `/api/prompts/${id}`),
                })
              }
            />
          )}
          {playing === id && (
            // Another recording under the same name is another sound.
            <audio controls autoPlay src={`${prompt.audio_url}?${prompt.changed}`}>
              <track kind="captions" />
            </audio>
          )}
        </li>
      ))}
    </ul>
  );
}

function BucketGreetings() {
  const texts = useSettingsTexts().prompts;
  const controls = useControls();
  const choices = usePromptChoices();
  const buckets = useDesk((view) => view.desk?.buckets) ?? {};
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const listed = Object.entries(buckets);
  return (
    <>
      <h3>{texts.greetings}</h3>
      {listed.length === 0 && <p className="settings-lead">{texts.noBuckets}</p>}
      <div className="setting-group">
        {listed.map(([id, bucket]) => (
          <div key={id} className="setting" data-bucket={id}>
            <label htmlFor={`greeting-${id}`}>{bucket.name}</label>
            <select
              id={`greeting-${id}`}
              value={bucket.greeting ?? ''}
              disabled={!mayDo(role, 'buckets:greeting')}
              onChange={({ target }) =>
                void controls.ask('buckets:greeting', { [id]: target.value === '' ? null : target.value })
              }
            >
              {choices.map(({ value, text }) => (
                <option key={value ?? ''} value={value ?? ''}>
                  {value === null ? texts.ofLine : text}
                </option>
              ))}
            </select>
          </div>
        ))}
      </div>
    </>
  );
}

/** What stands in the settings document. */
function Rest() {
  const texts = useSettingsTexts().prompts;
  const { view } = useSettings();
  const choices = usePromptChoices();
  const lines = listAt(view.draft, 'lines') as readonly Line[];
  return (
    <>
      <h3>{texts.lines}</h3>
      <p className="settings-lead">{texts.linesLead}</p>
      {lines.map((line, index) => (
        <div
          key={line.id}
          className="setting-group"
          role="group"
          aria-label={line.label || line.id}
          data-line={line.id}
        >
          <p className="of-line">{line.label || line.id}</p>
          <SettingField path={`lines[${index}].greeting`} choices={choices} />
        </div>
      ))}
      <h3>{texts.onHold}</h3>
      <div className="setting-group">
        <SettingField path="audio.hold_notice" choices={choices} />
        <SettingField path="audio.hold_notice_every_s" />
      </div>
      <h3>{texts.questions}</h3>
      <div className="setting-group">
        <SettingField path="questions.max_s" />
        <SettingField path="questions.thanks" choices={choices} />
      </div>
    </>
  );
}
