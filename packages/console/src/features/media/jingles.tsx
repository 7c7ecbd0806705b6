// The station's own sounds, to air with two presses: what was uploaded as a prompt.
import { mayDo } from '@openline/protocol';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { RowMenu } from '../../ui/row-menu.tsx';

export function Jingles() {
  const texts = useTexts().media;
  const controls = useControls();
  const prompts = useDesk((view) => view.desk?.prompts);
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const isLive = useDesk((view) => view.phase === 'live');
  const sounds = Object.entries(prompts ?? {});
  if (sounds.length === 0 || !mayDo(role, 'media:play', true)) return null;
  return (
    <RowMenu
      label={texts.jingles}
      icon="note"
      items={sounds.map(([id, { audio_url: url }]) => ({
        icon: 'play',
        text: id,
        isOff: !isLive,
        onSelect: () =>
          controls.set('master', 'jingle', 'media:play', { audio_url: url, to: 'air', title: id }),
      }))}
    />
  );
}
