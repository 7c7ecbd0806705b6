import { expect, it } from 'vitest';
import { wavOf } from './sound-file.ts';

it('is a WAV file of one track, limited to full scale', () => {
  const view = new DataView(wavOf(new Float32Array([0, 1, -2, 0.5]), 48_000));
  const text = (at: number) => String.fromCharCode(...new Uint8Array(view.buffer, at, 4));
  expect([text(0), text(8), text(12), text(36)]).toEqual(['RIFF', 'WAVE', 'fmt ', 'data']);
  expect([view.getUint32(24, true), view.getUint16(22, true), view.getUint32(40, true)]).toEqual([
    48_000, 1, 8,
  ]);
  const samples = [0, 1, 2, 3].map((at) => view.getInt16(44 + at * 2, true));
  expect(samples).toEqual([0, 32_767, -32_767, 16_384]);
});
