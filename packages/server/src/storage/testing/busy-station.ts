/** A process that does one operation after the other and prints each that has returned, for the test that kills it. */
import { writeSync } from 'node:fs';
import { createNumberPlan } from '../../numbers/number-plan.ts';
import { openDatabase } from '../database.ts';
import { openStores } from '../stores.ts';
import { doOperation } from './station-operations.ts';

const [path = '', firstText = '0'] = process.argv.slice(2);
const opened = openDatabase(path);
if (!opened.ok) throw new Error(opened.problem);
const stores = openStores(opened.database, {
  numbers: createNumberPlan(() => null),
  audioFolder: `${path}-audio`,
  onProblem: (problem) => {
    throw problem;
  },
});

for (let number = Number(firstText); ; number += 1) {
  doOperation(stores, number);
  // Straight into the pipe: what was printed, was done.
  writeSync(1, `${number}\n`);
}
