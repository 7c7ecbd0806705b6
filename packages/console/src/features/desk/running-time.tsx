// How long a channel has been in its mode, by the server's clock.
import { useDesk } from '../../connection/desk-context.ts';
import { durationText } from '../../ui/duration.ts';
import { useSecond } from '../../ui/second-ticker.ts';

export function RunningTime({ since }: { since: number }) {
  const offsetMs = useDesk((view) => view.clockOffsetMs);
  const second = useSecond();
  return (
    <span className="running-time" role="timer" aria-live="off">
      {durationText(second * 1000 + offsetMs - since)}
    </span>
  );
}
