// The settings as one document: downloaded whole, or loaded into what is edited here, to be looked at before it holds.
import { type ChangeEvent, useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { useSettings } from './settings-context.ts';
import type { SettingsDocument } from './settings-path.ts';

export function SettingsFile() {
  const texts = useSettingsTexts().about;
  const { draft } = useSettings();
  const [says, setSays] = useState<string | null>(null);

  async function load({ target }: ChangeEvent<HTMLInputElement>) {
    const [file] = target.files ?? [];
    if (!file) return;
    const document = documentFrom(await file.text());
    setSays(document ? null : texts.notJson);
    if (document) draft.import(document);
    target.value = '';
  }

  return (
    <>
      <div className="setting-row">
        <a className="button" href="/api/settings/export" download="openline-settings.json">
          {texts.export}
        </a>
        <label className="button file-button">
          {texts.import}
          <input type="file" accept="application/json,.json" onChange={(event) => void load(event)} />
        </label>
      </div>
      <small>
        {texts.exportHint} {texts.importHint}
      </small>
      <p className="says" role="status">
        {says}
      </p>
    </>
  );
}

function documentFrom(text: string): SettingsDocument | null {
  try {
    const document: unknown = JSON.parse(text);
    const isDocument = typeof document === 'object' && document !== null && !Array.isArray(document);
    return isDocument ? (document as SettingsDocument) : null;
  } catch {
    return null;
  }
}
