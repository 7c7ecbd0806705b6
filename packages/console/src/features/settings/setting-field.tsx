// One setting, in the control that its schema asks for: its label, what helps, what the server complained of, and whether
// the settings file has decided it. Every other control of the settings is made of this frame.
import { type ReactNode, useId, useState } from 'react';
import type { FieldKind } from '../../i18n/settings/en.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Icon } from '../../ui/icon.tsx';
import { useSettings } from './settings-context.ts';
import { kindOf, schemaAt, type Schema, valueAt } from './settings-path.ts';

export interface Choice {
  /** null: the setting is null. */
  value: string | null;
  text: string;
}

interface SettingFieldProps {
  path: string;
  /** In place of what the schema lists. */
  choices?: readonly Choice[];
  /** Empty, it is not in the document at all. */
  mayBeAbsent?: boolean;
}

export function SettingField({ path, choices, mayBeAbsent = false }: SettingFieldProps) {
  const { draft, view } = useSettings();
  const found = schemaAt(view.schema, path);
  if (!found) return null;
  const value = valueAt(view.draft, path);
  const { schema, isNullable } = found;
  const set = (next: unknown) => draft.set(path, mayBeAbsent && next === '' ? undefined : next);
  const isLocked = draft.isLocked(path);
  const control = { path, value, schema, isNullable, isLocked, set };
  if (choices || schema.enum) {
    const listed = choices ?? (schema.enum ?? []).map((one) => ({ value: one, text: one }));
    return <Framed path={path}>{(ids) => <Select {...control} {...ids} choices={listed} />}</Framed>;
  }
  if (schema.type === 'boolean') return <Switch {...control} />;
  if (schema.type === 'array') return <Framed path={path}>{(ids) => <Lines {...control} {...ids} />}</Framed>;
  if (schema.type === 'integer')
    return <Framed path={path}>{(ids) => <Whole {...control} {...ids} />}</Framed>;
  return <Framed path={path}>{(ids) => <Line {...control} {...ids} />}</Framed>;
}

interface ControlProps {
  path: string;
  value: unknown;
  schema: Schema;
  isNullable: boolean;
  isLocked: boolean;
  set: (value: unknown) => void;
}

interface Ids {
  id: string;
  describedBy: string | undefined;
  isWrong: boolean;
}

/** Label above, hint and problems below. */
export function Framed({ path, children }: { path: string; children: (ids: Ids) => ReactNode }) {
  const texts = useSettingsTexts();
  const id = useId();
  const { draft } = useSettings();
  const problems = useProblems(path);
  const field = texts.fields[kindOf(path) as FieldKind];
  const isLocked = draft.isLocked(path);
  const describedBy = [field?.hint && `${id}-hint`, problems.length > 0 && `${id}-problem`]
    .filter(Boolean)
    .join(' ');
  return (
    <div className="setting" data-field={path} data-wrong={problems.length > 0 || undefined}>
      <div className="setting-label">
        <label htmlFor={id}>{field?.label ?? path}</label>
        {isLocked && <LockedMark />}
      </div>
      {children({ id, describedBy: describedBy || undefined, isWrong: problems.length > 0 })}
      {field?.hint && <small id={`${id}-hint`}>{field.hint}</small>}
      <Problems id={`${id}-problem`} texts={problems} />
    </div>
  );
}

export function LockedMark() {
  const texts = useSettingsTexts();
  return (
    <span className="setting-locked" title={texts.locked}>
      <Icon name="lock" size={14} />
      {texts.lockedMark}
    </span>
  );
}

export function Problems({ id, texts }: { id?: string; texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <p className="setting-problem" id={id}>
      {texts.join(' · ')}
    </p>
  );
}

export function useProblems(path: string): readonly string[] {
  const { view } = useSettings();
  return view.problems.filter((problem) => problem.path === path).map(({ text }) => text);
}

function Line({ value, schema, isNullable, isLocked, set, id, describedBy, isWrong }: ControlProps & Ids) {
  return (
    <input
      id={id}
      type="text"
      value={typeof value === 'string' ? value : ''}
      maxLength={schema.maxLength}
      disabled={isLocked}
      autoComplete="off"
      spellCheck={false}
      aria-describedby={describedBy}
      aria-invalid={isWrong || undefined}
      onChange={({ target }) => set(target.value === '' && isNullable ? null : target.value)}
    />
  );
}

function Whole({ value, schema, isLocked, set, id, describedBy, isWrong }: ControlProps & Ids) {
  return (
    <input
      id={id}
      className="setting-number"
      type="number"
      inputMode="numeric"
      value={typeof value === 'number' || typeof value === 'string' ? value : ''}
      min={schema.minimum}
      max={schema.maximum}
      disabled={isLocked}
      aria-describedby={describedBy}
      aria-invalid={isWrong || undefined}
      onChange={({ target }) => set(target.value === '' ? null : Number(target.value))}
    />
  );
}

/** A list of words, one on each line. What is typed stays as it is while it is typed. */
function Lines({ value, isLocked, set, id, describedBy, isWrong }: ControlProps & Ids) {
  const items = Array.isArray(value) ? value.map(String) : [];
  const [typed, setTyped] = useState(items.join('\n'));
  const shown = itemsOf(typed).join('\n') === items.join('\n') ? typed : items.join('\n');
  return (
    <textarea
      id={id}
      rows={Math.min(8, Math.max(2, shown.split('\n').length))}
      value={shown}
      disabled={isLocked}
      autoComplete="off"
      spellCheck={false}
      aria-describedby={describedBy}
      aria-invalid={isWrong || undefined}
      onChange={({ target }) => {
        setTyped(target.value);
        set(itemsOf(target.value));
      }}
    />
  );
}

function itemsOf(typed: string): string[] {
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function Select({
  value,
  choices,
  isLocked,
  set,
  id,
  describedBy,
  isWrong,
}: ControlProps & Ids & { choices: readonly Choice[] }) {
  const chosen = typeof value === 'string' ? value : '';
  const known = choices.some((choice) => choice.value === (value ?? null));
  return (
    <select
      id={id}
      value={chosen}
      disabled={isLocked}
      aria-describedby={describedBy}
      aria-invalid={isWrong || undefined}
      onChange={({ target }) => set(target.value === '' ? null : target.value)}
    >
      {!known && <option value={chosen}>{chosen}</option>}
      {choices.map((choice) => (
        <option key={choice.value ?? ''} value={choice.value ?? ''}>
          {choice.text}
        </option>
      ))}
    </select>
  );
}

function Switch({ path, value, isLocked, set }: ControlProps) {
  const texts = useSettingsTexts();
  const id = useId();
  const problems = useProblems(path);
  const field = texts.fields[kindOf(path) as FieldKind];
  return (
    <div className="setting" data-field={path} data-wrong={problems.length > 0 || undefined}>
      <div className="setting-switch">
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          disabled={isLocked}
          aria-describedby={field?.hint ? `${id}-hint` : undefined}
          onChange={({ target }) => set(target.checked)}
        />
        <label htmlFor={id}>{field?.label ?? path}</label>
        {isLocked && <LockedMark />}
      </div>
      {field?.hint && <small id={`${id}-hint`}>{field.hint}</small>}
      <Problems texts={problems} />
    </div>
  );
}
