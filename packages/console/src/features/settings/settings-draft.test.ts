import { describe, expect, it } from 'vitest';
import type { SaveResult } from './settings-api.ts';
import { problemFrom, SettingsDraft } from './settings-draft.ts';
import type { SettingsDocument } from './settings-path.ts';

const document = {
  station: { name: 'Radio' },
  lines: [{ id: 'one' }, { id: 'two' }],
  users: [{ id: 'anna' }, { id: 'ben' }],
};

/** A server with one document: takes what fits its revision, or answers as it was told to. */
function fakeServer(start: SettingsDocument = document) {
  const server = {
    document: start,
    revision: 1,
    answer: null as SaveResult | null,
    locked: [] as string[],
    asAnswer: () => ({
      ok: true as const,
      document: server.document,
      revision: String(server.revision),
      locked: server.locked,
      usersWithoutPassword: [],
    }),
    fetchSettings: () => Promise.resolve(server.asAnswer()),
    fetchSchema: () => Promise.resolve({ ok: true as const, schema: {} }),
    saveSettings(saved: SettingsDocument, revision: string): Promise<SaveResult> {
      if (server.answer) return Promise.resolve(server.answer);
      if (revision !== String(server.revision)) {
        return Promise.resolve({ ok: false, code: 'settings_changed', problems: [] });
      }
      server.change(saved);
      return Promise.resolve(server.asAnswer());
    },
    change(next: SettingsDocument) {
      server.document = next;
      server.revision += 1;
    },
  };
  return server;
}

async function opened(server = fakeServer()) {
  const draft = new SettingsDraft(server);
  await draft.read();
  return { draft, server };
}

describe('the settings while they are edited', () => {
  it('keep what was changed until it is saved, and then have nothing unsaved', async () => {
    const { draft, server } = await opened();
    draft.set('station.name', 'Radio Baobab');
    expect(draft.dirtyKeys()).toEqual(['station']);
    await draft.save();
    expect(server.document['station']).toEqual({ name: 'Radio Baobab' });
    expect([draft.dirtyKeys(), draft.view.notice]).toEqual([[], 'saved']);
  });

  it('put back what was removed where it was, and forget it when the changes are discarded', async () => {
    const { draft } = await opened();
    draft.remove('lines', 0);
    const [removed] = draft.view.removed;
    expect(draft.view.draft['lines']).toEqual([{ id: 'two' }]);
    if (removed) draft.putBack(removed);
    expect([draft.dirtyKeys(), draft.view.removed]).toEqual([[], []]);
    draft.remove('lines', 1);
    draft.discard();
    expect([draft.dirtyKeys(), draft.view.removed]).toEqual([[], []]);
  });

  it('show what the server complains of where it is, until that is changed', async () => {
    const { draft, server } = await opened();
    const problems = ['lines[0].id is "": allowed is a short name', 'the settings is a list'];
    server.answer = { ok: false, code: 'bad_settings', problems };
    draft.set('lines[0].id', '');
    await draft.save();
    expect(draft.view.problems).toEqual([
      { path: 'lines[0].id', text: 'is "": allowed is a short name' },
      { path: null, text: 'the settings is a list' },
    ]);
    draft.set('lines[0].id', 'first');
    expect(draft.view.problems.map(({ path }) => path)).toEqual([null]);
  });

  it('are kept when the server does not answer', async () => {
    const { draft, server } = await opened();
    server.answer = { ok: false, code: 'unreachable', problems: [] };
    draft.set('station.name', 'Mine');
    await draft.save();
    expect([draft.view.notice, draft.dirtyKeys()]).toEqual(['unreachable', ['station']]);
  });
});

describe('two who edit the settings', () => {
  it('of different parts lose nothing: the second is told, and saves on top of the first', async () => {
    const { draft, server } = await opened();
    draft.set('station.name', 'Mine');
    server.change({ ...document, lines: [{ id: 'theirs' }] });
    await draft.save();
    expect([draft.view.notice, draft.view.conflicts, server.document['station']]).toEqual([
      'merged',
      [],
      document.station,
    ]);
    await draft.save();
    expect(server.document).toEqual({ ...document, lines: [{ id: 'theirs' }], station: { name: 'Mine' } });
  });

  it('of the same part: the second sees the own change, is told, and can take that of the first', async () => {
    const { draft, server } = await opened();
    draft.set('station.name', 'Mine');
    server.change({ ...document, station: { name: 'Theirs' } });
    await draft.catchUp();
    expect([draft.view.conflicts, draft.view.draft['station']]).toEqual([['station'], { name: 'Mine' }]);
    draft.takeTheirs('station');
    expect([draft.view.conflicts, draft.view.draft['station']]).toEqual([[], { name: 'Theirs' }]);
    expect(draft.dirtyKeys()).toEqual([]);
  });

  it('who has changed nothing simply sees what the other has saved', async () => {
    const { draft, server } = await opened();
    server.change({ ...document, station: { name: 'Theirs' } });
    await draft.catchUp();
    expect([draft.view.notice, draft.view.draft]).toEqual([null, server.document]);
  });
});

describe('what the settings file decides', () => {
  it('is locked with all that is in it, users by who they are', async () => {
    const server = fakeServer();
    server.locked = ['lines', 'station.name', 'users.ben'];
    const { draft } = await opened(server);
    const paths = [
      'lines',
      'lines[0].id',
      'station.name',
      'station.country',
      'users[0].name',
      'users[1].name',
    ];
    expect(paths.filter((path) => draft.isLocked(path))).toEqual([
      'lines',
      'lines[0].id',
      'station.name',
      'users[1].name',
    ]);
    draft.remove('users', 0);
    expect(draft.isLocked('users[0].name')).toBe(true);
  });
});

it('a complaint names its place when it has one', () => {
  expect(problemFrom('phones[0].user is "x": allowed is the id of a user').path).toBe('phones[0].user');
  expect(problemFrom('lines have 70 channels together: allowed are at most 64').path).toBe('lines');
  expect(problemFrom('station.name is locked: the settings file decides it').path).toBe('station.name');
});
