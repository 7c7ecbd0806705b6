// Mounts a meter's canvas; meter-painter draws it. `source` is what the meter feed calls the level.
import { useEffect, useRef } from 'react';
import { paintMeter } from './meter-painter.ts';

interface MeterProps {
  source: string;
  label: string;
  isHorizontal?: boolean;
}

export function Meter({ source, label, isHorizontal = false }: MeterProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () => (canvas.current ? paintMeter(canvas.current, source, isHorizontal) : undefined),
    [source, isHorizontal],
  );
  return (
    <canvas
      ref={canvas}
      className="meter"
      data-horizontal={isHorizontal || undefined}
      role="img"
      aria-label={label}
    />
  );
}
