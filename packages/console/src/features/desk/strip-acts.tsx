// The buttons of a strip: what can be done with this call now, the likeliest largest, and why the last press there was
// refused.
import type { ChannelState } from '@openline/protocol';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button, type ButtonProps } from '../../ui/button.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { type Act, isUnderWay, type StripView } from './strip-view.ts';
import { useSurroundings } from './surroundings.tsx';
import { type DoAct, useEndWhisper } from './use-acts.ts';

interface StripActsProps {
  id: string;
  name: string;
  channel: ChannelState;
  strip: StripView;
  onAct: DoAct;
}

export function StripActs({ id, name, channel, strip, onAct }: StripActsProps) {
  const texts = useTexts();
  const controls = useControls();
  const refusal = useDesk((view) => view.refusals.get(id));
  return (
    <div
      className="strip-acts"
      role="group"
      aria-label={texts.strip.actsTitle(name)}
      data-count={strip.acts.length}
    >
      {strip.acts.map((act, index) =>
        act === 'whisper' ? (
          <Whisper key={act} id={id} name={name} onStart={() => onAct(id, channel, act)} />
        ) : (
          <ActButton
            key={act}
            act={act}
            id={id}
            name={name}
            channel={channel}
            isLarge={index === 0 && act !== 'dial'}
            isBarred={strip.barred.includes(act)}
            onPress={() => onAct(id, channel, act)}
          />
        ),
      )}
      {refusal && (
        <p className="strip-refusal">
          <span>{refusal}</span>
          <Button
            tone="bare"
            icon="close"
            aria-label={texts.strip.dismiss}
            onClick={() => controls.dismiss(id)}
          />
        </p>
      )}
    </div>
  );
}

interface ActButtonProps {
  act: Exclude<Act, 'whisper'>;
  id: string;
  name: string;
  channel: ChannelState;
  isLarge: boolean;
  isBarred: boolean;
  onPress: () => void;
}

function ActButton({ act, id, name, channel, isLarge, isBarred, onPress }: ActButtonProps) {
  const texts = useTexts();
  const myId = useSurroundings().me.id;
  const isPending = useDesk((view) => view.pending.get(id)?.has(act) === true);
  const isLive = useDesk((view) => view.phase === 'live');
  const said = faceOfAct(act, channel, texts);
  const isLatch = act === 'lock' || act === 'priority';
  return (
    <Button
      icon={act === 'lock' && !channel.locked ? 'unlock' : actIcons[act]}
      tone={actTones[act]}
      isLarge={isLarge}
      {...(isLatch ? { isLit: act === 'lock' ? channel.locked : channel.priority > 0 } : {})}
      isPending={isPending || isUnderWay(act, channel, myId)}
      disabled={!isLive || isBarred}
      aria-label={said.inFull(name)}
      title={said.inFull(name)}
      data-act={act}
      // The second click of a double-click decides nothing: what stands there may be another button by now.
      onClick={(event) => (isLatch || event.detail <= 1) && onPress()}
    >
      {said.short}
    </Button>
  );
}

interface Said {
  short: string;
  inFull: (strip: string) => string;
}

/** Two buttons say what holds now. */
function faceOfAct(
  act: ActButtonProps['act'],
  channel: ChannelState,
  texts: ReturnType<typeof useTexts>,
): Said {
  if (act === 'lock' && channel.locked) return texts.lockedAct;
  if (act === 'priority') return texts.priorities[channel.priority];
  return { short: texts.acts[act], inFull: texts.actsInFull[act] };
}

/** Speaks to one caller on air alone, for as long as it is held. */
function Whisper({ id, name, onStart }: { id: string; name: string; onStart: () => void }) {
  const texts = useTexts();
  const endWhisper = useEndWhisper();
  const myId = useSurroundings().me.id;
  const isWhispering = useDesk((view) => view.desk?.users[myId]?.whisper === id);
  const isPending = useDesk((view) => view.pending.get(id)?.has('whisper') === true);
  const isLive = useDesk((view) => view.phase === 'live');
  const end = () => (isWhispering || isPending) && endWhisper(id);
  return (
    <Button
      icon="whisper"
      tone="private"
      isLit={isWhispering}
      isPending={isPending}
      disabled={!isLive}
      aria-label={texts.actsInFull.whisper(name)}
      title={texts.actsInFull.whisper(name)}
      data-act="whisper"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        onStart();
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        if (!event.repeat) onStart();
      }}
      onKeyUp={(event) => (event.key === 'Enter' || event.key === ' ') && end()}
      onBlur={end}
      onContextMenu={(event) => event.preventDefault()}
    >
      {texts.acts.whisper}
    </Button>
  );
}

const actIcons: Record<Act, IconName> = {
  air: 'air',
  airBoth: 'users',
  hold: 'pause',
  screen: 'headset',
  ivr: 'keypad',
  drop: 'hangUp',
  reject: 'hangUp',
  cancel: 'hangUp',
  dial: 'outgoing',
  ready: 'check',
  waiting: 'back',
  priority: 'star',
  lock: 'lock',
  whisper: 'whisper',
};

const actTones: Record<Act, NonNullable<ButtonProps['tone']>> = {
  air: 'air',
  airBoth: 'air',
  hold: 'hold',
  screen: 'private',
  ivr: 'ivr',
  drop: 'drop',
  reject: 'drop',
  cancel: 'drop',
  dial: 'plain',
  ready: 'go',
  waiting: 'plain',
  priority: 'plain',
  lock: 'plain',
  whisper: 'private',
};
