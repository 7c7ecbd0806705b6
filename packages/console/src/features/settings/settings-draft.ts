// The settings while they are edited: what the server has, what was changed here and is not saved, what it complained
// of. One for the whole session (settings-context.ts), so that nothing is lost by going to the desk and back. Of two who
// edit at the same time each section keeps whose change it is: see `catchUp`.
import {
  fetchSchema,
  fetchSettings,
  type SaveResult,
  saveSettings,
  type SettingsAnswer,
} from './settings-api.ts';
import { isWithin, type Schema, type SettingsDocument, valueAt, withValue } from './settings-path.ts';

export interface Problem {
  /** null: of the whole document. */
  path: string | null;
  text: string;
}

/** What was taken out of a list and can be put back as long as it is not saved. */
export interface RemovedItem {
  list: string;
  index: number;
  item: unknown;
}

export interface SettingsView {
  state: 'unread' | 'reading' | 'ready' | 'failed';
  /** As the server has it, secrets masked. */
  saved: SettingsDocument;
  draft: SettingsDocument;
  schema: Schema;
  revision: string;
  locked: readonly string[];
  usersWithoutPassword: readonly string[];
  problems: readonly Problem[];
  removed: readonly RemovedItem[];
  isSaving: boolean;
  /** `merged`: somebody else has saved, and what was changed here stands on top of it. */
  notice: 'saved' | 'merged' | 'unreachable' | 'refused' | null;
  /** Keys of the document that both have changed; what is shown is what was changed here. */
  conflicts: readonly string[];
  /** What they are at the server, by key. */
  theirs: SettingsDocument;
}

const nothing: SettingsView = {
  state: 'unread',
  saved: {},
  draft: {},
  schema: {},
  revision: '',
  locked: [],
  usersWithoutPassword: [],
  problems: [],
  removed: [],
  isSaving: false,
  notice: null,
  conflicts: [],
  theirs: {},
};

export interface SettingsServer {
  fetchSettings: typeof fetchSettings;
  fetchSchema: typeof fetchSchema;
  saveSettings: typeof saveSettings;
}

export class SettingsDraft {
  view = nothing;
  readonly #server: SettingsServer;
  readonly #listeners = new Set<() => void>();

  constructor(server: SettingsServer = { fetchSettings, fetchSchema, saveSettings }) {
    this.#server = server;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async read(): Promise<void> {
    if (this.view.state === 'reading') return;
    if (this.view.state === 'ready') return this.catchUp();
    this.#show({ state: 'reading' });
    const [settings, schema] = await Promise.all([this.#server.fetchSettings(), this.#server.fetchSchema()]);
    if (!settings.ok || !schema.ok) return this.#show({ state: 'failed' });
    const { document } = settings;
    this.#show({ ...nothing, state: 'ready', ...taken(settings), draft: document, schema: schema.schema });
  }

  /** The server's settings may have changed: theirs are taken over wherever nothing was changed here. */
  async catchUp(): Promise<void> {
    if (this.view.state !== 'ready' || this.view.isSaving) return;
    const answer = await this.#server.fetchSettings();
    if (!answer.ok || answer.revision === this.view.revision || this.view.isSaving) return;
    const isDirty = this.dirtyKeys().length > 0;
    this.#rebase(answer);
    if (isDirty) this.#show({ notice: 'merged' });
  }

  set(path: string, value: unknown): void {
    const problems = this.view.problems.filter((problem) => problem.path === null || problem.path !== path);
    this.#show({ draft: withValue(this.view.draft, path, value), problems, notice: null });
  }

  add(list: string, item: unknown): void {
    const items = listAt(this.view.draft, list);
    this.#show({ draft: withValue(this.view.draft, list, [...items, item]), notice: null });
  }

  remove(list: string, index: number): void {
    const items = listAt(this.view.draft, list);
    this.#show({
      draft: withValue(this.view.draft, list, items.toSpliced(index, 1)),
      removed: [...this.view.removed, { list, index, item: items[index] }],
      // They name places by number, which are others now.
      problems: this.view.problems.filter(({ path }) => path === null || !isWithin(path, list)),
      notice: null,
    });
  }

