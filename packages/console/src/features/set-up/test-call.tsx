// The station calls itself: it rings here, is answered here, and its sound is seen and, with a phone, heard. Never to air,
// whatever show is on.
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { askServer } from '../../connection/session-api.ts';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Meter } from '../../ui/meter.tsx';
import { useIsReachable } from './first-phone.tsx';

/** Louder than a silent line. */
const HEARD_DBFS = -50;

type Phase =
  | { is: 'idle' }
  | { is: 'calling' }
  | { is: 'refused'; code: string }
  | { is: 'up'; channelId: string; wasHeard: boolean }
  | { is: 'over'; wasHeard: boolean };

export function TestCall() {
  const texts = useSettingsTexts();
  const lines = useDesk((view) => view.desk?.lines) ?? {};
  const [chosen, setChosen] = useState<string | null>(null);
  const [phase, setPhase] = useState<Phase>({ is: 'idle' });
  const ids = Object.keys(lines);
  const line = chosen !== null && ids.includes(chosen) ? chosen : (ids[0] ?? '');

  async function start() {
    setPhase({ is: 'calling' });
    const answer = await askServer('POST', '/api/test-call', { line });
    if (!answer.ok) return setPhase({ is: 'refused', code: answer.code });
    const { channel_id: channelId } = answer.body as { channel_id: string };
    return setPhase({ is: 'up', channelId, wasHeard: false });
  }

  const isUp = phase.is === 'up';
  return (
    <section className="first-step" data-step="call" data-phase={phase.is}>
      <h2>{texts.start.callTitle}</h2>
      <p className="settings-lead">{texts.start.callLead}</p>
      {ids.length > 1 && !isUp && (
        <div className="setting call-line">
          <label htmlFor="test-line">{texts.start.callLine}</label>
          <select id="test-line" value={line} onChange={({ target }) => setChosen(target.value)}>
            {ids.map((id) => (
              <option key={id} value={id}>
                {lines[id]?.label ?? id}
              </option>
            ))}
          </select>
        </div>
      )}
      {isUp ? (
        <CallUp
          channelId={phase.channelId}
          wasHeard={phase.wasHeard}
          onHeard={() => setPhase({ ...phase, wasHeard: true })}
          onOver={() => setPhase({ is: 'over', wasHeard: phase.wasHeard })}
        />
      ) : (
        <>
          <Result phase={phase} />
          <Button
            tone={phase.is === 'over' && phase.wasHeard ? 'plain' : 'go'}
            isLarge
            icon="phone"
            isPending={phase.is === 'calling'}
            disabled={phase.is === 'calling' || line === ''}
            onClick={() => void start()}
            data-act="test-call"
          >
            {phase.is === 'idle' ? texts.start.start : null}
            {phase.is === 'calling' ? texts.start.starting : null}
            {phase.is === 'over' || phase.is === 'refused' ? texts.start.again : null}
          </Button>
        </>
      )}
      <div className="setting-row step-acts">
        <Link
          className="button"
          data-tone={phase.is === 'over' ? 'go' : undefined}
          href="/"
          data-act="open-desk"
        >
          {texts.start.open}
        </Link>
      </div>
    </section>
  );
}

function Result({ phase }: { phase: Phase }) {
  const texts = useSettingsTexts().start;
  if (phase.is === 'refused') {
    const { refusals } = texts;
    const isKnown = (code: string): code is keyof typeof refusals => Object.hasOwn(refusals, code);
    return (
      <p className="setting-problem" role="alert">
        {isKnown(phase.code) ? refusals[phase.code] : refusals.failed}
      </p>
    );
  }
  if (phase.is !== 'over') return null;
  if (!phase.wasHeard) return <p role="status">{texts.endedEarly}</p>;
  return (
    <div role="status" className="test-worked">
      <p>
        <Icon name="check" size={22} />
        <strong>{texts.worked}</strong>
      </p>
      <p className="settings-lead">{texts.realCall}</p>
    </div>
  );
}

interface CallUpProps {
  channelId: string;
  wasHeard: boolean;
  onHeard: () => void;
  onOver: () => void;
}

function CallUp({ channelId, wasHeard, onHeard, onOver }: CallUpProps) {
  const texts = useSettingsTexts().start;
  const controls = useControls();
  const channel = useDesk((view) => view.desk?.mixer.channels[channelId]);
  const you = useDesk((view) => view.desk?.you.user_id) ?? '';
  const hasPhone = useIsReachable(you);
  const mode = channel?.mode ?? 'free';
  const isRinging = mode === 'ring';
  const isOver = mode === 'free' || mode === 'defunct';
  const isAnswered = !isRinging && !isOver;

  useEffect(() => {
    if (isOver) onOver();
  }, [isOver, onOver]);
  useEffect(
    () =>
      controls.watchMeters(({ channels }) => {
        const [, rms = HEARD_DBFS] = channels[channelId]?.in ?? [];
        if (isAnswered && !wasHeard && rms > HEARD_DBFS) onHeard();
      }),
    [controls, channelId, isAnswered, wasHeard, onHeard],
  );
  // Nobody else would hang it up.
  useEffect(() => () => void askServer('DELETE', '/api/test-call'), []);

  const says = isRinging ? texts.rings : mode === you ? texts.talking : texts.held;
  return (
    <div
      className="test-call"
      data-tone={isRinging ? 'ring' : mode === you ? 'private' : 'hold'}
      data-channel-mode={mode}
    >
      <p className="test-state" role="status">
        <Icon name={isRinging ? 'incoming' : mode === you ? 'headset' : 'pause'} size={26} />
        <span>
          <strong>{channel?.contact?.name ?? channel?.label}</strong>
          <small>{says}</small>
        </span>
      </p>
      {isRinging && !hasPhone && <p className="settings-lead">{texts.noHeadset}</p>}
      {isAnswered && (
        <div className="test-sound">
          <Meter source={channelId} label={texts.sound} isHorizontal />
          <p role="status" data-heard={wasHeard}>
            {wasHeard ? texts.soundArrives : texts.soundMissing}
          </p>
        </div>
      )}
      <div className="setting-row">
        {isRinging && (
          <Button
            tone={hasPhone ? 'private' : 'hold'}
            isLarge
            icon={hasPhone ? 'headset' : 'pause'}
            onClick={() =>
              controls.set(channelId, 'mode', 'channelMode', { [channelId]: hasPhone ? you : 'on_hold' })
            }
            data-act="answer"
          >
            {hasPhone ? texts.answer : texts.answerHold}
          </Button>
        )}
        <Button
          icon="hangUp"
          tone="drop"
          isLarge
          onClick={() => void askServer('DELETE', '/api/test-call')}
          data-act="hang-up"
        >
          {texts.hangUp}
        </Button>
      </div>
    </div>
  );
}
