// Where the program goes: the live program on the web, and one card for each output with how it is, closed until it is
// edited.
import { useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { AddOutput } from './add-output.tsx';
import { OutputFields, type Output } from './output-fields.tsx';
import { RemovedItems } from './removed-items.tsx';
import { LockedMark, Problems, SettingField, useProblems } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt, textOf } from './settings-draft.ts';
import { isWithin, valueAt } from './settings-path.ts';

/** By the place in the list, where the settings give it none: as the server calls it. */
function idOf(output: Output, index: number): string {
  return output.id ?? `output-${index + 1}`;
}

export function OutputsSection() {
  const texts = useSettingsTexts().outputs;
  const { draft, view } = useSettings();
  const outputs = listAt(view.draft, 'outputs') as readonly Output[];
  const [open, setOpen] = useState<string | null>(null);
  const isLocked = draft.isLocked('outputs');
  const problems = useProblems('outputs');
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <LiveProgram />
      <h3>{texts.list}</h3>
      {isLocked && <LockedMark />}
      <Problems texts={problems} />
      {outputs.length === 0 && <p className="settings-lead">{texts.none}</p>}
      <ul className="setting-cards">
        {outputs.map((output, index) => {
          const id = idOf(output, index);
          return (
            <OutputCard
              key={id}
              id={id}
              output={output}
              index={index}
              isOpen={open === id}
              onToggle={() => setOpen(open === id ? null : id)}
            />
          );
        })}
      </ul>
      <RemovedItems list="outputs" nameOf={(output) => textOf(output, 'label') || textOf(output, 'id')} />
      {!isLocked && <AddOutput taken={outputs.map(idOf)} onAdded={setOpen} />}
    </>
  );
}

function LiveProgram() {
  const texts = useSettingsTexts().outputs;
  const { view } = useSettings();
  const saved = valueAt(view.saved, 'program_stream.access');
  const isRunning = useDesk((desk) => desk.desk?.outputs['program']?.state === 'running');
  const listeners = useDesk((desk) => desk.desk?.outputs['program']?.listeners) ?? 0;
  const choices = (['off', 'signed_in', 'open'] as const).map((value) => ({
    value,
    text: texts.access[value],
  }));
  return (
    <>
      <h3>{texts.stream}</h3>
      <p className="settings-lead">{texts.streamLead}</p>
      <div className="setting-group">
        <SettingField path="program_stream.access" choices={choices} />
        <SettingField path="program_stream.bitrate_kbps" />
        <SettingField path="program_stream.max_listeners" />
        <SettingField path="program_stream.max_webrtc_listeners" />
        <SettingField path="program_stream.delayed" />
      </div>
      {isRunning && saved !== 'off' && (
        <div className="live-program">
          {/* biome-ignore lint/a11y/useMediaCaption: it is live */}
          <audio controls preload="none" src="/program" aria-label={texts.listen} />
          <span className="line-state">{texts.listeners(listeners)}</span>
        </div>
      )}
    </>
  );
}

interface OutputCardProps {
  id: string;
  output: Output;
  index: number;
  isOpen: boolean;
  onToggle: () => void;
}

const statusOf = { starting: 'registering', running: 'up', failed: 'down', unknown: 'unknown' } as const;

function OutputCard({ id, output, index, isOpen, onToggle }: OutputCardProps) {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const shown = useDesk((desk) => desk.desk?.outputs[id]);
  const state = shown?.state ?? 'unknown';
  const path = `outputs[${index}]`;
  const isWrong = view.problems.some((problem) => problem.path !== null && isWithin(problem.path, path));
  const name = output.label || id;
  return (
    <li className="setting-card" data-output={id} data-state={state} data-wrong={isWrong || undefined}>
      <h3>
        <button type="button" className="card-head" aria-expanded={isOpen} onClick={onToggle}>
          <Icon name="chevron" />
          <strong>{name}</strong>
          <span>{texts.outputs.kinds[output.type]}</span>
          <span className="line-state" data-status={statusOf[state]}>
            {texts.outputs.states[state]}
          </span>
        </button>
      </h3>
      {shown?.error && <p className="setting-problem output-error">{shown.error}</p>}
      {isOpen && (
        <div className="card-body">
          <OutputFields id={id} output={output} path={path} />
          {!draft.isLocked('outputs') && (
            <Button icon="delete" className="card-remove" onClick={() => draft.remove('outputs', index)}>
              {texts.removeIt(name)}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
