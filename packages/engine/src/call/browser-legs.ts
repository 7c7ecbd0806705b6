/**
 * Legs of browsers by way of the control channel (WebRTC without SIP): their first offer makes the leg, further ones
 * change it. Used by call-commands.ts. Main thread.
 */
import type { ControlCommands, LegId } from '../control/contract.ts';
import type { Outcome } from '../control/control-server.ts';
import { BrowserPeer } from '../webrtc/browser-peer.ts';
import type { PeerAnswerResult } from '../webrtc/browser-peer.ts';
import type { CallTable } from './call-table.ts';
import type { Leg } from './leg.ts';
import { refused, unknown } from './refusals.ts';

type AnswerOutcome = Outcome<{ answer: string }>;

export async function connectBrowser(
  table: CallTable,
  data: ControlCommands['leg.connect']['data'],
  find: (id: LegId) => Leg | null,
): Promise<AnswerOutcome> {
  const { leg: id, offer, place } = data;
  if (table.legs.has(id)) return refused('leg_exists', `there is a leg ${id}`);
  if (place.kind === 'private' && find(place.with) === null) return unknown(place.with);
  const acceptable = BrowserPeer.check(offer);
  if (!acceptable.ok) return refused('bad_offer', acceptable.reason);
  const leg = table.addBrowser(data);
  try {
    if (!(await leg.openPeer(true))) return unknown(id);
  } catch (error) {
    leg.finish({ cause: 'media_error', by: 'engine', sipStatus: null });
    return refused('no_ports', error instanceof Error ? error.message : 'no media port');
  }
  table.registerPort(leg);
  const outcome = outcomeOf(id, await leg.connect(offer));
  if (!outcome.ok) leg.finish({ cause: 'media_error', by: 'engine', sipStatus: null });
  return outcome;
}

export async function reofferBrowser(leg: Leg | null, id: LegId, offer: string): Promise<AnswerOutcome> {
  if (leg === null) return unknown(id);
  if (leg.origin.kind !== 'browser') return refused('wrong_state', `leg ${id} is no browser's`);
  return outcomeOf(id, await leg.connect(offer));
}

/** Null: the leg has ended meanwhile. */
function outcomeOf(id: LegId, answer: PeerAnswerResult | null): AnswerOutcome {
  if (answer === null) return unknown(id);
  return answer.ok ? { ok: true, data: { answer: answer.sdp } } : refused(answer.code, answer.reason);
}
