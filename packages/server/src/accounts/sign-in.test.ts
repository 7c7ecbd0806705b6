import { expect, test } from 'vitest';
import { StationSettings } from '../settings/station-settings.ts';
import { openDatabase } from '../storage/database.ts';
import { createSessionStore } from '../storage/session-store.ts';
import { createSettingsStore } from '../storage/settings-store.ts';
import { SetUp, idFromName } from './set-up.ts';
import { hashToken, SESSION_LIFE_MS, SignIn } from './sign-in.ts';

async function station(users: readonly object[]) {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  const clock = { now: 1_000_000 };
  const now = () => clock.now;
  const loaded = await StationSettings.load(createSettingsStore(opened.database, now), { users });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { settings } = loaded;
  const signIn = new SignIn({ settings, sessions: createSessionStore(opened.database), now });
  return { clock, settings, signIn, database: opened.database };
}

const anna = { id: 'anna', name: 'Anna Ceesay', role: 'producer', password: 'anna-password' };

test('signs in by id or by name, whatever the case', async () => {
  const { signIn } = await station([anna]);
  for (const name of ['anna', 'ANNA', 'anna ceesay']) {
    const result = await signIn.signIn(name, 'anna-password', '10.0.0.1');
    expect(result.ok && signIn.whoHas(result.token)).toEqual({
      id: 'anna',
      name: 'Anna Ceesay',
      role: 'producer',
    });
  }
});

test('the token itself is not in the database', async () => {
  const { signIn, database } = await station([anna]);
  const token = signIn.open('anna');
  const rows = JSON.stringify(database.prepare('SELECT hex(token_hash) AS hash FROM sessions').all());
  expect(rows).not.toContain(Buffer.from(token).toString('hex').toUpperCase());
  expect(rows).toMatch(/"[0-9A-F]{64}"/);
});

test('a session ends with time, by signing out, and with its user', async () => {
  const { clock, settings, signIn } = await station([]);
  await settings.replace({ users: [anna] });
  const [old, left, last] = [signIn.open('anna'), signIn.open('anna'), signIn.open('anna')];
  signIn.end(left);
  expect(signIn.whoHas(left)).toBeNull();
  expect(signIn.whoHas(last)?.id).toBe('anna');
  await settings.replace({ users: [] });
  expect(signIn.whoHas(last)).toBeNull();
  await settings.replace({ users: [anna] });
  clock.now += SESSION_LIFE_MS;
  expect(signIn.whoHas(old)).toBeNull();
});

test("a new password ends the user's sessions, nobody else's", async () => {
  const { settings, signIn } = await station([]);
  await settings.replace({ users: [anna, { ...anna, id: 'ben', name: 'Ben' }] });
  const [hers, his] = [signIn.open('anna'), signIn.open('ben')];
  await settings.change((document) => ({
    ...document,
    users: document.users.map((user) => (user.id === 'anna' ? { ...user, password: 'new-password' } : user)),
  }));
  expect(signIn.whoHas(hers)).toBeNull();
  expect(signIn.whoHas(his)?.id).toBe('ben');
});

test('guessing is stopped for that address only, for a while', async () => {
  const { clock, signIn } = await station([anna]);
  for (let guess = 0; guess < 10; guess += 1) {
    expect(await signIn.signIn('anna', `guess-${guess}`, '10.0.0.1')).toMatchObject({
      code: 'wrong_password',
    });
  }
  expect(await signIn.signIn('anna', 'anna-password', '10.0.0.1')).toMatchObject({
    code: 'too_many_attempts',
    retryAfterS: 60,
  });
  expect(await signIn.signIn('anna', 'anna-password', '10.0.0.2')).toMatchObject({ ok: true });
  clock.now += 60_000;
  expect(await signIn.signIn('anna', 'anna-password', '10.0.0.1')).toMatchObject({ ok: true });
});

