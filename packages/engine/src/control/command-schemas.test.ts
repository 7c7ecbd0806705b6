import { describe, expect, it } from 'vitest';
import { checkCommand, isControlCommand } from './command-schemas.ts';
import type { ControlCommand } from './contract.ts';

const config = {
  accounts: [{ username: 'anna', password: 'p', ref: 'user:anna' }],
  peers: [{ ref: 'studio', cidrs: ['127.0.0.1/32', '10.0.0.1', '::1/128'] }],
  trunks: [
    {
      ref: 't',
      server: 'sip:sip.example.net',
      username: 'u',
      password: 'p',
      transport: 'udp',
      expiresS: 300,
    },
  ],
  hold: { kind: 'program' },
  rtpTimeoutMs: 30_000,
  dialTimeoutMs: 45_000,
  stationName: 'Radio Baobab',
};

const good: [ControlCommand, unknown][] = [
  ['engine.configure', { config }],
  ['leg.answer', { leg: 'a', place: { kind: 'air' } }],
  ['leg.answer', { leg: 'a', place: { kind: 'private', with: 'b' }, levels: { inDb: -3 } }],
  ['leg.reject', { leg: 'a', status: 486, reason: 'Busy' }],
  [
    'leg.dial',
    {
      leg: 'o1',
      target: { kind: 'uri', uri: 'sip:1@192.0.2.1', ref: 'studio' },
      from: { number: null, displayName: 'Studio' },
      place: { kind: 'hold' },
      levels: {},
      tag: { channel: 'studio-1', n: 1, on: true, none: null },
    },
  ],
  [
    'message.send',
    { target: { kind: 'account-number', username: 'goip', number: '+2203001234' }, text: 'hello' },
  ],
  ['engine.configure', { config: { ...config, ice: { servers: ['stun:192.0.2.1:3478'] } } }],
  [
    'leg.connect',
    { leg: 'b1', offer: 'v=0\r\n', place: { kind: 'monitor' }, levels: {}, tag: {}, ref: 'user:anna' },
  ],
  ['leg.reoffer', { leg: 'b1', offer: 'v=0\r\n' }],
  ['leg.candidate', { leg: 'b1', candidate: '', mid: '0' }],
  ['leg.hangup', { leg: 'a' }],
  ['legs.place', { places: [{ leg: 'a', place: { kind: 'tone', tone: 'busy' } }] }],
  ['leg.levels', { leg: 'a', levels: { isInMuted: true, outDb: -6 } }],
  ['leg.tag', { leg: 'a', tag: {} }],
  ['program.set', { isOnAir: true }],
  ['program.delay', { targetMs: 7500.5 }],
  ['program.dump', { dumpMs: 3000, recording: 'd1' }],
  ['engine.configure', { config: { ...config, delayDumpMs: 0 } }],
  ['record.start', { recording: 'r_1-A', source: { kind: 'program' } }],
  ['record.stop', { recording: 'r1' }],
  ['subscribe', { meters: true }],
  ['message.send', { target: { kind: 'trunk', ref: 't', number: '+2207' }, text: 'hello' }],
  ['message.answer', { message: 'm1', status: 200 }],
];

const bad: [ControlCommand, unknown][] = [
  ['engine.configure', {}],
  ['engine.configure', { config: { ...config, peers: [{ ref: 'x', cidrs: ['everywhere'] }] } }],
  ['engine.configure', { config: { ...config, peers: [{ ref: 'x', cidrs: ['10.0.0.0/33'] }] } }],
  ['engine.configure', { config: { ...config, rtpTimeoutMs: -1 } }],
  ['engine.configure', { config: { ...config, stationName: 'a\r\nVia: x' } }],
  ['engine.configure', { config: { ...config, ice: { servers: ['http://192.0.2.1'] } } }],
  ['leg.connect', { leg: 'b1', offer: '', place: { kind: 'air' }, levels: {}, tag: {}, ref: 'user:anna' }],
  ['leg.candidate', { leg: 'b1', candidate: 'x'.repeat(2_000), mid: '0' }],
  ['leg.answer', { leg: 'a', place: { kind: 'nowhere' } }],
  ['leg.answer', { leg: 'a', place: { kind: 'private' } }],
  ['leg.answer', { leg: '', place: { kind: 'air' } }],
  ['leg.reject', { leg: 'a', status: 200, reason: '' }],
  ['leg.reject', { leg: 'a', status: 486, reason: 'x\r\nVia: y' }],
  ['leg.hangup', null],
  ['leg.hangup', 7],
  ['legs.place', { places: [] }],
  ['leg.levels', { leg: 'a', levels: { inDb: Number.NaN } }],
  ['leg.levels', { leg: 'a', levels: { inDb: 99 } }],
  ['leg.tag', { leg: 'a', tag: { deep: {} } }],
  ['leg.tag', { leg: 'a', tag: { long: 'x'.repeat(5_000) } }],
  ['record.start', { recording: '../x', source: { kind: 'program' } }],
  ['program.delay', { targetMs: 60_001 }],
  ['program.delay', { targetMs: -1 }],
  ['program.dump', { dumpMs: 0, recording: 'd1' }],
  ['program.dump', { dumpMs: 3000, recording: '../d1' }],
  ['record.stop', { recording: '' }],
  ['message.send', { target: { kind: 'trunk', ref: 't', number: '1>;x' }, text: 'x' }],
  ['message.send', { target: { kind: 'account-number', username: 'goip', number: '1@x' }, text: 'x' }],
  ['message.answer', { message: 'm', status: 100 }],
];

describe('the data of a command', () => {
  it.each(good)('is taken when it is as the contract says: %s', (command, data) => {
    expect(checkCommand(command, data)).toEqual({ ok: true, data });
  });

  it.each(bad)('is refused when it is not: %s %j', (command, data) => {
    expect(checkCommand(command, data)).toMatchObject({ ok: false });
  });

  it('is refused with the path of what is wrong', () => {
    const result = checkCommand('legs.place', {
      places: [{ leg: 'a', place: { kind: 'private', with: 7 } }],
    });
    expect(result).toMatchObject({ ok: false, msg: expect.stringContaining('places.0.place.with') });
  });
});

describe('the name of a command', () => {
  it('is one of the contract, not anything that an object has', () => {
    expect(isControlCommand('leg.dial')).toBe(true);
    for (const name of ['toString', '__proto__', 'constructor', '', 7, null, undefined]) {
      expect(isControlCommand(name)).toBe(false);
    }
  });
});
