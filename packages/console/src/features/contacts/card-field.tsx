// One field of a card. Saved when it is left or by Enter; what others write meanwhile is shown unless something is being
// typed here, and what could not be saved stays typed.
import { type KeyboardEvent, useId, useState } from 'react';

interface CardFieldProps {
  name: string;
  label: string;
  value: string;
  isDisabled: boolean;
  isLong?: boolean;
  /** Resolves to whether it was taken. */
  onSave: (text: string) => Promise<boolean>;
}

export function CardField({ name, label, value, isDisabled, isLong = false, onSave }: CardFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const id = useId();

  async function save() {
    if (typed === null) return;
    if (typed.trim() === value || (await onSave(typed.trim()))) setTyped(null);
  }

  const field = {
    id,
    'data-field': name,
    value: typed ?? value,
    disabled: isDisabled,
    onChange: (event: { target: { value: string } }) => setTyped(event.target.value),
    onBlur: () => void save(),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.key === 'Enter' && !isLong) event.currentTarget.blur();
      if (event.key === 'Escape') setTyped(null);
    },
  };
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      {isLong ? <textarea rows={3} {...field} /> : <input autoComplete="off" {...field} />}
    </p>
  );
}
