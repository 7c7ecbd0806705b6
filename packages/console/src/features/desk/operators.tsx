// The operators: who is signed in, whether a headset or phone is there, with whom they talk, and for each of them a
// panel with levels and the less frequent acts.
import { Popover } from 'radix-ui';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button, type ButtonProps } from '../../ui/button.tsx';
import { Fader } from '../../ui/fader.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Meter } from '../../ui/meter.tsx';
import { modeOfOperatorAct, type OperatorAct, viewOfOperator } from './operator-view.ts';
import { useSurroundings } from './surroundings.ts';

const actTones: Record<OperatorAct, NonNullable<ButtonProps['tone']>> = {
  toAir: 'air',
  bothToAir: 'air',
  offAir: 'hold',
  endTalk: 'hold',
};

export function Operators() {
  const texts = useTexts();
  const users = useDesk((view) => view.desk?.users) ?? {};
  const { me } = useSurroundings();
  const others = Object.keys(users).filter((id) => id !== me.id);
  const ids = me.id in users ? [me.id, ...others] : others;
  return (
    <section className="operators" aria-label={texts.operatorRow.title}>
      {ids.map((id) => (
        <Operator key={id} id={id} isMe={id === me.id} />
      ))}
    </section>
  );
}

function Operator({ id, isMe }: { id: string; isMe: boolean }) {
  const texts = useTexts();
  const controls = useControls();
  const { me, isOnAir } = useSurroundings();
  const user = useDesk((view) => view.desk?.users[id]);
  const channels = useDesk((view) => view.desk?.mixer.channels) ?? {};
  const isLive = useDesk((view) => view.phase === 'live');
  const pending = useDesk((view) => view.pending.get(id));
  const refusal = useDesk((view) => view.refusals.get(id));
  if (!user) return null;
  const channel = channels[id];
  const view = viewOfOperator(channel, { channels, isOnAir, role: me.role });
  const word =
    view.channelLabel === null
      ? texts.operators[view.word]
      : texts.operatorRow.withChannel(view.channelLabel);

  const acts = view.acts.map((act) => (
    <Button
      key={act}
      tone={actTones[act]}
      isPending={pending?.has(act) === true}
      disabled={!isLive}
      data-act={act}
      onClick={() => controls.set(id, act, 'channelMode', { [id]: modeOfOperatorAct(act) })}
    >
      {texts.operatorRow[act]}
    </Button>
  ));

  return (
    <div className="operator" data-tone={view.tone} data-user={id} data-me={isMe || undefined}>
      <Popover.Root>
        <Popover.Trigger asChild>
          <button type="button" className="operator-face" aria-label={texts.operatorRow.details(user.name)}>
            <span className="operator-badge">
              <Icon name={view.icon} />
            </span>
            <span className="operator-who">
              <strong>
                {user.name}
                {isMe && <small> {texts.operatorRow.you}</small>}
              </strong>
              <span>{refusal ?? word}</span>
            </span>
            {channel?.muted && <Icon name="muted" size={16} />}
          </button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content className="panel-pop" sideOffset={8} collisionPadding={8} align="start">
            <h2>{user.name}</h2>
            {!isMe && acts.length > 0 && <div className="pop-acts">{acts}</div>}
            <OperatorLevels id={id} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      {isMe && acts}
    </div>
  );
}

function OperatorLevels({ id }: { id: string }) {
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
