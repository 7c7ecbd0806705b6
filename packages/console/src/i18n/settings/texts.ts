// The words of the settings in the language that was chosen; loaded with the settings screen.
import { useLanguage } from '../texts.ts';
import { en, type SettingsTexts } from './en.ts';
import { fr } from './fr.ts';
import { sw } from './sw.ts';

export const settingsLanguages: Record<string, SettingsTexts> = { en, fr, sw };

export function useSettingsTexts(): SettingsTexts {
  return settingsLanguages[useLanguage().code] ?? en;
}
