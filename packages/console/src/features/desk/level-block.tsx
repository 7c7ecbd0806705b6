// Meter, fader and its value, side by side as on a desk: of a caller, the studio or the program.
import { useTexts } from '../../i18n/texts.ts';
import { Fader } from '../../ui/fader.tsx';
import { decibelsOfLevel } from '../../ui/level.ts';
import { Meter } from '../../ui/meter.tsx';

interface LevelBlockProps {
  source: string;
  level: number;
  label: string;
  meterLabel: string;
  isHorizontal?: boolean;
  isDisabled: boolean;
  onLevel: (level: number) => void;
}

export function LevelBlock(props: LevelBlockProps) {
  const { source, level, label, meterLabel, isHorizontal = false, isDisabled, onLevel } = props;
  const texts = useTexts();
  return (
    <div className="level-block" data-horizontal={isHorizontal || undefined}>
      <Meter source={source} label={meterLabel} isHorizontal={isHorizontal} />
      <Fader
        label={label}
        level={level}
        isHorizontal={isHorizontal}
        isDisabled={isDisabled}
        onLevel={onLevel}
      />
      <span className="level-value" aria-hidden="true">
        {texts.decibels(decibelsOfLevel(level))}
      </span>
    </div>
  );
}
