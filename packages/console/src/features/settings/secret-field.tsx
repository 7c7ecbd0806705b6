// A secret that the server keeps and does not show. What stands there is kept until a new one is made; the new one is
// shown in clear, because somebody has to carry it to a phone or to a person.
import { useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Framed } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { valueAt } from './settings-path.ts';

/** As the server writes a secret that it keeps; sent back it means "as it was". */
export const KEPT = '(kept)';

interface SecretFieldProps {
  path: string;
  canMakeUp?: boolean;
  /** Empty, it is not in the document at all. */
  mayBeAbsent?: boolean;
}

export function SecretField({ path, canMakeUp = true, mayBeAbsent = false }: SecretFieldProps) {
  const texts = useSettingsTexts().secret;
  const { draft, view } = useSettings();
  const value = valueAt(view.draft, path);
  const isLocked = draft.isLocked(path);
  const none = mayBeAbsent ? undefined : '';
  const [wasKept, setWasKept] = useState(value === KEPT);
  if (value === KEPT) {
    return (
      <Framed path={path}>
        {({ id, describedBy }) => (
          <div className="setting-row">
            <output id={id} className="secret-kept" aria-describedby={describedBy}>
              {texts.kept}
            </output>
            <Button
              disabled={isLocked}
              onClick={() => {
                setWasKept(true);
                draft.set(path, canMakeUp ? randomSecret() : none);
              }}
            >
              {texts.change}
            </Button>
          </div>
        )}
      </Framed>
    );
  }
  const typed = typeof value === 'string' ? value : '';
  return (
    <Framed path={path}>
      {({ id, describedBy, isWrong }) => (
        <>
          <div className="setting-row">
            <input
              id={id}
              className="secret"
              type="text"
              value={typed}
              disabled={isLocked}
              autoComplete="off"
              spellCheck={false}
              aria-describedby={describedBy}
              aria-invalid={isWrong || undefined}
              onChange={({ target }) => draft.set(path, target.value || none)}
            />
            <CopyButton what={texts.once} value={typed} />
            {canMakeUp && (
              <Button disabled={isLocked} onClick={() => draft.set(path, randomSecret())}>
                {texts.generate}
              </Button>
            )}
            {wasKept && <Button onClick={() => draft.set(path, KEPT)}>{texts.keep}</Button>}
          </div>
          {typed !== '' && canMakeUp && <small>{texts.once}</small>}
        </>
      )}
    </Framed>
  );
}

/** 80 bits, in letters and digits that nobody takes for each other. */
export function randomSecret(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
}
