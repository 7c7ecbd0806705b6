/** The JSON file that OPENLINE_SETTINGS names. */
import { readFileSync } from 'node:fs';

export type SettingsFileResult = { ok: true; document: unknown } | { ok: false; problem: string };

/** null without a file. */
export function readSettingsFile(path: string | null): SettingsFileResult {
  if (path === null) return { ok: true, document: null };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { ok: false, problem: `OPENLINE_SETTINGS is "${path}", which cannot be read (${code})` };
  }
  try {
    return { ok: true, document: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 100) : 'not JSON';
    return { ok: false, problem: `${path} is not JSON: ${reason}` };
  }
}
