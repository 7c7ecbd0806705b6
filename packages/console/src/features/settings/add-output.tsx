// A new output, by what it is: the rest of it has defaults and is edited in its card.
import { useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { Output } from './output-fields.tsx';
import { useSettings } from './settings-context.ts';
import { shortName } from './short-name.ts';

const kinds: readonly Output['type'][] = ['icecast', 'rtp', 'device', 'sip'];

const beginnings: Readonly<Record<Output['type'], object>> = {
  icecast: { url: 'icecast://localhost:8000/air.opus', bitrate_kbps: 96, public: false },
  rtp: { address: '239.69.1.1', port: 5004, encoding: 'L24', ptime_ms: 1, ttl: 8, interface: null },
  device: { program: 'aplay', device: null },
  sip: { address: 'sip:', line: null },
};

interface AddOutputProps {
  taken: readonly string[];
  onAdded: (id: string) => void;
}

export function AddOutput({ taken, onAdded }: AddOutputProps) {
  const texts = useSettingsTexts();
  const { draft } = useSettings();
  const [kind, setKind] = useState<Output['type']>('icecast');
  const [label, setLabel] = useState('');
  const [typedId, setTypedId] = useState<string | null>(null);
  const id = typedId ?? shortName(label, [...taken, 'program']);
  const canAdd = label.trim() !== '' && id !== '' && id !== 'program' && !taken.includes(id);

  function addIt() {
    draft.add('outputs', { id, label: label.trim(), type: kind, delayed: true, ...beginnings[kind] });
    setLabel('');
    setTypedId(null);
    onAdded(id);
  }

  return (
    <form
      className="add-form"
      aria-label={texts.outputs.addTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (canAdd) addIt();
      }}
    >
      <h3>{texts.outputs.addTitle}</h3>
      <fieldset className="kinds">
        <legend>{texts.outputs.kind}</legend>
        {kinds.map((one) => (
          <label key={one}>
            <input type="radio" name="output-kind" checked={kind === one} onChange={() => setKind(one)} />
            {texts.outputs.kinds[one]}
          </label>
        ))}
      </fieldset>
      <div className="setting-group">
        <TextField
          label={texts.fields['outputs[].label'].label}
          value={label}
          onValue={setLabel}
          autoComplete="off"
        />
        <TextField
          label={texts.outputs.addId}
          hint={texts.outputs.addIdHint}
          value={id}
          onValue={setTypedId}
          autoComplete="off"
        />
      </div>
      <Button type="submit" icon="plus" disabled={!canAdd}>
        {texts.add}
      </Button>
    </form>
  );
}
