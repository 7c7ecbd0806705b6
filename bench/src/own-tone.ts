/**
 * The first audio figure of all: every caller says a tone of its own, and nobody hears their own. Through G.711 both ways,
 * whose noise limits what can be shown (about 65 dB in eight seconds). The loops have lengths of their own: were the sum periodic,
 * all of that noise would lie on few frequencies, the tones among them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createPhone, type Source } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';

interface Tone {
  hz: number;
  source: Source;
}

const LEVEL_DB = -26;
const WINDOW_MS = 8000;
const WINDOWS = 3;

const TONES: readonly Tone[] = [
  loopingTone(307, 47),
  loopingTone(419, 53),
  loopingTone(563, 59),
  loopingTone(743, 61),
  loopingTone(977, 67),
  loopingTone(1279, 71),
  loopingTone(1663, 73),
  loopingTone(2179, 79),
];

export const OWN_TONE_CALLERS = TONES.length;

export interface OwnToneFigures {
  /** Of the caller that hears most of itself: own level − the quietest of the others, dB. The median of three windows. */
  ownBelowOthersDb: number;
  /** Widest difference of two others' levels at one caller, dB. */
  othersSpreadDb: number;
}

/** The nearest frequency that closes a loop of so many 20 ms frames without a step. */
function loopingTone(nearHz: number, frames: number): Tone {
  const seconds = frames / 50;
  const hz = Math.round(nearHz * seconds) / seconds;
  const amplitude = 10 ** (LEVEL_DB / 20);
  const render = (rate: number) =>
    Float32Array.from(
      { length: seconds * rate },
      (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rate),
    );
  return { hz, source: { name: `looping-tone-${nearHz}-${frames}`, render } };
}

export async function measureOwnTone(target: string, settleMs: number): Promise<OwnToneFigures> {
  const phone = await createPhone();
  try {
    const calls = [];
    for (const { source } of TONES) {
      const call = await phone.call(target, {
        codec: 'PCMU',
        source,
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
    const levels = TONES.map(({ hz }) => toneLevelDb(samples, 8000, hz));
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
