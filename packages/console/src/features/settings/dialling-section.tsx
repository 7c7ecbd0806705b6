// Which numbers may be dialled, how much, and a place to try one before it matters.
import { type FormEvent, useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { SettingField } from './setting-field.tsx';
import { tryNumber, type DialTrial } from './settings-api.ts';
import { useSettings } from './settings-context.ts';
import { listAt } from './settings-draft.ts';

export function DiallingSection() {
  const texts = useSettingsTexts().dialling;
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <div className="setting-group">
        <SettingField path="dial.allow" />
      </div>
      <TryNumber />
      <div className="setting-group">
        <SettingField path="dial.max_minutes_per_day" />
        <SettingField path="dial.max_calls" />
        <SettingField path="dial.timeout_ms" />
      </div>
    </>
  );
}

function TryNumber() {
  const texts = useSettingsTexts();
  const { view } = useSettings();
  const [number, setNumber] = useState('');
  const [says, setSays] = useState<{ text: string; isWell: boolean } | null>(null);

  function sentence({ number: spelt, is_allowed, line }: DialTrial): string {
    if (spelt === null) return texts.dialling.noNumber;
    if (!is_allowed) return texts.dialling.notAllowed(spelt);
    const found = listAt(view.draft, 'lines').find((one) => (one as { id: string }).id === line);
    const label = (found as { label?: string } | undefined)?.label || line;
    return label ? texts.dialling.allowed(spelt, label) : texts.dialling.allowedNoLine(spelt);
  }

  async function tryIt(event: FormEvent) {
    event.preventDefault();
    const answer = await tryNumber(number, view.draft);
    if (answer.ok) setSays({ text: sentence(answer.trial), isWell: answer.trial.is_allowed });
    else setSays({ text: answer.problems[0] ?? texts.save.unreachable, isWell: false });
  }

  return (
    <form className="add-form" aria-label={texts.dialling.tryTitle} onSubmit={(event) => void tryIt(event)}>
      <h3>{texts.dialling.tryTitle}</h3>
      <div className="setting-row">
        <TextField label={texts.dialling.tryNumber} value={number} onValue={setNumber} autoComplete="off" />
        <Button type="submit" disabled={number.trim() === ''}>
          {texts.dialling.tryIt}
        </Button>
      </div>
      <p className="tried" role="status" data-well={says?.isWell}>
        {says?.text ?? texts.dialling.withDraft}
      </p>
    </form>
  );
}
