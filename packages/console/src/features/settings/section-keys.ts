// The parts of the settings in their order: who sees each, and which keys of the settings document it edits.
import type { Role } from '@openline/protocol';
import type { SettingsTexts } from '../../i18n/settings/en.ts';

export type SectionName = keyof SettingsTexts['sections'];

export interface Section {
  name: SectionName;
  role: Role;
  /** Without any it needs nothing of the document. */
  keys: readonly string[];
}

export const sections: readonly Section[] = [
  { name: 'station', role: 'administrator', keys: ['station'] },
  { name: 'lines', role: 'administrator', keys: ['lines'] },
  { name: 'people', role: 'administrator', keys: ['users'] },
  { name: 'phones', role: 'administrator', keys: ['phones', 'host', 'headsets'] },
  { name: 'texts', role: 'administrator', keys: ['sms'] },
  { name: 'prompts', role: 'screener', keys: ['questions'] },
  { name: 'sound', role: 'administrator', keys: ['audio'] },
  { name: 'outputs', role: 'administrator', keys: ['outputs', 'program_stream'] },
  { name: 'dialling', role: 'administrator', keys: ['dial'] },
  { name: 'keeping', role: 'administrator', keys: ['retention'] },
  { name: 'programs', role: 'administrator', keys: ['older_clients'] },
  { name: 'log', role: 'producer', keys: [] },
  { name: 'password', role: 'viewer', keys: [] },
  { name: 'about', role: 'administrator', keys: [] },
];

/** Where a setting is edited. */
export function sectionOf(path: string | null): Section | undefined {
  const [key] = (path ?? '').split(/[.[]/);
  return sections.find(({ keys }) => keys.includes(key ?? ''));
}
