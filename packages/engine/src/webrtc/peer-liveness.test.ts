import { expect, it } from 'vitest';
import { PeerLiveness } from './peer-liveness.ts';

it('a browser that sent sound is away a moment after the last packet, and back with the next', () => {
  const liveness = new PeerLiveness();
  liveness.noteOpen(0);
  for (let at = 20; at <= 10_000; at += 20) liveness.noteRtp(at);
  expect(liveness.isAway(11_400)).toBe(false);
  expect(liveness.isAway(11_600)).toBe(true);
  liveness.noteRtp(13_000);
  expect(liveness.isAway(13_000)).toBe(false);
});

it('one that only listens is there as long as its reports come', () => {
  const liveness = new PeerLiveness();
  liveness.noteOpen(0);
  expect(liveness.isAway(7000)).toBe(false);
  for (let at = 7000; at <= 70_000; at += 7000) liveness.noteRtcp(at);
  expect(liveness.isAway(77_000)).toBe(false);
  expect(liveness.isAway(87_000)).toBe(true);
});

it('one that pauses its microphone is there when its next report comes', () => {
  const liveness = new PeerLiveness();
  liveness.noteOpen(0);
  liveness.noteRtp(1000);
  liveness.noteRtcp(4000);
  expect(liveness.isAway(9000)).toBe(false);
});

it('one that has not been reached yet is away', () => {
  expect(new PeerLiveness().isAway(0)).toBe(true);
});
