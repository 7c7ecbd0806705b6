// One's own password, for everybody.
import { type FormEvent, useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { changeOwnPassword } from './settings-api.ts';

const LEAST = 8;

export function PasswordSection() {
  const texts = useSettingsTexts();
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [says, setSays] = useState<string | null>(null);

  function sentence(code: string): string {
    if (code === 'wrong_password') return texts.password.wrong;
    if (code === 'too_many_attempts') return texts.password.wait;
    return code === 'unreachable' ? texts.save.unreachable : texts.password.refused;
  }

  async function change() {
    if (fresh.length < LEAST) return setSays(texts.password.short);
    setBusy(true);
    const failure = await changeOwnPassword(old, fresh);
    setBusy(false);
    setSays(failure ? sentence(failure.code) : texts.password.done);
    if (failure) return undefined;
    setOld('');
    return setFresh('');
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    void change();
  }

  return (
    <form className="narrow-form" onSubmit={onSubmit}>
      <p className="settings-lead">{texts.password.lead}</p>
      <TextField
        label={texts.password.old}
        value={old}
        onValue={setOld}
        type="password"
        autoComplete="current-password"
      />
      <TextField
        label={texts.password.fresh}
        value={fresh}
        onValue={setFresh}
        type="password"
        autoComplete="new-password"
      />
      <p className="says" role="status">
        {says}
      </p>
      <Button type="submit" tone="go" isPending={isBusy} disabled={isBusy || old === '' || fresh === ''}>
        {texts.password.change}
      </Button>
    </form>
  );
}
