import { expect, it } from 'vitest';
import { ClockAlarm } from './clock-alarm.ts';

/** So many ticks in time. True when the alarm changed in one of them. */
function pass(alarm: ClockAlarm, ticks: number): boolean {
  let hasChanged = false;
  for (let tick = 0; tick < ticks; tick++) hasChanged = alarm.note(0) || hasChanged;
  return hasChanged;
}

it('is raised by a skipped tick, once, and falls after ten seconds without another', () => {
  const alarm = new ClockAlarm();
  expect(pass(alarm, 1000)).toBe(false);
  expect(alarm.note(2)).toBe(true);
  expect(alarm.isRaised).toBe(true);
  expect(pass(alarm, 400)).toBe(false);
  expect(alarm.note(1)).toBe(false);
  expect(pass(alarm, 499)).toBe(false);
  expect(pass(alarm, 1)).toBe(true);
  expect(alarm.isRaised).toBe(false);
});

it('says nothing of what is skipped in the first two seconds', () => {
  const alarm = new ClockAlarm();
  expect(alarm.note(30)).toBe(false);
  expect(alarm.note(10)).toBe(false);
  expect(pass(alarm, 5000)).toBe(false);
});

it('is raised when it goes on after them', () => {
  const alarm = new ClockAlarm();
  for (let tick = 0; tick < 25; tick++) expect(alarm.note(3)).toBe(false);
  expect(alarm.note(3)).toBe(true);
});
