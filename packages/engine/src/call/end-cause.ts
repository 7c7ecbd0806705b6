/** Why a leg ended, in the words of the control channel, from what SIP says of it. Pure; used by leg.ts. */
import type { ControlEvents, EndCause, LegSnapshot } from '../control/contract.ts';
import type { SessionEnd } from '../sip/agent.ts';

export interface LegEnd {
  cause: EndCause;
  by: ControlEvents['leg.ended']['by'];
  sipStatus: number | null;
}

export function legEndOf(end: SessionEnd, state: LegSnapshot['state']): LegEnd {
  const by = end.by === 'remote' ? 'remote' : 'engine';
  return { cause: causeOf(end, state), by, sipStatus: end.status };
}

function causeOf(end: SessionEnd, state: LegSnapshot['state']): EndCause {
  switch (end.how) {
    case 'bye':
      return 'normal';
    case 'cancel':
      return 'cancelled';
    case 'refused':
      return causeOfStatus(end.status ?? 500);
    case 'timeout':
      return state === 'ringing' ? 'no_answer' : 'unreachable';
    case 'session_timer':
      return 'session_expired';
    case 'unreachable':
      return 'unreachable';
    case 'no_ack':
    case 'error':
      return 'protocol_error';
  }
}

const CAUSES: ReadonlyMap<number, EndCause> = new Map([
  [401, 'rejected'],
  [403, 'rejected'],
  [404, 'not_found'],
  [407, 'rejected'],
  [408, 'no_answer'],
  [410, 'not_found'],
  [415, 'media_error'],
  [480, 'no_answer'],
  [484, 'not_found'],
  [486, 'busy'],
  [487, 'cancelled'],
  [488, 'media_error'],
  [600, 'busy'],
  [603, 'rejected'],
  [604, 'not_found'],
  [606, 'media_error'],
]);

/** A final refusal of our INVITE (RFC 3261 21.4 to 21.6). */
function causeOfStatus(status: number): EndCause {
  const known = CAUSES.get(status);
  if (known !== undefined) return known;
  // A redirection is not followed: it would dial what the station's rules for dialling never saw.
  if (status >= 600 || status < 400) return 'rejected';
  return status >= 500 ? 'unreachable' : 'protocol_error';
}
