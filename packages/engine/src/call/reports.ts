/**
 * Meters at 15 Hz and a clock report every second, for the control clients that asked for them, and the broadcast delay for
 * all of them when it has changed. No meter is read from the media thread while nobody looks. Made by main.ts. Main thread.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ControlEvents } from '../control/contract.ts';
import type { CallTable } from './call-table.ts';
import type { Leg } from './leg.ts';

export interface ReportsOptions {
  table: CallTable;
  hasMeterClients(): boolean;
  emit<E extends 'meters' | 'clock' | 'program.delay'>(event: E, data: ControlEvents[E]): void;
}

const METERS_EVERY_MS = 66;
const CLOCK_EVERY_MS = 1_000;
const DELAY_EVERY_MS = 250;

/** Returns what ends it. */
export function startReports(options: ReportsOptions): () => void {
  const { table } = options;
  const meters = setInterval(() => {
    if (options.hasMeterClients()) options.emit('meters', readMeters(table));
  }, METERS_EVERY_MS);
  const clock = setInterval(() => {
    // Read in any case: a report covers the time since the last one.
    const report = table.media.clock();
    if (options.hasMeterClients()) options.emit('clock', report);
  }, CLOCK_EVERY_MS);
  let toldDelay = table.delay();
  const delay = setInterval(() => {
    const present = table.delay();
    if (isDeepStrictEqual(present, toldDelay)) return;
    toldDelay = present;
    options.emit('program.delay', present);
  }, DELAY_EVERY_MS);
  return () => {
    clearInterval(delay);
    clearInterval(meters);
    clearInterval(clock);
  };
}

function readMeters(table: CallTable): ControlEvents['meters'] {
  const metered = [...table.legs.values()].filter(
    (leg): leg is Leg & { port: number } => leg.isAnswered && leg.port !== null,
  );
  const played = table.players.slots();
  const { ports, program, air, players } = table.media.meters(
    metered.map(({ port }) => port),
    played.map(({ slot }) => slot),
  );
  const legs = Object.fromEntries(
    metered.flatMap(({ id }, index) => {
      const meter = ports[index];
      return meter === undefined ? [] : [[id, { in: meter.in, out: meter.out }] as const];
    }),
  );
  const byPlayer = Object.fromEntries(
    played.flatMap(({ player }, index) => {
      const meter = players[index];
      return meter === undefined ? [] : [[player, meter] as const];
    }),
  );
  return { legs, players: byPlayer, program, air };
}
