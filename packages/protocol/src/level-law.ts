// The law of every fader: from the 1-100 of the protocol to decibels, and back for a scale. Used by the desk
// (what the exchange is told) and the console (what a slider says aloud). 75 is unity.

const UNITY_LEVEL = 75;
const DB_PER_STEP = 0.4;
const KNEE_LEVEL = 50;
const KNEE_DB = (KNEE_LEVEL - UNITY_LEVEL) * DB_PER_STEP;
const FLOOR_LEVEL = 1;
const FLOOR_DB = -60;

/** Level 1-100 to dB: 0.4 dB a step from 50 up (75 = 0 dB, 100 = +10 dB), below a straight line to -60 dB at 1. */
export function levelToDb(level: number): number {
  if (level >= KNEE_LEVEL) return (level - UNITY_LEVEL) * DB_PER_STEP;
  const steps = KNEE_LEVEL - FLOOR_LEVEL;
  return FLOOR_DB + ((Math.max(level, FLOOR_LEVEL) - FLOOR_LEVEL) / steps) * (KNEE_DB - FLOOR_DB);
}

/** The inverse of `levelToDb`, held within 1-100. */
export function dbToLevel(db: number): number {
  const level =
    db >= KNEE_DB
      ? UNITY_LEVEL + db / DB_PER_STEP
      : FLOOR_LEVEL + ((db - FLOOR_DB) / (KNEE_DB - FLOOR_DB)) * (KNEE_LEVEL - FLOOR_LEVEL);
  return Math.min(100, Math.max(FLOOR_LEVEL, level));
}
