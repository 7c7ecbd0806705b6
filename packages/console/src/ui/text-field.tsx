// A labelled line of text.
import { useEffect, useId, useRef } from 'react';

interface TextFieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  type?: 'text' | 'password';
  autoComplete: string;
  isFirst?: boolean;
}

export function TextField({
  label,
  value,
  onValue,
  hint,
  type = 'text',
  autoComplete,
  isFirst,
}: TextFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) input.current?.focus();
  }, [isFirst]);
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type={type}
        value={value}
        autoComplete={autoComplete}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onValue(event.target.value)}
      />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </p>
  );
}
