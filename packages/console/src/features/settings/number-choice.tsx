// A setting that is one of a few numbers.
import { Framed } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { valueAt } from './settings-path.ts';

export function NumberChoice({ path, choices }: { path: string; choices: readonly number[] }) {
  const { draft, view } = useSettings();
  const value = valueAt(view.draft, path);
  return (
    <Framed path={path}>
      {({ id, describedBy, isWrong }) => (
        <select
          id={id}
          value={typeof value === 'number' ? value : choices[0]}
          disabled={draft.isLocked(path)}
          aria-describedby={describedBy}
          aria-invalid={isWrong || undefined}
          onChange={({ target }) => draft.set(path, Number(target.value))}
        >
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      )}
    </Framed>
  );
}
