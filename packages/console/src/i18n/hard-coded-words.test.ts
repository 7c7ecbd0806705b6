// Words that a person reads belong to the languages beside this file. This reads the sources of the components and finds the
// ones that were written into them.
// oxlint-disable no-restricted-imports -- the test reads the sources; the console does not
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

const sources = resolve(import.meta.dirname, '..');

/** Attributes that are read out or shown. `label`, `hint` and the like are props of our own components. */
const READ_BY_PEOPLE = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
  'hint',
  'label',
  'placeholder',
  'title',
]);

/** What is the same in every language: units, signs, names of keys and the product. */
const SAME_EVERYWHERE =
  /^(?:Openline|dB|dBFS|kHz|Hz|ms|min|kB|MB|GB|SIP|SMS|IVR|Esc|Enter|Tab|Shift|Ctrl|Alt)$/;

interface SyntaxNode {
  type: string;
  start: number;
  [property: string]: unknown;
}

interface Word {
  text: string;
  at: number;
}

/** Two letters in a row are a word; one alone is a key or a sign. */
function isWord(text: string): boolean {
  const words = text.match(/[\p{L}]{2,}/gu) ?? [];
  return words.some((word) => !SAME_EVERYWHERE.test(word));
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** The literal words that an expression can come to: both arms of a condition, the parts of a template. */
function literalsOf(node: unknown): Word[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case 'JSXExpressionContainer':
      return literalsOf(node['expression']);
    case 'Literal':
      return typeof node['value'] === 'string' ? [{ text: node['value'], at: node.start }] : [];
    case 'TemplateLiteral':
      return (node['quasis'] as SyntaxNode[]).map((part) => ({
        text: (part['value'] as { raw: string }).raw,
        at: part.start,
      }));
    case 'ConditionalExpression':
      return [...literalsOf(node['consequent']), ...literalsOf(node['alternate'])];
    case 'LogicalExpression':
      return [...literalsOf(node['left']), ...literalsOf(node['right'])];
    case 'BinaryExpression':
      return node['operator'] === '+' ? [...literalsOf(node['left']), ...literalsOf(node['right'])] : [];
    default:
      return [];
  }
}

function attributeName(node: SyntaxNode): string {
  const name = node['name'] as SyntaxNode;
  return typeof name['name'] === 'string' ? name['name'] : '';
}

function shownBy(node: SyntaxNode): Word[] {
  if (node.type === 'JSXText') return [{ text: String(node['value']), at: node.start }];
  if (node.type === 'JSXAttribute')
    return READ_BY_PEOPLE.has(attributeName(node)) ? literalsOf(node['value']) : [];
  if (node.type !== 'JSXElement' && node.type !== 'JSXFragment') return [];
  const inBraces = (node['children'] as SyntaxNode[]).filter(({ type }) => type === 'JSXExpressionContainer');
  return inBraces.flatMap(literalsOf);
}

function hardCodedIn(name: string, source: string): string[] {
  const { program, errors } = parseSync(name, source);
  if (errors.length > 0) throw new Error(`${name} cannot be parsed: ${errors[0]?.message}`);
  const found: string[] = [];
  const walk = (node: SyntaxNode): void => {
    for (const word of shownBy(node)) {
      if (!isWord(word.text)) continue;
      const line = source.slice(0, word.at).split('\n').length;
      found.push(`${name}:${line}: ${word.text.trim()}`);
    }
    for (const child of childrenOf(node)) walk(child);
  };
  walk(program as unknown as SyntaxNode);
  return found;
}

describe('the components', () => {
  it('say nothing but what is in the languages', () => {
    const files = globSync('**/*.tsx', { cwd: sources }).filter((file) => !file.endsWith('.test.tsx'));
    expect(files.length).toBeGreaterThan(10);
    const found = files.flatMap((file) => hardCodedIn(file, readFileSync(join(sources, file), 'utf8')));
    expect(found, 'these words belong to i18n/').toEqual([]);
  });
});

/** Times and numbers that would be written in the language of the machine, or always in the same. */
const WITHOUT_LOCALE =
  /\.toLocale(?:Date|Time)?String\(\s*(?:\)|undefined|\[|['"`])|\bIntl\.\w+\(\s*(?:\)|undefined|\[|['"`])|\.getHours\(|\.getMinutes\(/;

describe('times and numbers', () => {
  it('are written by the locale of the reader', () => {
    // A language's own file counts in its own language.
    const files = globSync('**/*.{ts,tsx}', { cwd: sources }).filter(
      (file) => !/\.test\.tsx?$|^i18n\//.test(file),
    );
    const found = files.filter((file) => WITHOUT_LOCALE.test(readFileSync(join(sources, file), 'utf8')));
    expect(found, 'give these the locale of useLanguage()').toEqual([]);
  });

  it.each(['a.toLocaleString()', "new Intl.NumberFormat('en')", 'at.toLocaleTimeString(undefined, {})'])(
    'would be found in %s',
    (source) => expect(source).toMatch(WITHOUT_LOCALE),
  );
});

describe('the search for hard-coded words', () => {
  const found = (jsx: string) => hardCodedIn('x.tsx', `const x = ${jsx};`);

  it('finds a text between tags, in braces, and in what is read out', () => {
    expect(found('<p>Hang up</p>')).toEqual(['x.tsx:1: Hang up']);
    expect(found('<p>{isOn ? "Hang up" : texts.on}</p>')).toHaveLength(1);
    expect(found('<p>{isOn && `Caller ${name}`}</p>')).toHaveLength(1);
    expect(found('<button aria-label="Hang up" />')).toHaveLength(1);
    expect(found('<input placeholder={isOn ? "Name" : "Place"} />')).toHaveLength(2);
    expect(found('<img alt={"Logo of " + name} />')).toHaveLength(1);
  });

  it('leaves alone what nobody reads, and what is the same in every language', () => {
    expect(found('<p className="strip" data-mode={isOn ? "on_air" : "free"}>{texts.on}</p>')).toEqual([]);
    expect(found('<p><kbd>A</kbd> · 3 dB {" "} {shown(one, "hour")} {a === "none" ? 1 : 2}</p>')).toEqual([]);
    expect(found('<Icon name="hangUp" /> as ReactNode')).toEqual([]);
  });
});
