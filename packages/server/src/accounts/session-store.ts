/** What sign-in needs of a database. Implemented by storage/session-store.ts. Tokens arrive hashed. */
export interface SessionStore {
  add(session: StoredSession): void;
  find(tokenHash: Uint8Array): StoredSession | null;
  remove(tokenHash: Uint8Array): void;
  removeOfUser(userId: string): void;
  removeExpired(now: number): void;
}

export interface StoredSession {
  tokenHash: Uint8Array;
  userId: string;
  createdAt: number;
  expiresAt: number;
}
