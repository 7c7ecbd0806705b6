// What can be set of the headset, and how it stands: the state in words, the input meter, microphone, speaker, what the
// browser does to the sound, and hanging up. In the popover of the top bar, and on the presenter's screen for the host.
import { useId } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Meter } from '../../ui/meter.tsx';
import { useHeadset, useHeadsetView } from './headset-context.tsx';
import type { HeadsetView } from './headset.ts';
import { INPUT_METER } from './microphone.ts';
import { SecureAddress } from './secure-address.tsx';
import { canChooseSpeaker } from './speaker.ts';
import { type Device, useDevices } from './use-devices.ts';

export function HeadsetPanel() {
  const texts = useTexts().headset;
  const headset = useHeadset();
  const view = useHeadsetView();
  const { phase, taste, as } = view;
  const { microphones, speakers } = useDevices(phase);
  const isOn = phase !== 'off';
  return (
    <div className="headset-panel" data-headset={phase}>
      <HeadsetWords view={view} />
      {isOn && (
        <div className="headset-input">
          <p className="pop-label">{texts.input}</p>
          <Meter source={INPUT_METER} label={texts.input} isHorizontal />
        </div>
      )}
      <DeviceChoice
        label={texts.microphone}
        devices={microphones}
        chosen={taste.microphone}
        onChoose={(microphone) => void headset.choose({ microphone })}
      />
      {canChooseSpeaker() && (
        <DeviceChoice
          label={texts.speaker}
          devices={speakers}
          chosen={taste.speaker}
          onChoose={(speaker) => void headset.choose({ speaker })}
        />
      )}
      {!(isOn && as === 'host') && <Processing />}
      {isOn && as === 'host' && <p className="headset-note">{texts.hostUnprocessed}</p>}
      {isOn && (
        <Button tone="drop" icon="hangUp" data-act="headset-off" onClick={() => void headset.hangUp()}>
          {texts.hangUp}
        </Button>
      )}
    </div>
  );
}

/** How it stands, and what can be done about what is wrong. */
export function HeadsetWords({ view }: { view: HeadsetView }) {
  const texts = useTexts().headset;
  const { phase, trouble, words, as } = view;
  const state = phase === 'connected' ? texts.connectedAs[as] : texts.phases[phase];
  return (
    <div className="headset-words" role="status">
      <p className="headset-state">{trouble && phase === 'off' ? texts.troubles[trouble] : state}</p>
      {trouble && <p className="headset-note">{texts.remedies[trouble]}</p>}
      {words && <p className="headset-note">{words}</p>}
      {trouble === 'insecure' && <SecureAddress />}
    </div>
  );
}

function Processing() {
  const texts = useTexts().headset;
  const id = useId();
  const headset = useHeadset();
  const { taste } = useHeadsetView();
  return (
    <div className="headset-switch">
      <input
        id={id}
        type="checkbox"
        checked={taste.isProcessed}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => void headset.choose({ isProcessed: target.checked })}
      />
      <label htmlFor={id}>{texts.processing}</label>
      <small id={`${id}-hint`}>{texts.processingHint}</small>
    </div>
  );
}

interface DeviceChoiceProps {
  label: string;
  devices: readonly Device[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
}

function DeviceChoice({ label, devices, chosen, onChoose }: DeviceChoiceProps) {
  const texts = useTexts().headset;
  const id = useId();
  const isThere = devices.some((device) => device.id === chosen);
  return (
    <div className="headset-choice">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={isThere ? (chosen ?? '') : ''}
        onChange={({ target }) => onChoose(target.value === '' ? null : target.value)}
      >
        <option value="">{texts.systemDevice}</option>
        {devices.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.name === '' ? texts.unnamedDevice(index + 1) : device.name}
          </option>
        ))}
      </select>
    </div>
  );
}
