/** One thing that `openline doctor` has looked at, as it is printed. */
export interface Finding {
  what: string;
  isWell: boolean;
  /** What is wrong and what to do about it; printed when it is not well. */
  advice: string;
}
