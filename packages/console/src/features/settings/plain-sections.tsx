// The parts of the settings that are nothing but fields.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { useTexts } from '../../i18n/texts.ts';
import { SettingField } from './setting-field.tsx';

export function StationSection() {
  return (
    <div className="setting-group">
      <SettingField path="station.name" />
      <SettingField path="station.country" />
      <SettingField path="station.languages" />
    </div>
  );
}

export function KeepingSection() {
  const texts = useSettingsTexts().keeping;
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <div className="setting-group">
        <SettingField path="retention.recordings_days" />
        <SettingField path="retention.messages_days" />
        <SettingField path="retention.calls_days" />
      </div>
    </>
  );
}

export function ProgramsSection() {
  const texts = useSettingsTexts().programs;
  const { roles } = useTexts();
  const choices = (['viewer', 'screener', 'producer'] as const).map((role) => ({
    value: role,
    text: roles[role],
  }));
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <div className="setting-group">
        <SettingField path="older_clients.allow" />
        <SettingField path="older_clients.role" choices={choices} />
        <SettingField path="older_clients.origins" />
      </div>
    </>
  );
}
