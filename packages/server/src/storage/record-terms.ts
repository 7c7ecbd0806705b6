/**
 * What a record is found by, as terms: its tags, its bucket, the beginnings of its words and keys. The same for both
 * parts of the index of what is listed: full text for what is new (loose-records.ts), blocks for the rest
 * (record-blocks.ts). Also says of a single record whether a filter finds it.
 */
import type { RecordFilter } from '../desk/ports/record-filter.ts';
import { foldTag, hasTag } from '../desk/records/tags.ts';

export interface IndexedRecord {
  tags: readonly string[];
  bucketId: string | null;
  /** Content, names, numbers: what `search` looks at. */
  texts: readonly (string | null)[];
  /** What `keys` of a filter look at, and `search` does not. */
  keys?: readonly RecordKey[];
}

/** A text found by its first letters, whatever is between them, and apart from keys of another kind. */
export interface RecordKey {
  /** One letter. */
  kind: string;
  text: string;
}

export interface IndexFilter extends RecordFilter {
  /** The beginnings of keys it has, all of them. */
  keys?: readonly RecordKey[];
}

/** A label is a term that no text contains: it begins with a character of private use. So does a key. */
const LABEL = '\uE000';
const KEY = '\uE001';
/** A word of `search` beyond these adds nothing. */
const MAX_SEARCH_WORDS = 12;
const MAX_WORD_CHARS = 60;
/** In blocks a term begins with what it is. */
const [TAG, BUCKET, WORD, KEYED] = ['t', 'b', 'w', 'k'] as const;
/** Every bucket of a block is between these two. */
export const BUCKET_TERMS = [BUCKET, String.fromCharCode(BUCKET.charCodeAt(0) + 1)] as const;

/** Letters and digits of any language, in runs; what both sides of a search are made of. */
export function wordsOf(text: string): string[] {
  if (text === '') return [];
  return (text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) =>
    word.slice(0, MAX_WORD_CHARS).toWellFormed(),
  );
}

/** Without case and without the accents of European letters; vowel signs of other scripts are letters like others. */
function foldWord(word: string): string {
  // Most are, and then this is all there is to do.
  if (/^\w*$/.test(word)) return word.toLowerCase().slice(0, MAX_WORD_CHARS);
  return word
    .normalize('NFD')
    .replace(/[\u0300-\u036F]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .slice(0, MAX_WORD_CHARS)
    .toWellFormed();
}

/** The record as one text for the full-text index. */
export function fullTextOf({ tags, bucketId, texts, keys = [] }: IndexedRecord): string {
  const labels = [...tags.map(tagLabel), ...(bucketId === null ? [] : [bucketLabel(bucketId)])];
  const words = texts.flatMap((text) => wordsOf(text ?? '')).map(foldWord);
  return [...words, ...labels, ...keys.map(keyTerm)].join(' ');
}

/** The filter as a question to the full-text index; null when it asks for nothing but time. */
export function fullTextMatch(filter: IndexFilter): string | null {
  const { tags, bucketIds, keys = [] } = filter;
  const terms = [...keys.map((key) => `"${keyTerm(key)}" *`), ...tags.map((tag) => `"${tagLabel(tag)}"`)];
  if (isForNothing(filter)) terms.push(`"${LABEL}nothing"`);
  terms.push(...searchWords(filter).map((word) => `"${word}" *`));
  // Last: who has all of the rest is looked up in these, not the other way round.
  if (bucketIds.length > 0) terms.push(`(${bucketIds.map((id) => `"${bucketLabel(id)}"`).join(' OR ')})`);
  return terms.length === 0 ? null : terms.join(' AND ');
}

/** Each once. Of words and keys every beginning is one, so that none is ever put together when it is asked for. */
export function termsOf({ tags, bucketId, texts, keys = [] }: IndexedRecord): Set<string> {
  const terms = new Set(tags.map(tagTerm));
  if (bucketId !== null) terms.add(bucketTerm(bucketId));
  for (const word of texts.flatMap((text) => wordsOf(text ?? ''))) addBeginnings(terms, WORD, foldWord(word));
  for (const { kind, text } of keys) addBeginnings(terms, `${KEYED}${kind}`, keyText(text));
  return terms;
}

/** Terms that a record has all of; of the buckets it has one. null when nothing can have them. */
export function wantedTerms(filter: IndexFilter): { all: string[]; buckets: string[] } | null {
  if (isForNothing(filter)) return null;
  const { tags, bucketIds, keys = [] } = filter;
  const all = [
    ...tags.map(tagTerm),
    ...searchWords(filter).map((word) => `${WORD}${word}`),
    ...keys.map(({ kind, text }) => `${KEYED}${kind}${keyText(text)}`),
  ];
  return { all: [...new Set(all)], buckets: [...new Set(bucketIds.map(bucketTerm))] };
}

/** The same as the index would find. */
export function isWanted(record: IndexedRecord | undefined, filter: IndexFilter): boolean {
  if (!record || isForNothing(filter)) return false;
  const { tags, bucketIds, keys = [] } = filter;
  if (!tags.every((tag) => hasTag(record.tags, tag))) return false;
  if (bucketIds.length > 0 && !bucketIds.includes(record.bucketId ?? '')) return false;
  const wantedWords = searchWords(filter);
  const wantedKeys = keys.map(keyTerm);
  const words = wantedWords.length === 0 ? [] : record.texts.flatMap((text) => wordsOf(text ?? ''));
  const folded = words.map(foldWord);
  const ownKeys = wantedKeys.length === 0 ? [] : (record.keys ?? []).map(keyTerm);
  return (
    wantedWords.every((beginning) => folded.some((word) => word.startsWith(beginning))) &&
    wantedKeys.every((beginning) => ownKeys.some((key) => key.startsWith(beginning)))
  );
}

function searchWords({ search }: IndexFilter): string[] {
  return wordsOf(search ?? '')
    .slice(0, MAX_SEARCH_WORDS)
    .map(foldWord)
    .filter((word) => word !== '');
}

/** Signs without a word in them: nothing has them. */
function isForNothing(filter: IndexFilter): boolean {
  return (filter.search ?? '').trim() !== '' && searchWords(filter).length === 0;
}

function addBeginnings(terms: Set<string>, kind: string, word: string): void {
  let beginning = kind;
  for (const char of word) {
    beginning += char;
    terms.add(beginning);
  }
}

function keyText(text: string): string {
  return wordsOf(text).map(foldWord).join('').slice(0, MAX_WORD_CHARS).toWellFormed();
}
function keyTerm({ kind, text }: RecordKey): string {
  return `${KEY}${kind}${keyText(text)}`;
}
function tagTerm(tag: string): string {
  return `${TAG}${foldTag(tag).toWellFormed()}`;
}
function bucketTerm(id: string): string {
  return `${BUCKET}${id.toWellFormed()}`;
}
function tagLabel(tag: string): string {
  return `${LABEL}t${hexOf(foldTag(tag))}`;
}
function bucketLabel(id: string): string {
  return `${LABEL}b${hexOf(id)}`;
}

/** A label is one term whatever is in it. */
function hexOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}
