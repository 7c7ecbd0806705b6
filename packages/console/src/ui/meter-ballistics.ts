// How a meter moves, apart from how it is drawn: it jumps up at once, falls as the engine reports, and keeps the
// highest peak standing for a while. Pure; the painter calls `advance` with the time of the frame.
export const FLOOR_DBFS = -60;
const PEAK_HOLD_MS = 1500;
const PEAK_FALL_DB_PER_S = 24;
/** Without news for this long a meter falls to silence, so that a lost connection does not freeze a level. */
const STALE_MS = 500;

export interface MeterState {
  peakDbfs: number;
  rmsDbfs: number;
  heldDbfs: number;
  heldSince: number;
  fedAt: number;
}

export function restingMeter(): MeterState {
  return { peakDbfs: FLOOR_DBFS, rmsDbfs: FLOOR_DBFS, heldDbfs: FLOOR_DBFS, heldSince: 0, fedAt: 0 };
}

export function feed(meter: MeterState, peakDbfs: number, rmsDbfs: number, nowMs: number): void {
  meter.peakDbfs = Math.max(FLOOR_DBFS, peakDbfs);
  meter.rmsDbfs = Math.max(FLOOR_DBFS, rmsDbfs);
  meter.fedAt = nowMs;
  if (meter.peakDbfs >= meter.heldDbfs) {
    meter.heldDbfs = meter.peakDbfs;
    meter.heldSince = nowMs;
  }
}

/** Moves the meter on by the time since the last frame; says whether it is at rest and needs no more frames. */
export function advance(meter: MeterState, nowMs: number, sinceMs: number): boolean {
  if (nowMs - meter.fedAt > STALE_MS) {
    meter.peakDbfs = Math.max(FLOOR_DBFS, meter.peakDbfs - (PEAK_FALL_DB_PER_S * sinceMs) / 1000);
    meter.rmsDbfs = Math.max(FLOOR_DBFS, meter.rmsDbfs - (PEAK_FALL_DB_PER_S * sinceMs) / 1000);
  }
  if (nowMs - meter.heldSince > PEAK_HOLD_MS) {
    const fallen = meter.heldDbfs - (PEAK_FALL_DB_PER_S * sinceMs) / 1000;
    meter.heldDbfs = Math.max(meter.peakDbfs, FLOOR_DBFS, fallen);
  }
  return meter.heldDbfs <= FLOOR_DBFS && meter.rmsDbfs <= FLOOR_DBFS;
}
