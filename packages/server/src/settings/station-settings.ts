/**
 * The settings as they are in force: the stored document with the settings file laid over it. Constructed by main.ts
 * and by the command line; every change goes through change(), is checked as a whole, stored, then told to listeners.
 */
import { createHash } from 'node:crypto';
import { overlay, lockedPaths } from './overlay.ts';
import { hashPassword, isPassword } from './password.ts';
import { maskSecrets, restoreSecrets } from './secrets.ts';
import type { Settings, SettingsUser } from './schema.ts';
import { readSettings } from './settings.ts';
import type { SettingsStore } from './settings-store.ts';

/** `isOutdated`: somebody else has changed the settings since they were read; nothing is wrong with the change itself. */
export type ChangeResult = { ok: true } | { ok: false; problems: string[]; isOutdated?: true };

export interface ChangeOptions {
  /** What was read before it was edited: the change is refused when that is no longer in force. */
  revision?: string | undefined;
  /** Of the session that asks: it stays when its own user's password is changed. */
  keepSession?: Uint8Array | undefined;
  /** Refuses a change after which nobody could change the settings any more. */
  mustKeepAdministrator?: boolean;
}

export class StationSettings {
  readonly #store: SettingsStore;
  /** What the settings file says; null without one. */
  readonly #file: unknown;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #current: Settings;
  /** Changes wait for each other: a hash takes its time, and two at once must not lose one. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(store: SettingsStore, file: unknown, current: Settings) {
    this.#store = store;
    this.#file = file;
    this.#current = current;
  }

  /** Reads, lays over, checks, hashes what came in clear. */
  static async load(
    store: SettingsStore,
    file: unknown,
  ): Promise<{ ok: true; settings: StationSettings } | { ok: false; problems: string[] }> {
    // The file alone first, so that a complaint points at its own lines.
    const fileAlone = file === null ? null : readSettings(file);
    if (fileAlone && !fileAlone.ok && !isObject(file)) return fileAlone;
    const result = readSettings(overlay(store.readDocument() ?? {}, file));
    if (!result.ok) return result;
    const settings = new StationSettings(store, file, result.settings);
    await settings.#keepPasswords(result.settings.users);
    return { ok: true, settings };
  }

  get current(): Settings {
    return this.#current;
  }

