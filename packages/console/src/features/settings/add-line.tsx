// A new line, by what it is: the rest of it has defaults and is edited in its card.
import { useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { randomSecret } from './secret-field.tsx';
import { asTheyCan } from './sound-encryption.tsx';
import { useSettings } from './settings-context.ts';
import { listAt } from './settings-draft.ts';
import { shortName } from './short-name.ts';

type LineKind = 'provider' | 'gateway' | 'accounts';
const kinds: readonly LineKind[] = ['provider', 'gateway', 'accounts'];

function newLine(kind: LineKind, id: string, label: string): object {
  const line = { id, type: 'sip', label, number: null, capacity: 4, trust: [], accounts: [], register: null };
  const more = { gateway: null, patterns: [], comfort_noise: false, sms: false, greeting: null };
  if (kind === 'provider') {
    const register = { server: 'sip:', username: '', password: '', transport: 'udp', srtp: asTheyCan };
    return { ...line, ...more, register };
  }
  if (kind === 'gateway') return { ...line, ...more };
  return { ...line, ...more, accounts: [{ username: id, password: randomSecret(), srtp: asTheyCan }] };
}

export function AddLine({ onAdded }: { onAdded: (id: string) => void }) {
  const texts = useSettingsTexts().lines;
  const add = useSettingsTexts().add;
  const { draft, view } = useSettings();
  const [kind, setKind] = useState<LineKind>('gateway');
  const [label, setLabel] = useState('');
  const [typedId, setTypedId] = useState<string | null>(null);
  const taken = listAt(view.draft, 'lines').map((line) => (line as { id: string }).id);
  const id = typedId ?? shortName(label, taken);
  const canAdd = label.trim() !== '' && id !== '' && !taken.includes(id);

  function addIt() {
    draft.add('lines', newLine(kind, id, label.trim()));
    setLabel('');
    setTypedId(null);
    onAdded(id);
  }

  return (
    <form
      className="add-form"
      aria-label={texts.addTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (canAdd) addIt();
      }}
    >
      <h3>{texts.addTitle}</h3>
      <fieldset className="kinds">
        <legend>{texts.kind}</legend>
        {kinds.map((one) => (
          <label key={one}>
            <input type="radio" name="line-kind" checked={kind === one} onChange={() => setKind(one)} />
            {texts.kinds[one]}
          </label>
        ))}
      </fieldset>
      <div className="setting-group">
        <TextField label={texts.addLabel} value={label} onValue={setLabel} autoComplete="off" />
        <TextField
          label={texts.addId}
          hint={texts.addIdHint}
          value={id}
          onValue={setTypedId}
          autoComplete="off"
        />
      </div>
      <Button type="submit" icon="plus" disabled={!canAdd}>
        {add}
      </Button>
    </form>
  );
}