  putBack(one: RemovedItem): void {
    const items = listAt(this.view.draft, one.list);
    this.#show({
      draft: withValue(this.view.draft, one.list, items.toSpliced(one.index, 0, one.item)),
      removed: this.view.removed.filter((other) => other !== one),
    });
  }

  /** A whole document in place of the draft: to be looked at, then saved. */
  import(document: SettingsDocument): void {
    this.#show({ draft: document, removed: [], problems: [], notice: null });
  }

  discard(): void {
    this.#show({
      draft: this.view.saved,
      removed: [],
      problems: [],
      notice: null,
      conflicts: [],
      theirs: {},
    });
  }

  takeTheirs(key: string): void {
    this.#show({
      draft: withValue(this.view.draft, key, this.view.saved[key]),
      conflicts: this.view.conflicts.filter((other) => other !== key),
      removed: this.view.removed.filter(({ list }) => !isWithin(list, key)),
      problems: this.view.problems.filter(({ path }) => path === null || !isWithin(path, key)),
    });
  }

  async save(): Promise<void> {
    if (this.view.isSaving || this.view.state !== 'ready') return;
    this.#show({ isSaving: true, notice: null, problems: [] });
    const result = await this.#server.saveSettings(this.view.draft, this.view.revision);
    this.#show({ isSaving: false });
    await this.#afterSave(result);
  }

  async #afterSave(result: SaveResult): Promise<void> {
    if (result.ok) {
      const { document } = result;
      this.#show({
        ...taken(result),
        draft: document,
        removed: [],
        conflicts: [],
        theirs: {},
        notice: 'saved',
      });
      return;
    }
    if (result.code === 'settings_changed') return this.catchUp();
    const isAway = result.code === 'unreachable';
    const problems = result.problems.map(problemFrom);
    this.#show({ problems, notice: isAway ? 'unreachable' : problems.length > 0 ? null : 'refused' });
  }

  /** Top-level keys that differ from what the server has. */
  dirtyKeys(): string[] {
    const { draft, saved } = this.view;
    const keys = new Set([...Object.keys(draft), ...Object.keys(saved)]);
    return [...keys].filter((key) => !isSame(draft[key], saved[key]));
  }

  /** Decided by the settings file on the server. */
  isLocked(path: string): boolean {
    return this.view.locked.some((locked) => {
      const [, id] = /^users\.(.+)$/.exec(locked) ?? [];
      if (id === undefined) return isWithin(path, locked);
      const [user] = /^users\[\d+\]/.exec(path) ?? [];
      return user !== undefined && valueAt(this.view.draft, `${user}.id`) === id;
    });
  }

  #rebase(answer: SettingsAnswer): void {
    const { saved, draft } = this.view;
    const keys = this.dirtyKeys();
    const mine = Object.fromEntries(keys.map((key) => [key, draft[key]]));
    const conflicts = keys.filter(
      (key) => !isSame(saved[key], answer.document[key]) && !isSame(draft[key], answer.document[key]),
    );
    this.#show({
      ...taken(answer),
      draft: { ...answer.document, ...mine },
      conflicts: [...new Set([...this.view.conflicts, ...conflicts])],
      theirs: answer.document,
    });
  }

  #show(change: Partial<SettingsView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function taken({ document, revision, locked, usersWithoutPassword }: SettingsAnswer) {
  return { saved: document, revision, locked, usersWithoutPassword };
}

/** `lines[0].capacity is 99: allowed is …` → where, and what. */
export function problemFrom(line: string): Problem {
  const [, path, text] = /^([a-z_]+(?:\.[\w-]+|\[\d+\])*) (.+)$/s.exec(line) ?? [];
  const isPlace = path !== undefined && text !== undefined && path !== 'the';
  return isPlace ? { path, text } : { path: null, text: line };
}

export function listAt(document: unknown, path: string): readonly unknown[] {
  const value = valueAt(document, path);
  return Array.isArray(value) ? value : [];
}

/** What an item of a list says there, when it is a text. */
export function textOf(item: unknown, key: string): string {
  const value: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined;
  return typeof value === 'string' ? value : '';
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
