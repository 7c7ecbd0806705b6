// Whether the sound of a phone, an account or a provider is encrypted where the far end can, or always.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { SettingField } from './setting-field.tsx';

/** What the server takes when nothing is said. */
export const asTheyCan = 'optional';

export function SoundEncryption({ path }: { path: string }) {
  const texts = useSettingsTexts().encryption;
  const choices = ([asTheyCan, 'required'] as const).map((value) => ({ value, text: texts[value] }));
  return <SettingField path={path} choices={choices} />;
}
