// The leveller of one channel, at the head of its strip: a sign that is lit where the channel is otherwise than the settings
// say, and opens what can be set. Not modal: the show goes on beside it.
import type { ChannelState } from '@openline/protocol';
import { Popover } from 'radix-ui';
import { type ReactNode, useId, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useIsNarrow } from '../../ui/narrow-screen.ts';
import './leveller-control.css';

type Leveller = NonNullable<ChannelState['leveller']>;
type Slide = 'target_db' | 'range_db' | 'gate_db';

/** As far as the protocol lets each of them go. */
const slides: readonly { part: Slide; min: number; max: number }[] = [
  { part: 'target_db', min: -30, max: -10 },
  { part: 'range_db', min: 0, max: 18 },
  { part: 'gate_db', min: -80, max: -30 },
];

interface LevellerControlProps {
  id: string;
  name: string;
  leveller: Leveller;
  mayChange: boolean;
}

export function LevellerControl({ id, name, leveller, mayChange }: LevellerControlProps) {
  const texts = useTexts().leveller;
  const says = leveller.on ? texts.on : texts.off;
  const isNarrow = useIsNarrow();
  const state = leveller.differs ? texts.differs : texts.asSet;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="leveller"
          data-act={mayChange ? 'leveller' : undefined}
          data-differs={leveller.differs || undefined}
          aria-label={`${texts.inFull(name)}: ${says}, ${state}`}
          title={`${texts.title}: ${says}, ${state}`}
        >
          <span className="leveller-sign">
            <Icon name={leveller.on ? 'leveller' : 'levellerOff'} size={16} />
          </span>
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="panel-pop leveller-pop"
          data-leveller={id}
          // Beside the strip where there is room: its meter shows what the leveller does.
          side={isNarrow ? 'bottom' : 'right'}
          sideOffset={isNarrow ? 2 : 10}
          collisionPadding={8}
          align={isNarrow ? 'end' : 'start'}
          aria-label={texts.inFull(name)}
        >
          <h2>{texts.title}</h2>
          <p className="leveller-of">{name}</p>
          <Settings id={id} leveller={leveller} mayChange={mayChange} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Settings({ id, leveller, mayChange }: Omit<LevellerControlProps, 'name'>) {
  const texts = useTexts().leveller;
  const controls = useControls();
  const isLive = useDesk((view) => view.phase === 'live');
  const isPending = useDesk((view) => view.pending.get(id)?.has('leveller') === true);
  const refusal = useDesk((view) => view.refusals.get(id));
  const isDisabled = !isLive || !mayChange;
  const change = (to: Partial<Omit<Leveller, 'differs'>> | null) =>
    controls.set(id, 'leveller', 'channelLeveller', { [id]: to });
  return (
    <div className="leveller-settings" aria-busy={isPending || undefined}>
      <Switch
        part="on"
        isOn={leveller.on}
        isDisabled={isDisabled}
        hint={texts.onHint}
        onChange={(on) => change({ on })}
      >
        {texts.use}
      </Switch>
      {slides.map(({ part, min, max }) => (
        <LevelSlide
          key={part}
          part={part}
          min={min}
          max={max}
          value={leveller[part]}
          isDisabled={isDisabled || !leveller.on}
          onSlide={(to) => controls.slideLeveller(id, { [part]: to })}
        />
      ))}
      <Switch
        part="duck"
        isOn={leveller.duck}
        isDisabled={isDisabled || !leveller.on}
        hint={texts.duckHint}
        onChange={(duck) => change({ duck })}
      >
        {texts.duck}
      </Switch>
      {refusal && (
        <p className="leveller-refusal" role="status">
          {refusal}
        </p>
      )}
      <Button
        icon="back"
        data-act="leveller-as-set"
        isPending={isPending}
        disabled={isDisabled || !leveller.differs}
        onClick={() => change(null)}
      >
        {texts.giveBack}
      </Button>
    </div>
  );
}

interface SwitchProps {
  part: string;
  isOn: boolean;
  isDisabled: boolean;
  hint: string;
  onChange: (isOn: boolean) => void;
  children: ReactNode;
}

function Switch({ part, isOn, isDisabled, hint, onChange, children }: SwitchProps) {
  const id = useId();
  return (
    <div className="leveller-switch" data-field={part}>
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        disabled={isDisabled}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => onChange(target.checked)}
      />
      <label htmlFor={id}>{children}</label>
      <small id={`${id}-hint`}>{hint}</small>
    </div>
  );
}

interface LevelSlideProps {
  part: Slide;
  min: number;
  max: number;
  value: number;
  isDisabled: boolean;
  onSlide: (to: number) => void;
}

/** While a finger is on it, what comes back from the server about an earlier place does not move it. */
function LevelSlide({ part, min, max, value, isDisabled, onSlide }: LevelSlideProps) {
  const texts = useTexts().leveller;
  const id = useId();
  const [held, setHeld] = useState<number | null>(null);
  const shown = held ?? value;
  const letGo = () => setHeld(null);
  return (
    <div className="leveller-slide" data-field={part}>
      <label htmlFor={id}>{texts.parts[part].label}</label>
      <output htmlFor={id}>{texts.parts[part].value(shown)}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={1}
        value={shown}
        disabled={isDisabled}
        aria-valuetext={texts.parts[part].value(shown)}
        onChange={({ target }) => {
          setHeld(Number(target.value));
          onSlide(Number(target.value));
        }}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onKeyUp={letGo}
        onBlur={letGo}
      />
    </div>
  );
}
