/**
 * What sign-in needs of a database. Implemented by storage/session-store.ts. Tokens arrive hashed. A user whose
 * password is changed or removed loses every session: the settings store does that together with the change.
 */
export interface SessionStore {
  add(session: StoredSession): void;
  find(tokenHash: Uint8Array): StoredSession | null;
  remove(tokenHash: Uint8Array): void;
  removeExpired(now: number): void;
}

export interface StoredSession {
  tokenHash: Uint8Array;
  userId: string;
  createdAt: number;
  expiresAt: number;
}
