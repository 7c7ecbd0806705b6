import { expect, test } from 'vitest';
import { channelIds, readSettings } from './settings.ts';

function problems(document: unknown): string[] {
  const result = readSettings(document);
  return result.ok ? [] : result.problems;
}

test('no settings at all: one line of six channels that trusts loopback only', () => {
  const result = readSettings({});
  if (!result.ok) throw new Error(result.problems.join('\n'));
  const [line, ...others] = result.settings.lines;
  expect(others).toEqual([]);
  expect(line).toMatchObject({ id: 'studio', capacity: 6, trust: ['127.0.0.0/8', '::1/128'] });
  expect(line && channelIds(line).at(-1)).toBe('studio-6');
  expect(result.settings.audio.rtp_timeout_ms).toBe(15_000);
  expect(result.settings.dial).toEqual({
    allow: [],
    max_calls: 16,
    max_minutes_per_day: 300,
    timeout_ms: 45_000,
  });
});

test('what was read can be read again and stays the same', () => {
  const once = readSettings({ lines: [{ id: 'a' }], users: [{ id: 'anna', name: 'Anna', role: 'viewer' }] });
  expect(once.ok && readSettings(once.settings)).toEqual(once);
});

test('an unknown key says which are known there', () => {
  expect(problems({ stations: {} })).toEqual([
    'stations is not a setting: allowed here: station, users, lines, phones, host, headsets, dial, audio, questions, outputs, program_stream, sms, older_clients, retention',
  ]);
  expect(problems({ lines: [{ id: 'a', colour: 'red' }] })[0]).toMatch(
    /^lines\[0\]\.colour is not a setting: allowed here: id, type/,
  );
});

test('wrong types and impossible values say where, what, and what is allowed', () => {
  expect(
    problems({
      station: { country: 'Gambia' },
      lines: [{ id: 'a', capacity: 'four', trust: ['10.0.0.1/64'] }],
      dial: { allow: ['('] },
      audio: { rtp_timeout_ms: 5 },
    }),
  ).toEqual([
    'station.country is "Gambia": allowed is the two capital letters of a country, as GM',
    'lines[0].capacity is "four": allowed is a whole number from 1 to 64',
    'lines[0].trust[0] is "10.0.0.1/64": allowed is an address range as 192.0.2.0/24',
    'dial.allow[0] is "(": allowed is a regular expression that compiles',
    'audio.rtp_timeout_ms is 5: allowed is a whole number from 1000 to 600000',
  ]);
});

test('a missing value is called missing', () => {
  expect(problems({ users: [{ id: 'anna', role: 'viewer' }] })).toEqual([
    'users[0].name is missing: allowed is a name of 1 to 80 characters',
  ]);
});

test('a wrong secret is never repeated', () => {
  const [line] = problems({ users: [{ id: 'anna', name: 'Anna', role: 'viewer', password: 'short' }] });
  expect(line).toBe('users[0].password is not right: allowed is a password of 8 to 200 characters');
});

test('names that are used twice, modes as names, and phones of nobody are told', () => {
  expect(
    problems({
      users: [
        { id: 'anna', name: 'Anna', role: 'viewer' },
        { id: 'anna', name: 'Anna 2', role: 'viewer' },
        { id: 'master', name: 'M', role: 'viewer' },
        { id: 'a-1', name: 'A', role: 'viewer' },
      ],
      lines: [{ id: 'a', accounts: [{ username: 'x', password: 'p' }] }],
      phones: [{ user: 'bob', username: 'x', password: 'p' }],
      host: { username: 'x', password: 'p' },
    }),
  ).toEqual([
    'users[1].id is "anna": allowed is a name that users[0].id does not have already',
    'users[2].id is "master": allowed is a name that is not a mode (defunct, free, dial, ring, ivr, on_hold, master, host)',
    'phones[0].username is "x": allowed is a name that lines[0].accounts[0].username does not have already',
    'phones[0].user is "bob": allowed is the id of a user',
    'host.username is "x": allowed is a name that lines[0].accounts[0].username does not have already',
    'users[3].id is "a-1": allowed is a name that no channel has',
  ]);
});

test('more channels than a desk carries are refused', () => {
  expect(
    problems({
      lines: [
        { id: 'a', capacity: 64 },
        { id: 'b', capacity: 1 },
      ],
    }),
  ).toEqual(['lines have 65 channels together: allowed are at most 64']);
});

test.each([[null], [[]], ['text'], [7]])('a document that is %j is told what it should be', (document) => {
  expect(problems(document)[0]).toMatch(/^the settings .*: allowed is an object with station, users/);
});
