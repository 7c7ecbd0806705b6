/** The settings document and the users' password hashes in SQLite. */
import type { DatabaseSync } from 'node:sqlite';
import type { SettingsStore } from '../settings/settings-store.ts';
import { transaction } from './database.ts';

export function createSettingsStore(database: DatabaseSync, now: () => number): SettingsStore {
  const read = database.prepare('SELECT document FROM settings WHERE id = 1');
  const write = database.prepare(
    `INSERT INTO settings (id, document, changed_at) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at`,
  );
  const readHash = database.prepare('SELECT hash FROM passwords WHERE user_id = ?');
  const writeHash = database.prepare(
    `INSERT INTO passwords (user_id, hash, changed_at) VALUES (?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`,
  );
  const removeHash = database.prepare('DELETE FROM passwords WHERE user_id = ?');
  const endSessions = database.prepare('DELETE FROM sessions WHERE user_id = ? AND token_hash IS NOT ?');

  return {
    readDocument() {
      const row = read.get();
      return row ? JSON.parse(String(row['document'])) : null;
    },
    passwordHash(userId) {
      const row = readHash.get(userId);
      return row ? String(row['hash']) : null;
    },
    save(document, hashes, keepSession) {
      transaction(database, () => {
        write.run(JSON.stringify(document), now());
        for (const [userId, hash] of hashes) {
          endSessions.run(userId, hash === null ? null : (keepSession ?? null));
          if (hash === null) removeHash.run(userId);
          else writeHash.run(userId, hash, now());
        }
      });
    },
  };
}
