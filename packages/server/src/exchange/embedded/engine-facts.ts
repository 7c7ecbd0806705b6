/** The engine's words (legs, origins, accounts) as the desk's (calls, owners, lines). Pure. */
import type {
  ControlErrorCode,
  EndCause,
  LegSnapshot,
  Place,
  PlayerState,
  Quality,
  Snapshot,
  TrunkState,
} from '@openline/engine';
import type {
  CallOwner,
  CallQuality,
  EndedBecause,
  ExchangeCall,
  ExchangeConfig,
  ExchangePlace,
  ExchangePlayer,
  ExchangeResult,
  ExchangeSnapshot,
  LineStatus,
} from '../../desk/ports/exchange.ts';
import { outputOf, ownerOf } from './engine-config.ts';

/** null: a leg that is none of ours. */
export function toCall(leg: LegSnapshot): ExchangeCall | null {
  const owner = ownerOf(leg.origin.ref);
  if (!owner) return null;
  return {
    call: leg.leg,
    owner,
    direction: leg.direction,
    state: leg.state,
    hasMedia: leg.hasMedia,
    isHeldByRemote: leg.isHeldByRemote,
    number: leg.direction === 'in' ? leg.remote.user : leg.called,
    displayName: leg.remote.displayName,
    place: toPlace(leg.place),
    whisper: leg.whisper,
    levels: leg.levels,
    offeredAt: leg.offeredAt,
    answeredAt: leg.answeredAt,
    recordings: leg.recordings,
    tag: leg.tag,
    ...(leg.origin.kind === 'browser' ? { isHeadset: true, isAway: leg.ice === 'away' } : {}),
  };
}

function toPlace(place: Place): ExchangePlace {
  // The desk never places a call on the program as transmitted; that is for monitor outputs.
  if (place.kind === 'program') return { kind: 'monitor' };
  if (place.kind !== 'ivr') return place;
  return { kind: 'ivr', step: place.step ?? 'question', prompt: place.prompt ?? null };
}

export function toSnapshot(snapshot: Snapshot, config: ExchangeConfig): ExchangeSnapshot {
  const reachable = snapshot.accounts
    .filter((account) => account.isRegistered)
    .map((account) => ownerOf(account.ref))
    .filter((owner): owner is CallOwner => owner !== null && owner.kind !== 'line');
  return {
    calls: snapshot.legs.map(toCall).filter((call): call is ExchangeCall => call !== null),
    program: snapshot.program,
    delay: snapshot.delay ?? { state: 'bypass', depthMs: 0, targetMs: 0, isSafe: false },
    players: snapshot.players.map(toPlayer),
    programRecordings: snapshot.recordings
      .filter((recording) => recording.source.kind === 'program')
      .map((recording) => recording.recording),
    reachable: config.studio ? [...reachable, { kind: 'host' }] : reachable,
    studio: snapshot.studio ?? null,
    outputs: (snapshot.outputs ?? []).flatMap(({ ref, ...condition }) => {
      const outputId = outputOf(ref);
      return outputId === null ? [] : [{ outputId, ...condition }];
    }),
    lines: config.lines.map((line) => {
      const trunk = snapshot.trunks.find((each) => each.ref === `line:${line.id}`);
      if (!line.register) return { lineId: line.id, status: 'up', error: null };
      return {
        lineId: line.id,
        status: trunk ? lineStatus(trunk) : 'registering',
        error: trunk?.error ?? null,
      };
    }),
  };
}

export function toPlayer({ player, startedAt, durationMs, tag }: PlayerState): ExchangePlayer {
  return { player, startedAt, durationMs, tag };
}

export function lineStatus(trunk: TrunkState): LineStatus {
  if (trunk.status === 'registered') return 'up';
  return trunk.status === 'failed' ? 'down' : 'registering';
}

export function toQuality(quality: Quality): CallQuality {
  const { codec, jitterMs, packetsReceived, packetsLost, framesConcealed, bufferMs, bufferMaxMs, mos } =
    quality;
  return { codec, jitterMs, packetsReceived, packetsLost, framesConcealed, bufferMs, bufferMaxMs, mos };
}

export function toEndedBecause(cause: EndCause): EndedBecause {
  return cause === 'engine_stopped' ? 'exchange_stopped' : cause;
}

export function toResult(
  result: { ok: true } | { ok: false; code: ControlErrorCode | 'closed'; msg: string },
): ExchangeResult {
  if (result.ok) return { ok: true };
  const codes: Partial<Record<ControlErrorCode | 'closed', 'gone' | 'wrong_state' | 'unreachable' | 'down'>> =
    {
      unknown_leg: 'gone',
      wrong_state: 'wrong_state',
      unreachable: 'unreachable',
      closed: 'down',
    };
  return { ok: false, code: codes[result.code] ?? 'failed', msg: result.msg };
}
