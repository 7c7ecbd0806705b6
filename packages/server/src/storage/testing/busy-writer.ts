/**
 * A process that writes call records and strips as fast as it can, and prints what each save returned from: for the
 * crash test, which kills it at any moment.
 */
import { writeSync } from 'node:fs';
import type { CallRecord } from '../../desk/ports/store.ts';
import { openDatabase } from '../database.ts';
import { createNumberPlan } from '../../numbers/number-plan.ts';
import { openStores } from '../stores.ts';

const [path = '', firstText = '0'] = process.argv.slice(2);
const opened = openDatabase(path);
if (!opened.ok) throw new Error(opened.problem);
const { desk: store } = openStores(opened.database, {
  numbers: createNumberPlan(() => null),
  audioFolder: path,
  onProblem: () => undefined,
});

for (let count = Number(firstText); ; count += 1) {
  const record: CallRecord = {
    id: `call-${count}`,
    type: 'call',
    openedAt: count,
    channelId: 'studio-1',
    lineId: 'studio',
    direction: 'in',
    number: '+220',
    name: null,
    answeredAt: null,
    endedAt: null,
    point: null,
    screening: null,
    seenAt: count,
    cause: null,
    modes: [],
    onAirMs: 0,
    onAirSince: null,
    recordings: [
      { id: `recording-${count}`, kind: 'channel', startedAt: count, durationMs: null, error: null },
    ],
    quality: null,
    tags: [],
  };
  store.saveCall(record);
  store.saveStrip('studio-1', { count });
  // Straight into the pipe: what was printed, was saved.
  writeSync(1, `${count}\n`);
}
