import { expect, test } from 'vitest';
import { en } from '../../i18n/en.ts';
import { fr } from '../../i18n/fr.ts';
import { historyText } from './caller-history.ts';

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 10, 23, 18, 0);
const caller = (calls: number, onAirAgoMs: number | null) => ({
  calls,
  last_on_air: onAirAgoMs === null ? null : now - onAirAgoMs,
  last_call: null,
  blocked: false,
});

test.each([
  [1, null, 'First call'],
  [2, null, '2nd call'],
  [13, null, '13th call'],
  [12, 8 * DAY_MS, '12th call, on air last week'],
  [3, DAY_MS, '3rd call, on air yesterday'],
  [22, 3_600_000 * 5, '22nd call, on air 5 hr. ago'],
  [5, 400 * DAY_MS, '5th call, on air last year'],
])('call %s, on air %s ms ago: %s', (calls, agoMs, said) => {
  expect(historyText(caller(calls, agoMs), now, 'en', en.strip)).toBe(said);
});

test('says it in the language of the page', () => {
  expect(historyText(caller(12, 8 * DAY_MS), now, 'fr', fr.strip)).toBe(
    '12e appel, à l’antenne la semaine dernière',
  );
});
