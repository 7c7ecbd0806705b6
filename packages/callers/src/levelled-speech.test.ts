import { Leveller } from '@openline/engine';
import { expect, it } from 'vitest';
import { speak } from './speech.ts';

const RATE = 8000;
const FRAME = RATE / 50;
const SETTINGS = { targetDb: -20, rangeDb: 12, gateDb: -45, duckDb: 0 };
const VOICES = [
  { pitchHz: 110, tract: 1, seed: 1 },
  { pitchHz: 200, tract: 1.15, seed: 2 },
  { pitchHz: 280, tract: 1.3, seed: 3 },
];

/** RMS of the frames that are within 30 dB of the loudest, dBFS. */
function spokenDb(samples: Float32Array): number {
  const powers: number[] = [];
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    const frame = samples.subarray(at, at + FRAME);
    powers.push(frame.reduce((sum, value) => sum + value * value, 0) / FRAME);
  }
  const spoken = powers.filter((power) => power > Math.max(...powers) / 1000);
  return 10 * Math.log10(spoken.reduce((sum, power) => sum + power, 0) / spoken.length);
}

function levelledDb(speech: Float32Array, fromDb: number): number {
  const gain = 10 ** ((fromDb - spokenDb(speech)) / 20);
  const said = speech.map((value) => Math.max(-1, Math.min(1, value * gain)));
  const leveller = new Leveller(RATE, FRAME);
  leveller.set(SETTINGS);
  for (let at = 0; at < said.length; at += FRAME) leveller.process(said.subarray(at, at + FRAME), FRAME);
  return spokenDb(said.subarray(3 * RATE, 6 * RATE));
}

it('has speech at −35 dBFS and at −6 dBFS within 4 dB of each other after three seconds, whoever speaks', () => {
  const measured = VOICES.flatMap((voice) => {
    const speech = speak(voice, RATE);
    return [-35, -26, -12, -6].map((fromDb) => levelledDb(speech, fromDb));
  });
  expect(Math.max(...measured) - Math.min(...measured)).toBeLessThan(4);
  for (const db of measured) expect(Math.abs(db - -22)).toBeLessThan(3);
});
