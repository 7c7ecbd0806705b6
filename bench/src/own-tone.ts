/**
 * The first audio figure of all: every caller says a tone of its own, and nobody hears their own. Through G.711 both ways,
 * whose noise limits what can be shown (about 70 dB in five seconds).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createPhone, tone } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';

/** Primes: no tone lies on another's harmonic, nor on a sum or difference of few. */
const TONES_HZ = [307, 419, 563, 743, 977, 1279, 1663, 2179];
const LEVEL_DB = -26;
const WINDOW_MS = 5000;
const WINDOWS = 3;

export const OWN_TONE_CALLERS = TONES_HZ.length;

export interface OwnToneFigures {
  /** Of the caller that hears most of itself: own level − the quietest of the others, dB. The median of three windows. */
  ownBelowOthersDb: number;
  /** Widest difference of two others' levels at one caller, dB. */
  othersSpreadDb: number;
}

export async function measureOwnTone(target: string, settleMs: number): Promise<OwnToneFigures> {
  const phone = await createPhone();
  try {
    const calls = [];
    for (const hz of TONES_HZ) {
      const call = await phone.call(target, {
        codec: 'PCMU',
        source: tone(hz, LEVEL_DB),
        keepMs: WINDOW_MS * (WINDOWS + 1),
      });
      calls.push(call);
      await call.whenAnswered();
    }
    await pause(settleMs);
    const windows: OwnToneFigures[] = [];
    for (let window = 0; window < WINDOWS; window++) {
      await pause(WINDOW_MS);
      windows.push(worstOf(calls.map((call) => call.rtp.hearing.last(WINDOW_MS).samples)));
    }
    for (const call of calls) call.hangUp();
    windows.sort((a, b) => a.ownBelowOthersDb - b.ownBelowOthersDb);
    return windows[(WINDOWS - 1) / 2] ?? { ownBelowOthersDb: Number.NaN, othersSpreadDb: Number.NaN };
  } finally {
    await phone.close();
  }
}

function worstOf(heard: readonly Float32Array[]): OwnToneFigures {
  const figures = heard.map((samples, caller) => {
    const levels = TONES_HZ.map((hz) => toneLevelDb(samples, 8000, hz));
    const others = levels.filter((_, other) => other !== caller);
    return {
      own: (levels[caller] ?? 0) - Math.min(...others),
      spread: Math.max(...others) - Math.min(...others),
    };
  });
  return {
    ownBelowOthersDb: Math.max(...figures.map(({ own }) => own)),
    othersSpreadDb: Math.max(...figures.map(({ spread }) => spread)),
  };
}
