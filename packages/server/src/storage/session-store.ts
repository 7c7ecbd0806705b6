/** Sign-in sessions in SQLite, by the hash of their token. */
import type { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '../accounts/session-store.ts';

export function createSessionStore(database: DatabaseSync): SessionStore {
  const add = database.prepare(
    'INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)',
  );
  const find = database.prepare('SELECT * FROM sessions WHERE token_hash = ?');
  const remove = database.prepare('DELETE FROM sessions WHERE token_hash = ?');
  const removeExpired = database.prepare('DELETE FROM sessions WHERE expires_at <= ?');

  return {
    add: (session) => void add.run(session.tokenHash, session.userId, session.createdAt, session.expiresAt),
    find(tokenHash) {
      const row = find.get(tokenHash);
      if (!row) return null;
      return {
        tokenHash,
        userId: String(row['user_id']),
        createdAt: Number(row['created_at']),
        expiresAt: Number(row['expires_at']),
      };
    },
    remove: (tokenHash) => void remove.run(tokenHash),
    removeExpired: (now) => void removeExpired.run(now),
  };
}
