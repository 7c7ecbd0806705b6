// Sends a sound to air or into the own headset, from the place at which it was listened to here.
import { mayDo } from '@openline/protocol';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { pauseSounding } from '../../ui/sound-player.tsx';

interface PlayToProps {
  url: string;
  title: string;
  fromMs: number;
}

export function PlayTo({ url, title, fromMs }: PlayToProps) {
  const texts = useTexts().media;
  const controls = useControls();
  const me = useDesk((view) => view.desk?.you);
  const isLive = useDesk((view) => view.phase === 'live');
  const pending = useDesk((view) => view.pending.get(placeOf(url)));
  const refusal = useDesk((view) => view.refusals.get(placeOf(url)) ?? view.refusals.get('media'));
  if (!me) return null;
  const play = (what: 'air' | 'ear') => {
    pauseSounding();
    const to = what === 'air' ? 'air' : me.user_id;
    const data = { audio_url: url, to, title: title.slice(0, LONGEST_TITLE), from_ms: Math.round(fromMs) };
    controls.set(placeOf(url), what, 'media:play', data);
  };
  return (
    <span className="play-to">
      {mayDo(me.role, 'media:play', true) && (
        <Button
          icon="air"
          tone="air"
          data-act="play-to-air"
          isPending={pending?.has('air') === true}
          disabled={!isLive}
          aria-label={texts.playToAir(title)}
          onClick={() => play('air')}
        >
          {texts.toAir}
        </Button>
      )}
      {mayDo(me.role, 'media:play') && (
        <Button
          icon="headset"
          data-act="play-to-me"
          isPending={pending?.has('ear') === true}
          disabled={!isLive}
          aria-label={texts.playToMe(title)}
          title={texts.playToMe(title)}
          onClick={() => play('ear')}
        />
      )}
      {refusal && <span className="section-refusal">{refusal}</span>}
    </span>
  );
}

const LONGEST_TITLE = 200;

function placeOf(url: string): string {
  return `media/${url}`;
}
