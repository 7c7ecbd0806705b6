// The four events that change tags, the same for texts, questions and calls: which tags a record has afterwards.
import type { Refusal } from '@openline/protocol';
import { refusal } from '@openline/protocol';
import { FAVORITE, MAX_TAGS, withoutTags, withTags } from './tags.ts';

type TaggedKind = 'messages' | 'questions' | 'calls';
type TagVerb = 'favorite' | 'unfavorite' | 'addTags' | 'removeTags';
export type TagEvent<Kind extends TaggedKind> = `${Kind}:${TagVerb}`;

export interface TagAction {
  event: TagEvent<TaggedKind>;
  key: string;
  value: readonly string[] | null;
}

export type TagsResult = { ok: true; tags: readonly string[] } | { ok: false; refusal: Refusal };

/** The same array when nothing changes. */
export function tagsAfter(tags: readonly string[], { event, key, value }: TagAction): TagsResult {
  const verb = event.slice(event.indexOf(':') + 1) as TagVerb;
  const given = verb === 'favorite' || verb === 'unfavorite' ? [FAVORITE] : (value ?? []);
  const isAdding = verb === 'favorite' || verb === 'addTags';
  const after = isAdding ? withTags(tags, given) : withoutTags(tags, given);
  if (isAdding && after.length > Math.max(MAX_TAGS, tags.length)) {
    return { ok: false, refusal: refusal('too_many_tags', key, { limit: String(MAX_TAGS) }) };
  }
  return { ok: true, tags: after };
}
