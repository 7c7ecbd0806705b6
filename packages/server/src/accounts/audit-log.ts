/** Who did what, for the producer to read afterwards. Implemented by storage/audit-log.ts. */
export interface AuditLog {
  /** Never throws: what is to be audited has been done. */
  record(entry: AuditEntry): void;
  /** Entries that name it keep when, who and which action, and no more. */
  forget: (text: string) => void;
  /** Newest first, those with an id below `before`; null: from the newest on. */
  list(before: number | null, limit: number): (AuditEntry & { id: number })[];
}

export interface AuditEntry {
  at: number;
  userId: string | null;
  address: string | null;
  /** As `session.created`, `settings.changed`, `channelMode`. */
  action: string;
  details: { readonly [name: string]: unknown };
}
