/** Who did what, for the producer to read afterwards. Implemented by storage/audit-log.ts. */
export interface AuditLog {
  record(entry: AuditEntry): void;
}

export interface AuditEntry {
  at: number;
  userId: string | null;
  address: string | null;
  /** As `session.created`, `settings.changed`, `channelMode`. */
  action: string;
  details: { readonly [name: string]: unknown };
}
