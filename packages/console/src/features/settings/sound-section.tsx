// What callers on hold hear, and when a silent call is given up. What this version does not do yet is said, not offered.
import { useEffect, useState } from 'react';
import { askServer } from '../../connection/session-api.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { type Choice, SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { valueAt } from './settings-path.ts';
import { SoundMaker } from './sound-maker.tsx';

export function SoundSection() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const [files, setFiles] = useState<readonly string[]>([]);
  useEffect(() => {
    void askServer('GET', '/api/hold').then((answer) => {
      if (answer.ok) setFiles((answer.body as { files: string[] }).files);
    });
  }, []);
  const chosen = valueAt(view.draft, 'audio.hold');
  const known = typeof chosen === 'string' && chosen !== 'program' ? [...files, chosen] : files;
  const choices: Choice[] = [
    { value: 'program', text: texts.sound.program },
    ...[...new Set(known)].map((file) => ({ value: file, text: file })),
  ];

  /** Chosen at once; heard when it is saved. */
  async function keep(id: string, sound: Blob): Promise<string | null> {
    const file = `${id}.wav`;
    const answer = await askServer('PUT', `/api/hold/${encodeURIComponent(file)}`, sound);
    if (answer.ok) {
      setFiles((answer.body as { files: string[] }).files);
      draft.set('audio.hold', file);
      return null;
    }
    if (answer.code === 'unreachable') return texts.save.unreachable;
    return [texts.prompts.refused, ...answer.problems].join(' ');
  }

  return (
    <>
      <p className="settings-lead">{texts.sound.lead}</p>
      <div className="setting-group">
        <SettingField path="audio.hold" choices={choices} />
        <SettingField path="audio.rtp_timeout_ms" />
        <SettingField path="audio.leveller" />
        <SettingField path="audio.ducking" />
        <SettingField path="audio.delay_dump_ms" />
      </div>
      {!draft.isLocked('audio.hold') && (
        <SoundMaker
          title={texts.sound.file}
          hint={texts.sound.fileHint}
          keep={keep}
          said={texts.sound.kept}
        />
      )}
    </>
  );
}
