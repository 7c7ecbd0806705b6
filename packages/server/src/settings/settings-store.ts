/** What the settings need of a database. Implemented by storage/settings-store.ts. */
export interface SettingsStore {
  /** The stored document, null before the first. */
  readDocument(): unknown;
  passwordHash(userId: string): string | null;
  /**
   * The document and its users' hashes in one transaction; a hash that is null is removed. Whose hash is changed is signed
   * out everywhere, but for the session with the token hash `keepSession`.
   */
  save(document: unknown, hashes: ReadonlyMap<string, string | null>, keepSession?: Uint8Array): void;
}
