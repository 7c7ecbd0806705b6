import { describe, expect, test } from 'vitest';
import { Meter } from './meter.ts';

const frame = Float32Array.from({ length: 960 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 48000));

/** [peak, RMS] */
function read(meter: Meter): [number, number] {
  const values = new Float32Array(2);
  meter.writeTo(values, 0);
  return [values[0]!, values[1]!];
}

describe('meter', () => {
  test('a sine of amplitude 0.5 reads peak −6.0 and RMS −9.0 dBFS', () => {
    const meter = new Meter();
    for (let i = 0; i < 15; i++) meter.process(frame, 960);
    expect(read(meter)[0]).toBeCloseTo(-6.02, 1);
    expect(read(meter)[1]).toBeCloseTo(-9.03, 1);
  });

  test('the peak is there with the first frame, the RMS after 300 ms', () => {
    const meter = new Meter();
    meter.process(frame, 960);
    expect(read(meter)[0]).toBeCloseTo(-6.02, 1);
    expect(read(meter)[1]).toBeCloseTo(-9.03 - 10 * Math.log10(15), 1);
  });

  test('the peak falls 20 dB in 1.7 s, the RMS is gone after 300 ms, both end at −100', () => {
    const meter = new Meter();
    for (let i = 0; i < 15; i++) meter.process(frame, 960);
    for (let i = 0; i < 85; i++) meter.process(new Float32Array(960), 960);
    expect(read(meter)[0]).toBeCloseTo(-26.02, 1);
    expect(read(meter)[1]).toBe(-100);
    for (let i = 0; i < 500; i++) meter.process(new Float32Array(960), 960);
    expect(read(meter)[0]).toBe(-100);
  });

  test('a fresh meter reads silence', () => {
    expect([read(new Meter())[0], read(new Meter())[1]]).toEqual([-100, -100]);
  });
});
