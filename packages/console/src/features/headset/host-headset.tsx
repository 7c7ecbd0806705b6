// The studio desk from this browser, on the presenter's screen: shown where the settings say that its feed comes from a
// console, to whoever may be the host. The browser leaves the sound as it is.
import { mayDo } from '@openline/protocol';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Meter } from '../../ui/meter.tsx';
import { PressAndHold } from '../../ui/press-and-hold.tsx';
import { useHeadset, useHeadsetView } from './headset-context.tsx';
import './headset.css';
import { HeadsetWords } from './headset-panel.tsx';
import { INPUT_METER } from './microphone.ts';

export function HostHeadset() {
  const texts = useTexts().headset;
  const headset = useHeadset();
  const view = useHeadsetView();
  const isLive = useDesk((one) => one.phase === 'live');
  const isHere = useDesk(
    ({ desk }) => desk?.mixer.host.feed === 'webrtc' && mayDo(desk.you.role, 'headset:connect', true),
  );
  const holder = useDesk(({ desk }) => {
    const id = desk?.mixer.host.user ?? null;
    return id === null || id === desk?.you.user_id ? null : (desk?.users[id]?.name ?? id);
  });
  if (!isHere) return null;
  const isMine = view.phase !== 'off' && view.as === 'host';
  return (
    <section className="host-headset" data-headset={isMine ? view.phase : 'off'} aria-label={texts.hostTitle}>
      {isMine ? (
        <>
          <HeadsetWords view={view} />
          <Meter source={INPUT_METER} label={texts.input} isHorizontal />
          <Button tone="drop" icon="hangUp" data-act="host-off" onClick={() => void headset.hangUp()}>
            {texts.hangUp}
          </Button>
        </>
      ) : (
        <>
          <p className="headset-state">{holder === null ? texts.hostNobody : texts.hostTaken(holder)}</p>
          {holder === null ? (
            <Button
              tone="go"
              icon="headset"
              disabled={!isLive}
              data-act="host"
              onClick={() => void headset.connect('host')}
            >
              {texts.connectHost}
            </Button>
          ) : (
            <PressAndHold
              className="button host-take"
              act="host"
              isDisabled={!isLive}
              onHeld={() => void headset.connect('host', { replace: true })}
            >
              {texts.takeHost}
            </PressAndHold>
          )}
          {view.as === 'host' && view.trouble !== null && <HeadsetWords view={view} />}
        </>
      )}
    </section>
  );
}
