/**
 * What each command of the control channel does to the calls. The data is checked already (command-schemas.ts); what is
 * refused here is refused by the state of the calls, and then nothing has changed. Made by main.ts. Main thread.
 */
import type { ControlCommands, LegId } from '../control/contract.ts';
import type { CommandHandlers, Outcome } from '../control/control-server.ts';
import type { CallTable } from './call-table.ts';
import type { Leg } from './leg.ts';
import { connectBrowser, reofferBrowser } from './browser-legs.ts';
import { refused, unknown } from './refusals.ts';
import { refusePlacement } from './placement.ts';

const DONE = { ok: true, data: null } as const;

export function createCommandHandlers(table: CallTable): CommandHandlers {
  /** The leg while it can be commanded: an ending one is gone already. */
  const find = (id: LegId): Leg | null => {
    const leg = table.legs.get(id);
    return leg === undefined || leg.isEnding || leg.state === 'opening' ? null : leg;
  };

  return {
    'engine.configure'({ config }) {
      table.configure(config);
      return DONE;
    },

    'leg.answer'({ leg: id, place, levels }) {
      const leg = find(id);
      if (leg === null) return unknown(id);
      if (!leg.canBeAnswered) return refused('wrong_state', `leg ${id} is not waiting for an answer`);
      if (place.kind === 'private' && (place.with === id || find(place.with) === null)) {
        return unknown(place.with);
      }
      leg.place = place;
      setLevels(table, leg, levels ?? {});
      leg.answer();
      return DONE;
    },

    'leg.reject'({ leg: id, status, reason }) {
      const leg = find(id);
      if (leg === null) return unknown(id);
      if (!leg.canBeAnswered) return refused('wrong_state', `leg ${id} is not waiting for an answer`);
      leg.reject(status, reason);
      return DONE;
    },

    'leg.dial': (data) => dial(table, data, find),

    'leg.connect': (data) => connectBrowser(table, data, find),

    'leg.reoffer': ({ leg, offer }) => reofferBrowser(find(leg), leg, offer),

    'leg.candidate'({ leg: id, candidate }) {
      const leg = find(id);
      if (leg === null) return unknown(id);
      leg.addCandidate(candidate);
      return DONE;
    },

    'leg.hangup'({ leg: id }) {
      const leg = find(id);
      if (leg === null) return unknown(id);
      const cause = leg.isAnswered ? 'normal' : leg.direction === 'in' ? 'rejected' : 'cancelled';
      leg.hangUp({ cause, by: 'server', sipStatus: null });
      return DONE;
    },

    async 'legs.place'({ places }) {
      const legs = new Map([...table.legs].filter(([id]) => find(id) !== null));
      const refusal = refusePlacement(legs, places);
      if (refusal !== null) return { ok: false, ...refusal };
      const waiting = places.find(({ leg }) => legs.get(leg)?.canBeAnswered === true);
      if (waiting !== undefined) return refused('wrong_state', `leg ${waiting.leg} is not answered`);
      const moved = places.flatMap(({ leg: id, place }) => {
        const leg = legs.get(id);
        if (leg === undefined) return [];
        leg.place = place;
        leg.isInPlace = false;
        if (place.kind !== 'air') table.endWhispersOf(leg);
        return [leg];
      });
      await table.settle(moved);
      return DONE;
    },

    async 'leg.whisper'({ leg: id, to }) {
      const leg = find(id);
      if (leg === null) return unknown(id);
      const listener = to === null ? null : find(to);
      if (to !== null && listener === null) return unknown(to);
      const areOnAir = [leg, listener].every((one) => one === null || isOnAir(one));
      if (to === id || (to !== null && !areOnAir)) {
        return refused('wrong_state', 'a whisper is between two legs on air');
      }
      await table.whisper(leg, listener);
      return DONE;
    },

    'listener.connect': ({ offer }) => table.outputs.browsers.connect(offer),

    'listener.close'({ listener }) {
      const isThere = table.outputs.browsers.close(listener);
      return isThere ? DONE : refused('unknown_listener', `nobody listens as ${listener}`);
    },

    'leg.levels'({ leg: id, levels }) {
      const leg = find(id);
      if (leg === null) return unknown(id);
      setLevels(table, leg, levels);
      return DONE;
    },

    'leg.tag'({ leg: id, tag }) {
      const leg = find(id);
      if (leg === null) return unknown(id);
      leg.tag = tag;
      return DONE;
    },

    'program.set'(program) {
      table.setProgram(program);
      return DONE;
    },

    'program.delay'({ targetMs }) {
      table.setDelay(targetMs);
      return DONE;
    },

    async 'program.dump'({ dumpMs, recording }) {
      const dumpedMs = await table.dump(recording, dumpMs);
      if (dumpedMs === 0) return refused('wrong_state', 'nothing is delayed');
      return { ok: true, data: { dumpedMs } };
    },

    'record.start'({ recording, source, ivr }) {
      if (source.kind === 'program') {
        if (ivr !== undefined) return refused('bad_request', 'the program is never in ivr');
        return table.recordings.start(recording, source, null);
      }
      const leg = find(source.leg);
      if (leg === null || leg.port === null) return unknown(source.leg);
      return table.recordings.start(recording, source, leg.port, ivr);
    },

    'player.start'(data) {
      if (data.to.kind === 'air') return table.players.start(data, null);
      const leg = find(data.to.leg);
      if (leg === null || leg.port === null) return unknown(data.to.leg);
      return table.players.start(data, leg.port);
    },

    'player.level': ({ player, levelDb }) => table.players.level(player, levelDb),

    'player.stop': ({ player }) => table.players.stop(player),

    'record.stop': ({ recording }) => table.recordings.stop(recording),

    async 'message.send'(message) {
      return { ok: true, data: { status: await table.messages.send(message) } };
    },

    'message.answer'({ message, status }) {
      return table.messages.answer(message, status) ? DONE : refused('failed', `nobody waits for ${message}`);
    },
  };
}

