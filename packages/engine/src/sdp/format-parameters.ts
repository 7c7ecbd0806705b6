/**
 * What the a=fmtp line of a codec says (RFC 4566 §6, for Opus RFC 7587 §6.1), read and written. Called by negotiation.ts
 * and remote-description.ts. Main thread.
 */
import type { SendSettings } from '../call/media-plane.ts';
import { canDecodeOpusFec, DEFAULT_OPUS_BITRATE } from '../codecs/opus/opus.ts';

const LEAST_OPUS_BITRATE = 6_000;

/** "key=value;key=value", in any case and with blanks; what is no number is left out. */
function readParameters(config: string): ReadonlyMap<string, number> {
  const parameters = new Map<string, number>();
  for (const part of config.split(';')) {
    const [key, value] = part.split('=', 2);
    const number = Number(value);
    if (key !== undefined && value?.trim() && Number.isFinite(number)) {
      parameters.set(key.trim().toLowerCase(), number);
    }
  }
  return parameters;
}

/** What the far end would like of the codec when we send: undefined for a codec that nothing can be said of. */
export function sendSettingsOf(codec: string, config: string): SendSettings | undefined {
  if (codec !== 'OPUS') return undefined;
  const parameters = readParameters(config);
  const most = parameters.get('maxaveragebitrate') ?? DEFAULT_OPUS_BITRATE;
  return {
    bitrate: Math.round(Math.min(DEFAULT_OPUS_BITRATE, Math.max(LEAST_OPUS_BITRATE, most))),
    hasFec: parameters.get('useinbandfec') === 1,
  };
}

/**
 * What we would like of the far end. Mono, as everything here. No usedtx: a pause that is sent is better than one that is
 * guessed. FEC where our decoder can use it.
 */
export function ownParameters(codec: string): string | null {
  if (codec === 'TELEPHONE-EVENT') return '0-15';
  if (codec !== 'OPUS') return null;
  const fec = canDecodeOpusFec() ? 1 : 0;
  return `maxaveragebitrate=${DEFAULT_OPUS_BITRATE};stereo=0;sprop-stereo=0;useinbandfec=${fec};usedtx=0`;
}
