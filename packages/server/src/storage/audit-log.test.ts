import { expect, test } from 'vitest';
import { createAuditLog } from './audit-log.ts';
import { openDatabase } from './database.ts';

function openLog() {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  const problems: unknown[] = [];
  const log = createAuditLog(opened.database, (problem) => problems.push(problem));
  const write = (action: string) =>
    log.record({ at: 1, userId: 'anna', address: null, action, details: { key: 'studio-1' } });
  return { log, write, problems, database: opened.database };
}

test('the newest come first, page by page', () => {
  const { log, write } = openLog();
  for (const action of ['a', 'b', 'c']) write(action);
  const first = log.list(null, 2);
  expect(first.map((entry) => entry.action)).toEqual(['c', 'b']);
  expect(log.list(first.at(-1)?.id ?? null, 2)).toEqual([
    { id: 1, at: 1, userId: 'anna', address: null, action: 'a', details: { key: 'studio-1' } },
  ]);
});

test('a log that cannot be written stops nobody, and is told', () => {
  const { write, problems, database } = openLog();
  database.exec('DROP TABLE audit');
  expect(() => write('a')).not.toThrow();
  expect(problems).toHaveLength(1);
});
