// Lines: one card each, closed until it is edited; and how to add one by what it is.
import { useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { AddLine } from './add-line.tsx';
import { type Line, LineEditor } from './line-editor.tsx';
import { RemovedItems } from './removed-items.tsx';
import { LockedMark, Problems, useProblems } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt, textOf } from './settings-draft.ts';
import { isWithin } from './settings-path.ts';

export function LinesSection() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const lines = listAt(view.draft, 'lines') as readonly Line[];
  const [open, setOpen] = useState<string | null>(lines.length === 1 ? (lines[0]?.id ?? null) : null);
  const isLocked = draft.isLocked('lines');
  const problems = useProblems('lines');
  return (
    <>
      <p className="settings-lead">{texts.lines.lead}</p>
      {isLocked && <LockedMark />}
      <Problems texts={problems} />
      <ul className="setting-cards">
        {lines.map((line, index) => (
          <LineCard
            key={line.id}
            line={line}
            index={index}
            isOpen={open === line.id}
            onToggle={() => setOpen(open === line.id ? null : line.id)}
          />
        ))}
      </ul>
      <RemovedItems list="lines" nameOf={(line) => textOf(line, 'label') || textOf(line, 'id')} />
      {!isLocked && <AddLine onAdded={setOpen} />}
    </>
  );
}

interface LineCardProps {
  line: Line;
  index: number;
  isOpen: boolean;
  onToggle: () => void;
}

function LineCard({ line, index, isOpen, onToggle }: LineCardProps) {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const status = useDesk((desk) => desk.desk?.lines[line.id]?.status) ?? 'unknown';
  const path = `lines[${index}]`;
  const isWrong = view.problems.some((problem) => problem.path !== null && isWithin(problem.path, path));
  const name = line.label || line.id;
  return (
    <li className="setting-card" data-line={line.id} data-wrong={isWrong || undefined}>
      <h3>
        <button type="button" className="card-head" aria-expanded={isOpen} onClick={onToggle}>
          <Icon name="chevron" />
          <strong>{name}</strong>
          <span>{texts.lines.summary(Number(line.capacity), line.number ?? '')}</span>
          <span className="line-state" data-status={status}>
            {texts.lines.status[status]}
          </span>
        </button>
      </h3>
      {isOpen && (
        <div className="card-body">
          <LineEditor index={index} line={line} />
          {!draft.isLocked('lines') && (
            <Button icon="delete" className="card-remove" onClick={() => draft.remove('lines', index)}>
              {texts.removeIt(name)}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
