// What callers on hold hear, and when a silent call is given up. What this version does not do yet is said, not offered.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { type Choice, SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { valueAt } from './settings-path.ts';

export function SoundSection() {
  const texts = useSettingsTexts().sound;
  const { view } = useSettings();
  const hold = valueAt(view.saved, 'audio.hold');
  const choices: Choice[] = [{ value: 'program', text: texts.program }];
  if (typeof hold === 'string' && hold !== 'program') choices.push({ value: hold, text: hold });
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <div className="setting-group">
        <SettingField path="audio.hold" choices={choices} />
        <SettingField path="audio.rtp_timeout_ms" />
      </div>
      <h3>{texts.notYet}</h3>
      <p className="settings-lead">{texts.notYetLead}</p>
    </>
  );
}
