/**
 * First start: a link with a one-time token makes the first administrator and names the station. There is no default
 * password; the link is printed where the station was started, and is void once an administrator exists.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { StationSettings } from '../settings/station-settings.ts';
import { hashToken } from './sign-in.ts';

export interface SetUpRequest {
  token: string;
  station: { name: string };
  user: { id?: string | undefined; name: string; password: string };
}

export type SetUpResult =
  | { ok: true; userId: string }
  | { ok: false; code: 'set_up_done' | 'wrong_token' | 'bad_settings'; problems: string[] };

export class SetUp {
  readonly #settings: StationSettings;
  #token: string | null;
  #isBusy = false;

  constructor(settings: StationSettings) {
    this.#settings = settings;
    this.#token = settings.hasAdministrator() ? null : randomBytes(24).toString('base64url');
  }

  /** What the link carries; null when there is an administrator already. */
  get token(): string | null {
    return this.#settings.hasAdministrator() ? null : this.#token;
  }

  async complete(request: SetUpRequest): Promise<SetUpResult> {
    const token = this.token;
    if (token === null || this.#isBusy) return { ok: false, code: 'set_up_done', problems: [] };
    if (!timingSafeEqual(hashToken(token), hashToken(request.token))) {
      return { ok: false, code: 'wrong_token', problems: [] };
    }
    const { name, password } = request.user;
    const id = request.user.id ?? idFromName(name);
    this.#isBusy = true;
    const result = await this.#settings
      .change((document) => ({
        ...document,
        station: { ...document.station, name: request.station.name },
        users: [
          ...document.users.filter((user) => user.id !== id),
          { id, name, role: 'administrator', password },
        ],
      }))
      .finally(() => (this.#isBusy = false));
    if (!result.ok) return { ok: false, code: 'bad_settings', problems: result.problems };
    this.#token = null;
    return { ok: true, userId: id };
  }
}

/** "Anna Ceesay" → "anna-ceesay". */
export function idFromName(name: string): string {
  const id = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32);
  return id === '' ? 'administrator' : id;
}
