// What one operator says and hears: the level of the microphone, of the headset, muting and recording.
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Fader } from '../../ui/fader.tsx';
import { Meter } from '../../ui/meter.tsx';
import { useSurroundings } from './surroundings.tsx';

export function OperatorLevels({ id }: { id: string }) {
  const texts = useTexts().operatorRow;
  const controls = useControls();
  const user = useDesk((view) => view.desk?.users[id]);
  const channel = useDesk((view) => view.desk?.mixer.channels[id]);
  const isLive = useDesk((view) => view.phase === 'live');
  const { me } = useSurroundings();
  if (!user) return null;
  const isDisabled = !isLive || me.role === 'viewer';
  return (
    <div className="pop-levels">
      {channel && (
        <>
          <p className="pop-label">{texts.microphoneLevel}</p>
          <Meter source={id} label={texts.microphoneLevel} isHorizontal />
          <Fader
            isHorizontal
            label={texts.microphoneLevel}
            level={channel.level}
            isDisabled={isDisabled || channel.mode === 'defunct'}
            onLevel={(level) => controls.slideChannel(id, level)}
          />
        </>
      )}
      <p className="pop-label">{texts.listenLevel}</p>
      <Fader
        isHorizontal
        label={texts.listenLevel}
        level={user.level}
        isDisabled={isDisabled}
        onLevel={(level) => controls.slideUser(id, level)}
      />
      <div className="pop-acts">
        {channel && (
          <Button
            tone="drop"
            isLit={channel.muted}
            disabled={isDisabled || channel.mode === 'defunct'}
            onClick={() => controls.set(id, 'mute', 'channelMuted', { [id]: !channel.muted })}
          >
            {texts.microphoneOff}
          </Button>
        )}
        <Button
          tone="drop"
          isLit={user.muted}
          disabled={isDisabled}
          onClick={() => controls.set(id, 'listen', 'userMuted', { [id]: !user.muted })}
        >
          {texts.muteListening}
        </Button>
        <Button
          tone="air"
          isLit={user.recording}
          disabled={isDisabled}
          onClick={() => controls.set(id, 'record', 'userRecording', { [id]: !user.recording })}
        >
          {texts.record}
        </Button>
      </div>
    </div>
  );
}
