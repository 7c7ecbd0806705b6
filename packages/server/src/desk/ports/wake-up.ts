/** The wake-up port: what waits for a time says which. Implemented by sms/timed-wake-up, and by hand in tests. */
export interface WakeUp {
  /** Replaces the former time; null: none. Epoch ms; one in the past is at once, but not before this returns. */
  set(at: number | null): void;
}
