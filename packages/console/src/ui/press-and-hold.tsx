// A button for what must not happen by a slip: it acts only when it was held down for the whole time, by pointer,
// Enter or Space. Letting go early does nothing; the fill shows how far it is.
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

export const HOLD_MS = 700;

interface PressAndHoldProps {
  /** Where the words on it do not say all. */
  label?: string;
  /** Of what it switches; left out where it only does something. */
  isPressed?: boolean;
  /** Landmark: `data-act`. */
  act?: string;
  isDisabled?: boolean;
  isPending?: boolean;
  className: string;
  onHeld: () => void;
  children: ReactNode;
}

export function PressAndHold(props: PressAndHoldProps) {
  const { label, isPressed, act, isDisabled = false, isPending, className, onHeld, children } = props;
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const [isHeld, setHeld] = useState(false);

  function release() {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHeld(false);
  }

  function press() {
    if (isDisabled || timer.current !== null) return;
    setHeld(true);
    timer.current = setTimeout(() => {
      release();
      onHeld();
    }, HOLD_MS);
  }

  useEffect(() => release, []);

  const isHoldKey = (event: KeyboardEvent) => event.key === 'Enter' || event.key === ' ';
  return (
    <button
      type="button"
      className={className}
      aria-label={label}
      aria-pressed={isPressed}
      data-act={act}
      aria-busy={isPending || undefined}
      disabled={isDisabled}
      data-held={isHeld || undefined}
      style={{ '--hold': `${HOLD_MS}ms` } as CSSProperties}
      onPointerDown={(event) => event.button === 0 && press()}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onKeyDown={(event) => {
        if (!isHoldKey(event)) return;
        event.preventDefault();
        if (!event.repeat) press();
      }}
      onKeyUp={release}
      onBlur={release}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span className="hold-fill" />
      {children}
    </button>
  );
}
