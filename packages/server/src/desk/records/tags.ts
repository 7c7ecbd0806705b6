// Tags of texts, questions, calls and people: free words, case kept, matched without case. A favourite is what has the
// tag `favorite`, so that every filter and every rule for tags is one for favourites too.

export const FAVORITE = 'favorite';

/** Most tags that one record has. */
export const MAX_TAGS = 50;

/** The same for every spelling of a tag. */
export function foldTag(tag: string): string {
  return tag.normalize('NFC').trim().toLowerCase();
}

export function hasTag(tags: readonly string[], tag: string): boolean {
  const folded = foldTag(tag);
  return tags.some((each) => foldTag(each) === folded);
}

/** With those of `added` that it has not, in their order; the same array when it has them all. */
export function withTags(tags: readonly string[], added: readonly string[]): readonly string[] {
  let result = tags;
  for (const tag of added) if (!hasTag(result, tag)) result = [...result, tag.normalize('NFC').trim()];
  return result;
}

/** Without those of `removed`, whatever their case; the same array when it has none of them. */
export function withoutTags(tags: readonly string[], removed: readonly string[]): readonly string[] {
  const kept = tags.filter((tag) => !hasTag(removed, tag));
  return kept.length === tags.length ? tags : kept;
}
