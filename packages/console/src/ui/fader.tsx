// A mixer's fader as an ARIA slider. Dragging is relative, as on a desk: touching the slot never makes the level
// jump. Wheel and arrow keys step by one level (0.4 dB), Page keys by ten; a double-click or `0`
// goes to unity. While a finger is on it, what others do to the same fader is not drawn.
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useTexts } from '../i18n/texts.ts';
import { decibelsOfLevel, levelsOfTravel, levelWithin, travelOfLevel, UNITY_LEVEL } from './level.ts';

interface FaderProps {
  label: string;
  level: number;
  isHorizontal?: boolean;
  isDisabled?: boolean;
  onLevel: (level: number) => void;
}

interface Drag {
  from: number;
  level: number;
}

const FINE = 0.25;
const keySteps: Record<string, number> = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 10,
  PageDown: -10,
};

export function Fader({ label, level, isHorizontal = false, isDisabled = false, onLevel }: FaderProps) {
  const texts = useTexts();
  const root = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const shown = held ?? level;

  function ask(wanted: number) {
    const next = levelWithin(wanted);
    if (next !== levelWithin(shown)) onLevel(next);
    return next;
  }

  useWheel(root, (steps) => {
    if (!isDisabled) ask(shown + steps);
  });

  function placeOf(event: PointerEvent): number {
    return isHorizontal ? event.clientX : -event.clientY;
  }

  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    if (isDisabled || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { from: placeOf(event), level: shown };
    setHeld(shown);
  }

  function onPointerMove(event: PointerEvent<HTMLDivElement>) {
    if (!drag.current) return;
    const box = event.currentTarget.getBoundingClientRect();
    const travelPx = (isHorizontal ? box.width : box.height) - CAP_PX;
    const part = ((placeOf(event) - drag.current.from) / travelPx) * (event.shiftKey ? FINE : 1);
    // The finger goes on from where it is, so that leaving the end of the travel does not make it lag.
    const exact = Math.min(100, Math.max(1, drag.current.level + levelsOfTravel(part)));
    drag.current = { from: placeOf(event), level: exact };
    setHeld(ask(exact));
  }

  function endDrag() {
    drag.current = null;
    setHeld(null);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isDisabled || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = keySteps[event.key];
    const target =
      step !== undefined
        ? shown + step
        : event.key === 'Home'
          ? 1
          : event.key === 'End'
            ? 100
            : event.key === '0'
              ? UNITY_LEVEL
              : null;
    if (target === null) return;
    event.preventDefault();
    event.stopPropagation();
    ask(target);
  }

  const decibels = decibelsOfLevel(shown);
  return (
    <div
      ref={root}
      className="fader"
      role="slider"
      tabIndex={isDisabled ? -1 : 0}
      aria-label={label}
      aria-orientation={isHorizontal ? 'horizontal' : 'vertical'}
      aria-valuemin={1}
      aria-valuemax={100}
      aria-valuenow={levelWithin(shown)}
      aria-valuetext={texts.decibelsInWords(decibels)}
      aria-disabled={isDisabled || undefined}
      data-held={held !== null || undefined}
      style={{ '--at': travelOfLevel(shown), '--unity': travelOfLevel(UNITY_LEVEL) } as CSSProperties}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={endDrag}
      onPointerCancel={endDrag}
      onDoubleClick={() => !isDisabled && ask(UNITY_LEVEL)}
      onKeyDown={onKeyDown}
    >
      <span className="fader-slot" />
      <span className="fader-unity" />
      <span className="fader-cap" />
    </div>
  );
}

/** Length of the cap along the travel, as in controls.css. */
const CAP_PX = 28;

/** React's own wheel listener is passive; the page must not scroll under the fader. */
function useWheel(root: React.RefObject<HTMLDivElement | null>, onSteps: (steps: number) => void) {
  const latest = useRef(onSteps);
  useEffect(() => {
    latest.current = onSteps;
  });
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(event.deltaY < 0 ? 1 : -1);
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [root]);
}
