import { expect, test } from 'vitest';
import { clientEvents, isClientEvent } from './client-events.ts';
import { eventRoles, mayDo, roles } from './roles.ts';

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

test('a viewer changes nothing', () => {
  expect(events.filter((event) => mayDo('viewer', event))).toEqual([
    'ping',
    'noop',
    'subscribe',
    'messages:fetch',
    'questions:fetch',
    'calls:fetch',
    'buckets:fetch',
  ]);
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
