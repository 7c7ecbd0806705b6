/** The clock port: the desk reads the time once per input and decides with that. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
}
