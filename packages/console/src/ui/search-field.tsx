// The field that searches a screen; the key / goes to it (app/use-page-keys.ts), Escape empties and leaves it.
import { Icon } from './icon.tsx';

interface SearchFieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
}

export function SearchField({ label, value, onValue }: SearchFieldProps) {
  return (
    <label className="search">
      <Icon name="search" />
      <input
        type="search"
        data-search
        value={value}
        placeholder={label}
        aria-label={label}
        autoComplete="off"
        onChange={(event) => onValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          onValue('');
          event.currentTarget.blur();
        }}
      />
    </label>
  );
}
