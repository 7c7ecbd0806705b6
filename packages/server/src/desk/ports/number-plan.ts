import type { Numbers } from './numbers.ts';

/** The number plan port: which spellings of a number are the same. Implemented in numbers/, by the station's country. */
export interface NumberPlan extends Numbers {
  /** E.164 where it is a number that can be, else the number as it is without its punctuation; '' stays ''. */
  idOf(number: string): string;
  /** Digits under which people look for it: international, and national without and with its leading zero. */
  spellings(number: string): string[];
}
