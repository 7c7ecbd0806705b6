import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { en as enSettings } from './settings/en.ts';
import { settingsLanguages } from './settings/texts.ts';
import { firstLanguage, languages, localeOf } from './texts.ts';

describe('the language of the console', () => {
  it('is what was chosen here, else what the browser prefers, else English', () => {
    expect(firstLanguage('fr', ['en-GB'])).toBe('fr');
    expect(firstLanguage(null, ['fr-SN', 'en'])).toBe('fr');
    expect(firstLanguage(null, ['sw-TZ', 'en'])).toBe('sw');
    expect(firstLanguage('xx', ['wo'])).toBe('en');
  });

  it('writes times and numbers as in the region of its reader', () => {
    expect(localeOf('en', ['fr-SN', 'en-GB', 'en'])).toBe('en-GB');
    expect(localeOf('fr', ['en-GB'])).toBe('fr');
    const [day, number] = [new Date(2026, 10, 23), 1234.5];
    const written = ['en-GB', 'fr', 'sw'].map((locale) => [
      new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }).format(day),
      new Intl.NumberFormat(locale).format(number),
    ]);
    expect(written).toEqual([
      ['23 November', '1,234.5'],
      ['23 novembre', '1\u202f234,5'],
      ['23 Novemba', '1,234.5'],
    ]);
  });
});

/** What texts with parts are called with, one row after the other until one gives a sentence. */
const SAMPLES: readonly (readonly unknown[])[] = [
  [{ sign: '+', dB: 3 }, 'b', 'c'],
  [3, 4, 5],
  ['Aa', 'Bb', 'Cc', 'Dd'],
  ['Aa', 4, 5],
  [3, 'Bb', 'Cc'],
];

function said(text: (...parts: readonly unknown[]) => unknown): string {
  for (const sample of SAMPLES) {
    try {
      const sentence = text(...sample);
      if (typeof sentence === 'string' && !/undefined|NaN|\[object/.test(sentence)) return sentence;
    } catch {
      // Not for parts of this kind.
    }
  }
  throw new Error(`no sample gives a sentence: ${String(text)}`);
}

/** Every text by its path. */
function textsOf(node: unknown, path: string): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') return [[path, said(node as (...parts: readonly unknown[]) => unknown)]];
  return Object.entries(node as object).flatMap(([key, value]) => textsOf(value, `${path}.${key}`));
}

/** Those of the desk and those that come with the settings. */
function allTextsIn(code: string): [string, string][] {
  return [...textsOf(languages[code], ''), ...textsOf(settingsLanguages[code], '.settings')];
}

const english = new Map([...textsOf(en, ''), ...textsOf(enSettings, '.settings')]);

/** Words that are the same wherever this product is used. */
const INTERNATIONAL = (
  'Openline Radio Baobab studio IVR SIP SMS CSV vCard RTP RTCP UDP TCP TLS IP DNS URL HTTP HTTPS PIN ID GSM UCS QR ' +
  'MP3 WAV Opus PCM Icecast Kannel Gammu PWA USB Wi Fi dB dBFS LUFS kHz Hz kB MB GB ms min h a b c Aa Bb Cc Dd'
).split(' ');

/** Words that a language shares with English; a text of nothing else may be the same in both. */
const SHARED: Readonly<Record<string, string>> = {
  fr:
    'auto silence audio message messages contact contacts question questions note notes date port ports codec mode ' +
    'type source format micro menu console station conversation conversations destination description options ' +
    'administration service standard final client page pages minute minutes version sections action actions total ' +
    'tags tag favori transport information informations configuration simple double public direct distance image ' +
    'correct possible impossible attention suggestion expiration modification modifications identification code',
  sw: 'redio menyu barua video data album',
};

function isSharedWith(code: string, text: string): boolean {
  const shared = [...INTERNATIONAL, ...(SHARED[code] ?? '').split(' ')].map((word) => word.toLowerCase());
  const words = text.match(/[\p{L}]+/gu) ?? [];
  return words.every((word) => shared.includes(word.toLowerCase()));
}

/** Words without which hardly an English sentence does, and that the other languages do not have. */
const ENGLISH_ONLY =
  /\b(the|this|that|with|without|your|you|is|are|was|were|of|and|for|from|not|has|have|been|will|cannot|which|who|what)\b/i;

describe.each(Object.keys(languages))('the texts in %s', (code) => {
  const own = allTextsIn(code);

  it('have no empty text', () => {
    expect(own.filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('are the same texts as in English, none missing and none over', () => {
    expect(own.map(([path]) => path).toSorted()).toEqual([...english.keys()].toSorted());
  });
});

describe.each(Object.keys(languages).filter((code) => code !== 'en'))('the texts in %s', (code) => {
  it('are not left in English', () => {
    const left = allTextsIn(code).filter(
      ([path, text]) => ENGLISH_ONLY.test(text) || (text === english.get(path) && !isSharedWith(code, text)),
    );
    expect(left, 'translate these, or add the word to SHARED when it really is the same').toEqual([]);
  });
});