test('who has a password cannot begin anew with guessing by signing in between', async () => {
  const { signIn } = await station([anna, { ...anna, id: 'root', name: 'Root', role: 'administrator' }]);
  const codes: string[] = [];
  for (let guess = 0; guess < 12; guess += 1) {
    const result = await signIn.signIn('root', `guess-${guess}`, '10.0.0.1');
    codes.push(result.ok ? 'ok' : result.code);
    if (guess === 5) await signIn.signIn('anna', 'anna-password', '10.0.0.1');
  }
  expect(codes.filter((code) => code === 'wrong_password')).toHaveLength(10);
});

test('a network of IPv6 counts as one address', async () => {
  const { signIn } = await station([anna]);
  const from = (host: string) => `2001:db8:1::${host}`;
  for (let guess = 0; guess < 10; guess += 1) await signIn.signIn('anna', 'guess', from(String(guess)));
  expect(await signIn.signIn('anna', 'anna-password', from('aaaa:1'))).toMatchObject({
    code: 'too_many_attempts',
  });
  expect(await signIn.signIn('anna', 'anna-password', '2001:db8:1:1::1')).toMatchObject({ ok: true });
});

test('a password that is changed while it is checked opens nothing', async () => {
  const { settings, signIn } = await station([]);
  await settings.replace({ users: [anna] });
  const [, late] = await Promise.all([
    settings.replace({ users: [{ ...anna, password: 'new-password' }] }),
    signIn.signIn('anna', 'anna-password', '10.0.0.2'),
  ]);
  expect(late.ok && signIn.whoHas(late.token)).not.toMatchObject({ id: 'anna' });
});

test('many who sign in at once are let in one after the other', async () => {
  const { signIn } = await station([anna]);
  const all = Array.from({ length: 15 }, () => signIn.signIn('anna', 'anna-password', '10.0.0.1'));
  expect((await Promise.all(all)).every((result) => result.ok)).toBe(true);
});

test('a burst of guesses gets no more tries than guesses in a row', async () => {
  const { signIn } = await station([anna]);
  const all = Array.from({ length: 40 }, (_, guess) => signIn.signIn('anna', `guess-${guess}`, '10.0.0.1'));
  const codes = (await Promise.all(all)).map((result) => (result.ok ? 'ok' : result.code));
  expect(codes.filter((code) => code === 'wrong_password').length).toBeLessThanOrEqual(11);
});

test('the set-up link makes one administrator, once', async () => {
  const { settings, signIn } = await station([]);
  const setUp = new SetUp(settings);
  const { token } = setUp;
  if (token === null) throw new Error('there is an administrator already');
  const request = {
    token,
    station: { name: 'Radio' },
    user: { name: 'Musa Bah', password: 'a long password' },
  };
  expect(await setUp.complete({ ...request, token: 'guess' })).toMatchObject({ code: 'wrong_token' });
  expect(await setUp.complete({ ...request, user: { name: 'M', password: 'short' } })).toMatchObject({
    code: 'bad_settings',
  });
  expect(await setUp.complete(request)).toEqual({ ok: true, userId: 'musa-bah' });
  expect(await setUp.complete(request)).toMatchObject({ code: 'set_up_done' });
  expect(setUp.token).toBeNull();
  expect(settings.current.station.name).toBe('Radio');
  expect(await signIn.signIn('musa-bah', 'a long password', '10.0.0.1')).toMatchObject({
    user: { role: 'administrator' },
  });
});

test('names become ids that the settings accept', () => {
  expect(['Éva Ńdiaye', '  ', '李', 'A_b'].map(idFromName)).toEqual([
    'eva-ndiaye',
    'administrator',
    'administrator',
    'a-b',
  ]);
});

test('the session that changes a password stays, every other one of the user ends', async () => {
  const { settings, signIn } = await station([]);
  await settings.replace({ users: [anna] });
  const [here, elsewhere] = [signIn.open('anna'), signIn.open('anna')];
  const users = [{ ...anna, password: 'nine green hills' }];
  await settings.replace({ users }, { keepSession: hashToken(here) });
  expect([signIn.whoHas(here)?.id, signIn.whoHas(elsewhere)]).toEqual(['anna', null]);
  await settings.replace({ users: [] }, { keepSession: hashToken(here) });
  expect(signIn.whoHas(here)).toBeNull();
});
