/** Prompts of the station's own: a tone, uploaded as a producer does. */
import { buildWavHeader, patchWavSizes } from '@openline/engine';
import type { Product } from './product.ts';

/** The server's answer, read. */
export async function uploadPrompt(product: Product, id: string, hz: number, seconds = 1): Promise<unknown> {
  const token = await product.token('Anna', 'anna-password-1');
  const answer = await fetch(`${product.url}/api/prompts/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'audio/wav' },
    body: toneFile(hz, seconds),
  });
  return answer.json();
}

/** 44.1 kHz, stereo: to be converted. */
export function toneFile(hz: number, seconds = 1): Uint8Array<ArrayBuffer> {
  const sampleRate = 44_100;
  const header = buildWavHeader({
    channels: 2,
    sampleRate,
    description: '',
    originator: '',
    originatedAt: new Date(),
  });
  const samples = Int16Array.from({ length: 2 * sampleRate * seconds }, (_, index) =>
    Math.round(5_000 * Math.sin((2 * Math.PI * hz * Math.floor(index / 2)) / sampleRate)),
  );
  patchWavSizes(header, samples.byteLength);
  return Uint8Array.from([...header, ...new Uint8Array(samples.buffer)]);
}
