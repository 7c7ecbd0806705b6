// The tags of an entry: shown as chips, taken off one by one, added by typing. Used by texts, questions, calls, people.
import { type FormEvent, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/** Without the one that the star stands for. */
export function ownTags(tags: readonly string[]): string[] {
  return tags.filter((tag) => tag.toLowerCase() !== 'favorite');
}

export function TagChips({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <span className="tags">
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
        </span>
      ))}
    </span>
  );
}

interface TagEditorProps {
  tags: readonly string[];
  onAdd: (tag: string) => void;
  onRemove: (tag: string) => void;
  isDisabled?: boolean;
}

export function TagEditor({ tags, onAdd, onRemove, isDisabled = false }: TagEditorProps) {
  const texts = useTexts().tags;
  const [text, setText] = useState('');

  function add(event: FormEvent) {
    event.preventDefault();
    const tag = text.trim();
    if (tag === '') return;
    onAdd(tag);
    setText('');
  }

  return (
    <form className="tag-editor" onSubmit={add}>
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          className="tag tag-off"
          aria-label={texts.remove(tag)}
          disabled={isDisabled}
          onClick={() => onRemove(tag)}
        >
          {tag}
          <Icon name="close" size={14} />
        </button>
      ))}
      <input
        value={text}
        maxLength={60}
        placeholder={texts.add}
        aria-label={texts.add}
        disabled={isDisabled}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" icon="plus" tone="bare" aria-label={texts.addIt} disabled={text.trim() === ''} />
    </form>
  );
}
