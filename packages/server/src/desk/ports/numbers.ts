// How telephone numbers are completed: what somebody dials, and what a network gives of a caller, in one spelling, so
// that contacts, history and the rules of dialling meet the same number. Implemented in numbers/; pure.
export interface Numbers {
  /**
   * `+2203001234` of a number of the station's country or an international one, in any spelling; null for what is
   * neither: a short code, an extension, a SIP address, nothing.
   */
  toE164(text: string): string | null;
}