  /** Paths that the settings file decides. */
  get locked(): string[] {
    return lockedPaths(this.#file);
  }

  /** For the console: secrets replaced by a mark that change() understands as "as it was". */
  get masked(): unknown {
    return maskSecrets(this.#current);
  }

  /** Another one after every change, by whomever; the same again after a restart. */
  get revision(): string {
    return createHash('sha256').update(JSON.stringify(this.export())).digest('hex').slice(0, 16);
  }

  /** They cannot sign in yet. */
  get usersWithoutPassword(): string[] {
    return this.#current.users
      .map(({ id }) => id)
      .filter((id) => (this.#store.passwordHash(id) ?? '') === '');
  }

  /** For `settings export`: everything, passwords as their hashes. */
  export(): unknown {
    const users = this.#current.users.map((user) => {
      const hash = this.#store.passwordHash(user.id);
      return hash === null ? user : { ...user, password_hash: hash };
    });
    return { ...this.#current, users };
  }

  onChange(listener: (settings: Settings) => void): void {
    this.#listeners.add(listener);
  }

  hasAdministrator(): boolean {
    return this.#current.users.some(
      (user) => user.role === 'administrator' && this.#store.passwordHash(user.id) !== null,
    );
  }

  user(id: string): SettingsUser | null {
    return this.#current.users.find((user) => user.id === id) ?? null;
  }

  /** Replaces the whole document. */
  replace(document: unknown, options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.change(() => document, options);
  }

  /** What the document would come to with the file laid over it; nothing is changed. */
  tryOut(document: unknown): { ok: true; settings: Settings } | { ok: false; problems: string[] } {
    return readSettings(overlay(restoreSecrets(document, this.#current), this.#file));
  }

  /** Applies one change to the document in force. */
  change(edit: (document: Settings) => unknown, options: ChangeOptions = {}): Promise<ChangeResult> {
    const change = this.#last.then(() => this.#apply(edit, options));
    this.#last = change.catch(() => undefined);
    return change;
  }

  /** Another process (the command line) has changed what is stored: takes it over. */
  async reload(): Promise<ChangeResult> {
    return this.change(() => this.#store.readDocument() ?? {});
  }

  /** True when that is the user's password. Takes as long for a user that is not there. */
  async isPassword(userId: string | null, password: string): Promise<boolean> {
    const hash = userId === null ? null : this.#store.passwordHash(userId);
    const isRight = await isPassword(password, hash ?? (await nobodysHash()));
    // It may have been changed meanwhile: then the former one opens nothing any more.
    return hash !== null && isRight && userId !== null && this.#store.passwordHash(userId) === hash;
  }

  async #apply(edit: (document: Settings) => unknown, options: ChangeOptions): Promise<ChangeResult> {
    if (options.revision !== undefined && options.revision !== this.revision) {
      return { ok: false, problems: [], isOutdated: true };
    }
    const asked = restoreSecrets(edit(structuredClone(this.#current)), this.#current);
    const result = readSettings(asked);
    if (!result.ok) return result;
    const withFile = readSettings(overlay(asked, this.#file));
    if (!withFile.ok) return withFile;
    const problems = [
      ...this.#lockedChanges(result.settings, withFile.settings),
      ...this.#lockedPasswords(result.settings, withFile.settings),
    ];
    if (options.mustKeepAdministrator) problems.push(...this.#missingAdministrator(withFile.settings));
    if (problems.length > 0) return { ok: false, problems };
    await this.#keepPasswords(withFile.settings.users, withFile.settings, options.keepSession);
    this.#current = withFile.settings;
    for (const listener of this.#listeners) listener(this.#current);
    return { ok: true };
  }

  #missingAdministrator({ users }: Settings): string[] {
    const isThere = users.some(
      ({ id, role, password, password_hash }) =>
        role === 'administrator' && (password ?? password_hash ?? this.#store.passwordHash(id)) !== null,
    );
    return isThere ? [] : ['users have no administrator with a password: allowed is one at least'];
  }

  #lockedChanges(asked: Settings, withFile: Settings): string[] {
    return this.locked
      .filter((path) => comparable(at(asked, path)) !== comparable(at(withFile, path)))
      .map((path) => `${path} is locked: the settings file decides it`);
  }

  /** A new password of a user of the file: the file's own one wins; where it has none, the new one is taken over. */
  #lockedPasswords(asked: Settings, withFile: Settings): string[] {
    const locked = new Set(this.locked);
    return asked.users.flatMap(({ id, password }) => {
      const decided = withFile.users.find((user) => user.id === id);
      if (password === undefined || !decided || !locked.has(`users.${id}`)) return [];
      const isDecided = decided.password !== undefined || decided.password_hash !== undefined;
      if (!isDecided) decided.password = password;
      return isDecided && decided.password !== password
        ? [`users.${id}.password is locked: the settings file decides it`]
        : [];
    });
  }

  /** Hashes what came in clear, takes it out of the document, stores the document with the hashes. */
  async #keepPasswords(
    users: SettingsUser[],
    document: Settings = this.#current,
    keepSession?: Uint8Array,
  ): Promise<void> {
    const hashes = new Map<string, string | null>();
    for (const former of this.#current.users) {
      if (!users.some((user) => user.id === former.id)) hashes.set(former.id, null);
    }
    for (const user of users) {
      const known = this.#store.passwordHash(user.id);
      const hash = await newHash(user, known);
      if (hash !== known) hashes.set(user.id, hash);
      delete user.password;
      delete user.password_hash;
    }
    const stored = this.#store.readDocument();
    if (hashes.size > 0 || JSON.stringify(stored) !== JSON.stringify(document))
      this.#store.save(document, hashes, keepSession);
  }
}

async function newHash(user: SettingsUser, known: string | null): Promise<string | null> {
  if (user.password !== undefined) {
    const isUnchanged = known !== null && (await isPassword(user.password, known));
    return isUnchanged ? known : hashPassword(user.password);
  }
  return user.password_hash ?? known;
}

/** Users' passwords are compared as hashes elsewhere, never here. */
function comparable(value: unknown): string {
  if (!isObject(value) || !('role' in value)) return JSON.stringify(value);
  const { password: _, password_hash: __, ...user } = value;
  return JSON.stringify(user);
}

let nobody: Promise<string> | null = null;
function nobodysHash(): Promise<string> {
  nobody ??= hashPassword('nobody has this password');
  return nobody;
}

/** `users.anna` finds by id. */
function at(settings: Settings, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value.find((item) => isObject(item) && item['id'] === key);
    return isObject(value) ? value[key] : undefined;
  }, settings);
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
