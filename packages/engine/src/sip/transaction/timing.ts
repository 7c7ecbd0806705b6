/**
 * Base times of RFC 3261 17.1.1.1 and table 4, in ms; every other timer is computed from them. RFC 6026 adds L and M.
 *
 *  timer  unreliable          reliable   what it is
 *  A      T1, doubling        -          INVITE sent again
 *  B      64*T1               64*T1      INVITE never answered
 *  C      > 3 min             > 3 min    ringing for ever (user-agent/outgoing-fork.ts)
 *  D      32 s                0          repeats of a final response are ACKed
 *  E      T1, doubling to T2  -          request sent again
 *  F      64*T1               64*T1      request never answered
 *  G      T1, doubling to T2  -          final response to INVITE sent again
 *  H      64*T1               64*T1      ACK never came
 *  I      T4                  0          repeats of the ACK are absorbed
 *  J      64*T1               0          repeats of the request are answered
 *  K      T4                  0          repeats of the response are absorbed
 *  L      64*T1               64*T1      repeats of an accepted INVITE are absorbed
 *  M      64*T1               64*T1      further 2xx go to the user
 */
export const T1_MS = 500;
export const T2_MS = 4000;
export const T4_MS = 5000;
export const TIMEOUT_MS = 64 * T1_MS;
export const TIMER_C_MS = 185_000;
export const TIMER_D_MS = 32_000;
