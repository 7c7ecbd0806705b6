// oxlint-disable-next-line no-restricted-imports -- the test reads the style sheet; the console does not
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const tokens = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

function paletteOf(selector: string): Record<string, string> {
  const from = tokens.indexOf(selector);
  const block = tokens.slice(from, tokens.indexOf('}', from));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
}

const dark = paletteOf(':root {');
const light = { ...dark, ...paletteOf(":root[data-theme='light'] {") };

/** Relative luminance and contrast: WCAG 2.2, "contrast ratio". */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dim, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

const tones = ['ring', 'private', 'ivr', 'hold', 'air'];
const pairs: [string, string][] = [
  ...tones.map((tone): [string, string] => [`${tone}-ink`, tone]),
  ...tones.flatMap((tone): [string, string][] => [
    ['ink', `${tone}-tint`],
    ['ink-soft', `${tone}-tint`],
    ['ink-faint', `${tone}-tint`],
    [`${tone}-text`, 'raised'],
  ]),
  ...['ground', 'panel', 'raised', 'sunk'].flatMap((under): [string, string][] => [
    ['ink', under],
    ['ink-soft', under],
  ]),
  ['ink-faint', 'panel'],
  ['ink-faint', 'ground'],
  ['air-text', 'panel'],
  ['air-text', 'air-tint'],
  ['quiet-ink', 'quiet'],
  ['ground', 'ink'],
];

it.each([
  ['dark', dark],
  ['light', light],
])('keeps a contrast of at least 4.5:1 in the %s theme', (_, palette) => {
  const tooFaint = pairs.flatMap(([ink, under]) => {
    const ratio = contrast(palette[ink] ?? '', palette[under] ?? '');
    return ratio >= 4.5 ? [] : [`${ink} on ${under}: ${ratio.toFixed(2)}`];
  });
  expect(tooFaint).toEqual([]);
});
