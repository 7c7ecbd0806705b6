/** Uploaded prompts in the form that the engine plays, by the engine's own resampler; refused in words of the upload. */
import { LONGEST_PROMPT_S, toPromptFile, type PromptRefusal } from '@openline/engine';

export type PromptConversion = { ok: true; file: Uint8Array } | { ok: false; problem: string };

const PROBLEMS: Readonly<Record<PromptRefusal['code'], string>> = {
  not_wav: 'this is not a WAV file',
  unsupported_format: 'the WAV file is not PCM of 8, 16, 24 or 32 bits, or 32-bit float',
  unsupported_rate: 'the sample rate is not one of 8, 16, 22.05, 24, 32, 44.1 or 48 kHz',
  too_short: 'the sound is shorter than a tenth of a second',
  too_long: `the sound is longer than ${LONGEST_PROMPT_S} seconds`,
};

export async function convertPrompt(upload: Uint8Array): Promise<PromptConversion> {
  const result = await toPromptFile(upload);
  return result.ok ? { ok: true, file: result.file } : { ok: false, problem: PROBLEMS[result.code] };
}
