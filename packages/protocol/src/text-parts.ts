// A text as the mobile network carries it: which alphabet it needs, how many characters that makes, in how many parts
// it travels. The server counts with it what it sends, the console while somebody writes. 3GPP TS 23.038 and 23.040.

/** TS 23.038 6.2.1: the default alphabet; its escape (0x1B) is not a character. */
const basicCharacters = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** TS 23.038 6.2.1.1: the extension table; each takes two places, the escape and itself. */
const extendedCharacters = new Set('\f^{}\\[~]|€');

/** How much fits: alone, or beside the header that joins the parts (TS 23.040 9.2.3.24.1, six octets). */
const room = { gsm7: { alone: 160, joined: 153 }, ucs2: { alone: 70, joined: 67 } } as const;

export type TextAlphabet = keyof typeof room;

export interface TextCount {
  alphabet: TextAlphabet;
  /** Places that it takes: septets, or UTF-16 units. */
  characters: number;
  parts: number;
  /** Places left before another part begins. */
  left: number;
}

export function alphabetOf(text: string): TextAlphabet {
  for (const character of text) {
    if (!basicCharacters.has(character) && !extendedCharacters.has(character)) return 'ucs2';
  }
  return 'gsm7';
}

/** The text cut as it travels. No part begins or ends within a character. */
export function splitText(text: string): string[] {
  const alphabet = alphabetOf(text);
  const { alone, joined } = room[alphabet];
  if (placesOf(text, alphabet) <= alone) return [text];
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const character of text) {
    const places = placesOfCharacter(character, alphabet);
    if (used + places > joined) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += character;
    used += places;
  }
  return [...parts, part];
}

export function countText(text: string): TextCount {
  const alphabet = alphabetOf(text);
  const parts = splitText(text);
  const { alone, joined } = room[alphabet];
  const last = placesOf(parts.at(-1) ?? '', alphabet);
  return {
    alphabet,
    characters: placesOf(text, alphabet),
    parts: parts.length,
    left: (parts.length === 1 ? alone : joined) - last,
  };
}

function placesOf(text: string, alphabet: TextAlphabet): number {
  let places = 0;
  for (const character of text) places += placesOfCharacter(character, alphabet);
  return places;
}

function placesOfCharacter(character: string, alphabet: TextAlphabet): number {
  // Beyond the first plane a character is a pair of UTF-16 units; networks take them as they are.
  if (alphabet === 'ucs2') return character.length;
  return extendedCharacters.has(character) ? 2 : 1;
}
