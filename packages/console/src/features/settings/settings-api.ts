// The settings over HTTP. Every answer is a value; what was wrong comes back as the server's own lines.
import { askServer } from '../../connection/session-api.ts';
import type { Schema, SettingsDocument } from './settings-path.ts';

export interface SettingsAnswer {
  document: SettingsDocument;
  revision: string;
  locked: readonly string[];
  usersWithoutPassword: readonly string[];
}

interface Failure {
  ok: false;
  code: string;
  problems: readonly string[];
}

export type SaveResult = ({ ok: true } & SettingsAnswer) | Failure;

export async function fetchSettings(): Promise<SaveResult> {
  return answerFrom(await askServer('GET', '/api/settings'));
}

export async function fetchSchema(): Promise<{ ok: true; schema: Schema } | Failure> {
  const answer = await askServer('GET', '/api/settings/schema');
  return answer.ok ? { ok: true, schema: answer.body as Schema } : answer;
}

/** Refused with `settings_changed` when that revision is no longer in force. */
export async function saveSettings(document: SettingsDocument, revision: string): Promise<SaveResult> {
  return answerFrom(await askServer('PUT', '/api/settings', document, { 'if-match': `"${revision}"` }));
}

export interface DialTrial {
  number: string | null;
  is_allowed: boolean;
  pattern: string | null;
  line: string | null;
}

/** What the draft would make of the number. */
export async function tryNumber(
  number: string,
  settings: SettingsDocument,
): Promise<{ ok: true; trial: DialTrial } | Failure> {
  const answer = await askServer('POST', '/api/settings/try-number', { number, settings });
  return answer.ok ? { ok: true, trial: answer.body as DialTrial } : answer;
}

export interface AuditEntry {
  id: number;
  at: number;
  userId: string | null;
  address: string | null;
  action: string;
  details: Readonly<Record<string, unknown>>;
}

/** So many entries are asked for at a time. */
export const AUDIT_PAGE = 100;

export async function fetchAudit(before: number | null): Promise<readonly AuditEntry[] | null> {
  const answer = await askServer(
    'GET',
    `/api/audit?limit=${AUDIT_PAGE}${before === null ? '' : `&before=${before}`}`,
  );
  return answer.ok ? (answer.body as { entries: AuditEntry[] }).entries : null;
}

/** null: done; else why not. */
export async function changeOwnPassword(password: string, newPassword: string): Promise<Failure | null> {
  const answer = await askServer('PUT', '/api/me/password', { password, new_password: newPassword });
  return answer.ok ? null : answer;
}

function answerFrom(answer: Awaited<ReturnType<typeof askServer>>): SaveResult {
  if (!answer.ok) return answer;
  const body = answer.body as {
    settings: SettingsDocument;
    revision: string;
    locked: string[];
    users_without_password: string[];
  };
  const { settings: document, revision, locked, users_without_password: usersWithoutPassword } = body;
  return { ok: true, document, revision, locked, usersWithoutPassword };
}