async function dial(
  table: CallTable,
  data: ControlCommands['leg.dial']['data'],
  find: (id: LegId) => Leg | null,
): Promise<Outcome<null>> {
  const { leg: id, target, from, place } = data;
  if (table.legs.has(id)) return refused('leg_exists', `there is a leg ${id}`);
  if (place.kind === 'private' && find(place.with) === null) return unknown(place.with);
  if (target.kind === 'studio') return await dialStudio(table, data);
  const isAccount = target.kind === 'account' || target.kind === 'account-number';
  if (isAccount && !table.agent.isRegistered(target.username)) {
    return refused('unreachable', 'nothing is registered with this account');
  }
  const leg = table.addOutgoing(data);
  try {
    // Hung up again before it was dialled: `leg.ended` tells.
    if (!(await leg.open())) return DONE;
  } catch (error) {
    leg.isReported = false;
    leg.finish({ cause: 'media_error', by: 'engine', sipStatus: null });
    return refused('no_ports', error instanceof Error ? error.message : 'no media port');
  }
  table.registerPort(leg);
  const session = table.agent.invite(
    {
      target,
      from,
      offer: (address, isSecured) => leg.offer(address, isSecured),
      offerToBrowser: () => leg.offerToBrowser(),
    },
    leg,
  );
  leg.dialled(session, table.settings.dialTimeoutMs);
  return DONE;
}

/** The studio's feed picks up at once. */
async function dialStudio(
  table: CallTable,
  data: ControlCommands['leg.dial']['data'],
): Promise<Outcome<null>> {
  if (!table.studio.isSet) return refused('unreachable', 'no studio feed is set');
  const leg = table.addOutgoing(data);
  try {
    if (!(await table.studio.connect(leg))) return DONE;
  } catch (error) {
    leg.isReported = false;
    leg.finish({ cause: 'media_error', by: 'engine', sipStatus: null });
    return refused('no_ports', error instanceof Error ? error.message : 'no media port');
  }
  table.registerPort(leg);
  leg.startFeed();
  table.studio.attach(leg);
  return DONE;
}

function setLevels(table: CallTable, leg: Leg, levels: Partial<Leg['levels']>): void {
  leg.levels = { ...leg.levels, ...levels };
  if (leg.port !== null) table.media.levels(leg.port, levels);
}

function isOnAir(leg: Leg): boolean {
  return leg.isAnswered && leg.place.kind === 'air';
}
