import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';
import { toSipMessageConfig, toTextsConfig } from './texts-config.ts';

const gammu = {
  id: 'modem',
  type: 'gammu',
  line: 'gsm',
  inbox: '/var/spool/gammu/inbox',
  outbox: '/var/spool/gammu/outbox',
  sent: '/var/spool/gammu/sent',
  error: '/var/spool/gammu/error',
};
const document = {
  station: { country: 'GM' },
  users: [{ id: 'anna', name: 'Anna', role: 'producer' }],
  lines: [
    { id: 'studio', capacity: 2, sms: true, accounts: [{ username: 'goip', password: 'p' }] },
    { id: 'silent' },
    { id: 'gsm', capacity: 1, sms: true, patterns: ['^\\+221'] },
  ],
  phones: [{ user: 'anna', username: 'anna-phone', password: 'p' }],
  sms: { gateways: [gammu], retry_limit: 7, tag_rules: [{ word: 'VOTE', tag: 'vote' }] },
};

function read(sms: object = document.sms) {
  const result = readSettings({ ...document, sms });
  return result.ok
    ? { settings: result.settings, problems: [] }
    : { settings: null, problems: result.problems };
}

test('only lines with texts are the texts’ lines, and SIP carries those without a gateway of their own', () => {
  const { settings } = read();
  if (!settings) throw new Error('the document is well formed');
  expect(toTextsConfig(settings)).toEqual({
    lines: [
      { id: 'studio', channelIds: ['studio-1', 'studio-2'], patterns: [] },
      { id: 'gsm', channelIds: ['gsm-1'], patterns: ['^\\+221'] },
    ],
    accounts: ['anna-phone', 'goip'],
    retryLimit: 7,
    maxParts: 12,
    tagRules: [{ word: 'VOTE', tag: 'vote' }],
  });
  expect(toSipMessageConfig(settings)).toEqual({
    lines: ['studio'],
    accounts: ['anna-phone', 'goip'],
    asksForDelivery: false,
  });
});

test.each([
  [
    { gateways: [{ ...gammu, line: 'silent' }] },
    'sms.gateways[0].line is "silent": allowed is a line with sms',
  ],
  [{ gateways: [gammu, { ...gammu, id: 'other' }] }, 'sms.gateways[1].line is "gsm": allowed is a name that'],
  [{ gateways: [{ ...gammu, inbox: 'inbox' }] }, 'sms.gateways[0].inbox is "inbox": allowed is a folder'],
  [{ tag_rules: [{ word: 'two words', tag: 'x' }] }, 'allowed is a single word'],
])('%j is refused', (sms, problem) => {
  expect(read(sms).problems.join('\n')).toContain(problem);
});
