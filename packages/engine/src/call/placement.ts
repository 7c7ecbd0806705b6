/**
 * The rules of places: a private pair is mutual, and a pair is parted only by naming both. Pure; used by call-table.ts
 * before anything is changed, so that a `legs.place` happens as a whole or not at all.
 */
import type { LegId, Place } from '../control/contract.ts';
import type { MediaPlace, PortId } from './media-plane.ts';

/** What the rules need to know of a leg. */
export interface PlacedLeg {
  readonly id: LegId;
  /** Where it is, or will go once it is answered. */
  readonly place: Place;
  readonly port: PortId | null;
  readonly isAnswered: boolean;
}

export type PlacementRefusal = { code: 'unknown_leg' | 'wrong_state' | 'bad_request'; msg: string };

export interface Placement {
  leg: LegId;
  place: Place;
}

/** What is wrong with the request, null when it may be done. */
export function refusePlacement(
  legs: ReadonlyMap<LegId, PlacedLeg>,
  places: readonly Placement[],
): PlacementRefusal | null {
  const after = new Map<LegId, Place>();
  for (const { leg, place } of places) {
    if (!legs.has(leg)) return { code: 'unknown_leg', msg: `no leg ${leg}` };
    if (after.has(leg)) return { code: 'bad_request', msg: `leg ${leg} is named twice` };
    after.set(leg, place);
  }
  for (const { leg, place } of places) {
    const refusal = refusePair(legs, after, leg, place) ?? refuseParting(legs, after, leg);
    if (refusal !== null) return refusal;
  }
  return null;
}

function refusePair(
  legs: ReadonlyMap<LegId, PlacedLeg>,
  after: ReadonlyMap<LegId, Place>,
  leg: LegId,
  place: Place,
): PlacementRefusal | null {
  if (place.kind !== 'private') return null;
  if (place.with === leg) return { code: 'bad_request', msg: `leg ${leg} cannot be private with itself` };
  const partner = legs.get(place.with);
  if (partner === undefined) return { code: 'unknown_leg', msg: `no leg ${place.with}` };
  const partnerPlace = after.get(place.with) ?? partner.place;
  if (partnerPlace.kind === 'private' && partnerPlace.with === leg) return null;
  return { code: 'bad_request', msg: `leg ${place.with} is not placed private with ${leg}` };
}

/** Whoever was private with the leg must be named too, unless it stays or was only waiting for it. */
function refuseParting(
  legs: ReadonlyMap<LegId, PlacedLeg>,
  after: ReadonlyMap<LegId, Place>,
  leg: LegId,
): PlacementRefusal | null {
  const now = legs.get(leg)?.place;
  if (now?.kind !== 'private') return null;
  const next = after.get(leg);
  if (next?.kind === 'private' && next.with === now.with) return null;
  const partner = legs.get(now.with);
  const isPair =
    partner?.isAnswered === true && partner.place.kind === 'private' && partner.place.with === leg;
  if (!isPair || after.has(now.with)) return null;
  return { code: 'bad_request', msg: `leg ${now.with} is private with ${leg} and must be placed too` };
}

/**
 * Where a leg's sound goes now. A leg that waits for its partner (not answered yet, or elsewhere) is in silence: it is
 * never heard by anybody else in between.
 */
export function mediaPlaceOf(legs: ReadonlyMap<LegId, PlacedLeg>, leg: PlacedLeg): MediaPlace {
  const { place } = leg;
  if (place.kind !== 'private') return place;
  const partner = legs.get(place.with);
  const isMutual =
    partner?.isAnswered === true && partner.place.kind === 'private' && partner.place.with === leg.id;
  return isMutual && partner.port !== null ? { kind: 'private', with: partner.port } : { kind: 'silence' };
}
