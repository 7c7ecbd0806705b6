import { expect, test } from 'vitest';
import type { Settings } from './schema.ts';
import type { SettingsStore } from './settings-store.ts';
import { StationSettings } from './station-settings.ts';

function memoryStore(): SettingsStore & { text(): string } {
  let document: unknown = null;
  const hashes = new Map<string, string>();
  return {
    readDocument: () => structuredClone(document),
    passwordHash: (userId) => hashes.get(userId) ?? null,
    save(changed, changedHashes) {
      document = structuredClone(changed);
      for (const [userId, hash] of changedHashes) {
        if (hash === null) hashes.delete(userId);
        else hashes.set(userId, hash);
      }
    },
    text: () => JSON.stringify(document),
  };
}

async function load(store: SettingsStore, file: unknown = null): Promise<StationSettings> {
  const result = await StationSettings.load(store, file);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.settings;
}

const anna = { id: 'anna', name: 'Anna', role: 'producer' as const };
const line = {
  id: 'one',
  register: { server: 'sip:sip.example.net', username: 'u', password: 'trunk-secret' },
};

test("a user's password is hashed when read and kept nowhere in clear", async () => {
  const store = memoryStore();
  const settings = await load(store, { users: [{ ...anna, password: 'anna-password' }] });
  expect(store.text()).not.toContain('anna-password');
  expect(JSON.stringify(settings.current)).not.toContain('anna-password');
  expect(JSON.stringify(settings.export())).not.toContain('anna-password');
  expect(await settings.isPassword('anna', 'anna-password')).toBe(true);
  expect(await settings.isPassword('anna', 'other-password')).toBe(false);
  expect(await settings.isPassword(null, 'nobody has this password')).toBe(false);
});

test('the same settings file at the next start changes no hash', async () => {
  const store = memoryStore();
  const file = { users: [{ ...anna, password: 'anna-password' }] };
  await load(store, file);
  const hash = store.passwordHash('anna');
  await load(store, file);
  expect(store.passwordHash('anna')).toBe(hash);
});

test('an exported document carries users to another station, where they can sign in', async () => {
  const from = await load(memoryStore(), { users: [{ ...anna, password: 'anna-password' }], lines: [line] });
  const to = await load(memoryStore());
  expect(await to.replace(from.export())).toEqual({ ok: true });
  expect(await to.isPassword('anna', 'anna-password')).toBe(true);
  expect(to.current.lines[0]?.register?.password).toBe('trunk-secret');
});

test('SIP secrets leave masked, and the mask coming back keeps them', async () => {
  const settings = await load(memoryStore());
  await settings.replace({ lines: [line] });
  expect(JSON.stringify(settings.masked)).not.toContain('trunk-secret');
  expect(await settings.replace(settings.masked)).toEqual({ ok: true });
  expect(settings.current.lines[0]?.register?.password).toBe('trunk-secret');
});

test('what the settings file says cannot be changed', async () => {
  const settings = await load(memoryStore(), { station: { name: 'File' }, users: [anna] });
  const refused = await settings.change((document) => ({
    ...document,
    station: { ...document.station, name: 'X' },
  }));
  expect(refused).toEqual({ ok: false, problems: ['station.name is locked: the settings file decides it'] });
  const removed = await settings.change((document) => ({ ...document, users: [] }));
  expect(removed.ok).toBe(false);
  expect(settings.current.users).toHaveLength(1);
});

test('a password that the settings file gives cannot be changed; one that it leaves open can', async () => {
  const ben = { ...anna, id: 'ben' };
  const settings = await load(memoryStore(), { users: [{ ...anna, password: 'anna-password' }, ben] });
  const setPassword = (id: string, password: string) =>
    settings.change((document) => ({
      ...document,
      users: document.users.map((user) => (user.id === id ? { ...user, password } : user)),
    }));
  expect(await setPassword('anna', 'other-password')).toEqual({
    ok: false,
    problems: ['users.anna.password is locked: the settings file decides it'],
  });
  expect(await settings.isPassword('anna', 'anna-password')).toBe(true);
  expect(await setPassword('anna', 'anna-password')).toEqual({ ok: true });
  expect(await setPassword('ben', 'ben-password')).toEqual({ ok: true });
  expect(await settings.isPassword('ben', 'ben-password')).toBe(true);
});

test('a change is told once it is stored, a refused one is not', async () => {
  const store = memoryStore();
  const settings = await load(store);
  const told: Settings[] = [];
  settings.onChange((changed) => told.push(changed));
  await settings.replace({ lines: [{ id: 'one', capacity: 0 }] });
  expect(told).toEqual([]);
  await settings.replace({ lines: [{ id: 'one' }] });
  expect(told.map((changed) => changed.lines.map((each) => each.id))).toEqual([['one']]);
  expect(store.text()).toContain('"one"');
});

test('two changes at once are both kept', async () => {
  const settings = await load(memoryStore());
  const add = (id: string) =>
    settings.change((document) => ({
      ...document,
      users: [...document.users, { ...anna, id, password: `${id}-password` }],
    }));
  await Promise.all([add('anna'), add('ben')]);
  expect(settings.current.users.map((user) => user.id)).toEqual(['anna', 'ben']);
});

test('a removed user can sign in no more', async () => {
  const settings = await load(memoryStore());
  await settings.replace({ users: [{ ...anna, password: 'anna-password' }] });
  await settings.replace({ users: [] });
  await settings.replace({ users: [anna] });
  expect(await settings.isPassword('anna', 'anna-password')).toBe(false);
});
