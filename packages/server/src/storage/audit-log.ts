/** The audit log in SQLite: only ever added to. */
import type { DatabaseSync } from 'node:sqlite';
import type { AuditLog } from '../accounts/audit-log.ts';

export function createAuditLog(database: DatabaseSync): AuditLog {
  const add = database.prepare(
    'INSERT INTO audit (at, user_id, address, action, document) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    record: (entry) =>
      void add.run(entry.at, entry.userId, entry.address, entry.action, JSON.stringify(entry.details)),
  };
}
