import { parseEvent, type ClientEvent } from '@openline/protocol';
import { expect, test } from 'vitest';
import { auditDetails } from './audit-details.ts';

function detailsOf(event: ClientEvent, data: unknown) {
  const [action] = parseEvent(event, data).actions;
  if (!action) throw new Error(`${event} was refused`);
  return auditDetails(action);
}

test('what was asked of whom is kept', () => {
  expect(detailsOf('callNumber', { number: '+2207000001', mode: 'master' })).toEqual({
    key: null,
    value: { number: '+2207000001', mode: 'master', channel_id: null },
  });
});

test('what was written stays out of it: texts, cards', () => {
  const text = { type: 'sms_out', endpoint: '+2207000001', content: 'a secret' };
  expect(JSON.stringify(detailsOf('messages:send', { t1: text }))).not.toContain('secret');
  expect(detailsOf('contacts:save', { '+2207000001': { name: 'Awa', notes: 'a secret' } })).toEqual({
    key: '+2207000001',
    value: ['name', 'notes'],
  });
  expect(detailsOf('channelContactInfo', { 'studio-1': { notes: 'a secret' } })?.['value']).toEqual([
    'notes',
  ]);
});

test('who spoke as the studio desk is kept, and nothing of how the headset was connected', () => {
  expect(detailsOf('headset:connect', { sdp: 'v=0', as: 'host' })).toEqual({
    key: null,
    value: { as: 'host' },
  });
  expect(detailsOf('headset:candidate', { headset: 'h', candidate: 'c', mid: '0' })).toBeNull();
});

test('an erasure is told without the number', () => {
  expect(detailsOf('contacts:erase', ['+2207000001'])).toEqual({ key: '…01' });
});

test('faders and questions are not worth a line', () => {
  expect(detailsOf('channelVolume', { 'studio-1': 40 })).toBeNull();
  expect(detailsOf('messages:fetch', {})).toBeNull();
  expect(detailsOf('addrBookSuggestions', 'aw')).toBeNull();
});
