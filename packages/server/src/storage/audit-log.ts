/**
 * The audit log in SQLite: only ever added to. What cannot be written (a full disk) is told to `onProblem` and stops
 * nobody: what is to be audited has been done by then.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { AuditLog } from '../accounts/audit-log.ts';

export function createAuditLog(database: DatabaseSync, onProblem: (problem: unknown) => void): AuditLog {
  const add = database.prepare(
    'INSERT INTO audit (at, user_id, address, action, document) VALUES (?, ?, ?, ?, ?)',
  );
  const forget = database.prepare(
    `UPDATE audit SET document = '{"erased":true}' WHERE instr(document, ?) > 0`,
  );
  const newest = database.prepare('SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?');
  return {
    record({ at, userId, address, action, details }) {
      try {
        add.run(at, userId, address, action, JSON.stringify(details));
      } catch (problem) {
        onProblem(problem);
      }
    },
    forget: (text) => void forget.run(text),
    list: (before, limit) =>
      newest.all(before ?? Number.MAX_SAFE_INTEGER, limit).map((row) => ({
        id: Number(row['id']),
        at: Number(row['at']),
        userId: row['user_id'] === null ? null : String(row['user_id']),
        address: row['address'] === null ? null : String(row['address']),
        action: String(row['action']),
        details: JSON.parse(String(row['document'])),
      })),
  };
}
