import { expect, test } from 'vitest';
import { clientEvents, isClientEvent } from './client-events.ts';
import { eventRoles, mayDo, roles } from './roles.ts';
import type { Role } from './values.ts';

const events = Object.keys(clientEvents).filter((name) => isClientEvent(name));

test('a greater role may all that a lesser one may, for every event', () => {
  for (const event of events) {
    for (const touchesAir of [false, true]) {
      const allowed = roles.map((role) => mayDo(role, event, touchesAir));
      expect(allowed).toEqual(allowed.toSorted((a, b) => Number(a) - Number(b)));
      expect(allowed.at(-1)).toBe(true);
    }
  }
});

test('what touches air never needs less than what does not', () => {
  for (const event of events) {
    const { role, airRole } = eventRoles[event];
    expect(roles.indexOf(airRole)).toBeGreaterThanOrEqual(roles.indexOf(role));
  }
});

const bySpelling = (names: string[]) => names.toSorted();

// The table once more, on purpose: who may what is a promise, and changes only where somebody means it to.
test('who may what, event by event', () => {
  const least = (role: Role) =>
    bySpelling(
      events.filter((event) => eventRoles[event].role === role && eventRoles[event].airRole === role),
    );
  expect(least('viewer')).toEqual(
    bySpelling([
      'ping',
      'noop',
      'subscribe',
      'messages:fetch',
      'questions:fetch',
      'calls:fetch',
      'buckets:fetch',
    ]),
  );
  expect(least('screener')).toEqual(
    bySpelling([
      'channelRecording',
      'channelContactInfo',
      'queue:screening',
      'queue:priority',
      'queue:order',
      'userProperty',
      'userVolume',
      'userMuted',
      'userRecording',
      'addrBookSuggestions',
      'headset:servers',
      'headset:candidate',
      'headset:reconnect',
      'headset:disconnect',
      'messages:send',
      'messages:favorite',
      'messages:unfavorite',
      'messages:addTags',
      'messages:removeTags',
      'message:removeTags',
      'questions:favorite',
      'questions:unfavorite',
      'questions:addTags',
      'questions:removeTags',
      'calls:favorite',
      'calls:unfavorite',
      'calls:addTags',
      'calls:removeTags',
      'contacts:save',
      'contacts:fetch',
    ]),
  );
  expect(least('producer')).toEqual(
    bySpelling([
      'channelLock',
      'queue:next',
      'queue:onNext',
      'linesBusy',
      'masterProperty',
      'masterMuted',
      'masterVolume',
      'masterRecording',
      'masterOnAir',
      'masterDelay',
      'masterDump',
      'userWhisper',
      'hostVolume',
      'hostMuted',
      'currentBucketUpdate',
      'messages:delete',
      'questions:delete',
      'calls:delete',
      'buckets:create',
      'buckets:rename',
      'buckets:archive',
      'buckets:greeting',
      'contacts:delete',
      'contacts:export',
      'contacts:erase',
    ]),
  );
  expect(events.filter((event) => eventRoles[event].role !== eventRoles[event].airRole).toSorted()).toEqual(
    bySpelling([
      'channelProperty',
      'channelMuted',
      'channelMode',
      'channelAutoAnswer',
      'channelVolume',
      'channelLeveller',
      'channelCallNumber',
      'callNumber',
      'headset:connect',
      'media:play',
      'media:stop',
      'media:volume',
    ]),
  );
});

test('the air and the master are for a producer', () => {
  for (const event of ['masterOnAir', 'masterMuted', 'masterVolume', 'hostMuted'] as const) {
    expect(mayDo('screener', event)).toBe(false);
    expect(mayDo('producer', event)).toBe(true);
  }
  expect(mayDo('screener', 'channelMode')).toBe(true);
  expect(mayDo('screener', 'channelMode', true)).toBe(false);
  expect(mayDo('producer', 'channelMode', true)).toBe(true);
});
