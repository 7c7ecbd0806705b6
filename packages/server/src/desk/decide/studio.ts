// The studio desk by a sound device or RTP: how its feed and its return are, as the exchange reports it. What fails raises an
// alarm, because the presenter is not on air then; it is over when it runs again, or is taken out of the settings.
import type { StudioCondition, StudioReport } from '../ports/exchange.ts';
import type { Turn } from '../turn.ts';

export function takeStudio(turn: Turn, studio: StudioReport | null): void {
  turn.model.host.studio = studio;
  raise(turn, 'host_feed', 'Studio desk', studio?.input ?? null);
  raise(turn, 'host_return', 'Return to the studio desk', studio?.return ?? null);
}

/** The exchange is gone, and both with it; its own alarm says so. */
export function loseStudio(turn: Turn): void {
  takeStudio(turn, null);
}

function raise({ model }: Turn, alarm: string, label: string, condition: StudioCondition | null): void {
  if (condition?.state === 'failed') model.alarms[alarm] = `${label}: ${condition.error ?? 'it failed'}`;
  else if (condition?.state !== 'starting') delete model.alarms[alarm];
}
