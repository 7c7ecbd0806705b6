// The fader's law in the words of the desk: whole decibels with a true minus sign, for the scale and for what a
// slider says aloud.
import { levelToDb } from '@openline/protocol';

export const UNITY_LEVEL = 75;
const LEAST_LEVEL = 1;
const MOST_LEVEL = 100;

export interface Decibels {
  sign: '+' | '−' | '';
  dB: number;
}

export function decibelsOfLevel(level: number): Decibels {
  const dB = Math.round(levelToDb(level));
  return { sign: dB === 0 ? '' : dB > 0 ? '+' : '−', dB: Math.abs(dB) };
}

/** The nearest level that the protocol allows. */
export function levelWithin(level: number): number {
  return Math.min(MOST_LEVEL, Math.max(LEAST_LEVEL, Math.round(level)));
}

/** Where a level stands on the fader: 0 at the bottom, 1 at the top. */
export function travelOfLevel(level: number): number {
  return (level - LEAST_LEVEL) / (MOST_LEVEL - LEAST_LEVEL);
}

/** How many levels a movement over a part of the whole travel is. */
export function levelsOfTravel(part: number): number {
  return part * (MOST_LEVEL - LEAST_LEVEL);
}
