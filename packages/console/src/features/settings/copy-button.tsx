// Copies a value to the clipboard, also on pages that came by plain http, where browsers keep the clipboard closed.
import { useEffect, useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';

const SAID_FOR_MS = 2000;

export function CopyButton({ what, value }: { what: string; value: string }) {
  const texts = useSettingsTexts();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const end = setTimeout(() => setCopied(false), SAID_FOR_MS);
    return () => clearTimeout(end);
  }, [isCopied]);
  return (
    <Button
      className="copy"
      {...(isCopied ? { icon: 'check' as const } : {})}
      aria-label={texts.copyIt(what)}
      disabled={value === ''}
      onClick={() => void copyText(value).then(setCopied)}
    >
      {isCopied ? texts.copied : texts.copy}
    </Button>
  );
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  return isDone;
}
