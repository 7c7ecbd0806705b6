// The settings: a list of parts at the left, one part at a time, and a bar with what is not saved. Producers and
// screeners see the parts that are theirs.
import { roles } from '@openline/protocol';
import type { ComponentType } from 'react';
import { Link, Redirect, useRoute } from 'wouter';
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyNote, Screen } from '../../ui/screen.tsx';
import { AboutSection } from './about-section.tsx';
import { AuditSection } from './audit-section.tsx';
import { DiallingSection } from './dialling-section.tsx';
import { LinesSection } from './lines-section.tsx';
import { OutputsSection } from './outputs-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { PeopleSection } from './people-section.tsx';
import { PhonesSection } from './phones-section.tsx';
import { KeepingSection, ProgramsSection, StationSection } from './plain-sections.tsx';
import { PromptsSection } from './prompts-section.tsx';
import { SaveBar } from './save-bar.tsx';
import { type Section, type SectionName, sectionOf, sections } from './section-keys.ts';
import { useCurrentSettings, useSettings } from './settings-context.ts';
import { SoundSection } from './sound-section.tsx';
import { TextsSection } from './texts-section.tsx';
import './settings.css';

const components: Readonly<Record<SectionName, ComponentType>> = {
  station: StationSection,
  lines: LinesSection,
  people: PeopleSection,
  phones: PhonesSection,
  texts: TextsSection,
  prompts: PromptsSection,
  sound: SoundSection,
  outputs: OutputsSection,
  dialling: DiallingSection,
  keeping: KeepingSection,
  programs: ProgramsSection,
  log: AuditSection,
  password: PasswordSection,
  about: AboutSection,
};

export default function SettingsScreen() {
  const texts = useSettingsTexts();
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const mine = sections.filter((section) => roles.indexOf(role) >= roles.indexOf(section.role));
  const [, params] = useRoute('/settings/:section?');
  const open = mine.find(({ name }) => name === params?.section);
  const isAdministrator = role === 'administrator';
  useCurrentSettings(isAdministrator);
  if (!open) return <Redirect to={`/settings/${mine[0]?.name ?? ''}`} replace />;
  return (
    <Screen name="settings" title={texts.title}>
      <div className="settings">
        <SectionList sections={mine} open={open.name} />
        <div className="settings-part" data-section={open.name}>
          <h2>{texts.sections[open.name]}</h2>
          <Part section={open} isAdministrator={isAdministrator} />
        </div>
      </div>
      {isAdministrator && <SaveBar />}
    </Screen>
  );
}

function Part({ section, isAdministrator }: { section: Section; isAdministrator: boolean }) {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const Content = components[section.name];
  const needsSettings = section.keys.length > 0 && isAdministrator;
  if (!needsSettings || view.state === 'ready') return <Content />;
  if (view.state !== 'failed') return <EmptyNote>{texts.reading}</EmptyNote>;
  return (
    <EmptyNote>
      {texts.failed} <Button onClick={() => void draft.read()}>{texts.again}</Button>
    </EmptyNote>
  );
}

function SectionList({ sections: listed, open }: { sections: readonly Section[]; open: SectionName }) {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const dirty = draft.dirtyKeys();
  const wrong = view.problems.map(({ path }) => sectionOf(path)?.name);
  return (
    <nav className="settings-list" aria-label={texts.sectionsTitle}>
      {listed.map(({ name, keys }) => (
        <Link
          key={name}
          href={`/settings/${name}`}
          aria-current={name === open ? 'page' : undefined}
          data-dirty={keys.some((key) => dirty.includes(key)) || undefined}
          data-wrong={wrong.includes(name) || undefined}
        >
          {texts.sections[name]}
        </Link>
      ))}
    </nav>
  );
}
