// What becomes of a text that a gateway delivers: known already, part of a longer one, or new; filed, tagged, committed.
// Only then does the gateway hear of it. Part of messages.ts.
//
//   delivered ── known? ── forgotten (it is there)
//       │
//       ├── whole ──────────────────────────── filed
//       └── part ── others there? ── joined ── filed, or completes what was shown
//                     └── after 10 minutes alone: filed as it is, marked incomplete
import type { AddressBook } from '../ports/address-book.ts';
import type { Ids } from '../ports/ids.ts';
import type { MessageRecord, MessageStore, PartGroup, TextName } from '../ports/message-store.ts';
import type { NumberPlan } from '../ports/number-plan.ts';
import type { IncomingText, TextPart } from '../ports/sms-gateway.ts';
import { withTags } from './tags.ts';
import type { TextsConfig } from './texts-config.ts';

/** Parts that wait longer for the others are shown as they are. */
export const PARTS_WAIT_MS = 10 * 60_000;
/** Reference numbers come round again; parts further apart are of different texts. */
const PARTS_BELONG_MS = 24 * 3_600_000;
/** Stands where a part is missing. */
const GAP = ' […] ';

export interface IncomingTextsOptions {
  store: MessageStore;
  ids: Ids;
  config: () => TextsConfig;
  currentBucket: () => string | null;
  numbers: NumberPlan;
  addressBook: Pick<AddressBook, 'find' | 'noteText'>;
}

export class IncomingTexts {
  readonly #options: IncomingTextsOptions;

  constructor(options: IncomingTextsOptions) {
    this.#options = options;
  }

  /** The text that is new or changed by it; null: nothing to show (yet). Committed when it returns. */
  take(gatewayId: string, text: IncomingText, at: number): MessageRecord | null {
    const { store } = this.#options;
    const sender = this.#senderOf(text);
    const names = namesOf(gatewayId, sender, text);
    return store.together(() => {
      if (store.isKnown(names, at)) return null;
      store.remember(names, at);
      const part = usablePart(text.part);
      if (!part) return this.#file(text, sender, text.content, at, {});
      return this.#takePart(`${gatewayId} ${text.owner.kind} ${sender}`, { ...text, part }, sender, at);
    });
  }

  /** Shows what has waited long enough for its other parts. */
  showWaiting(at: number): MessageRecord[] {
    const { store } = this.#options;
    const due = store.hiddenGroups().filter(({ since }) => since + PARTS_WAIT_MS <= at);
    if (due.length === 0) return [];
    return store.together(() => {
      store.forgetGroups(at - PARTS_BELONG_MS);
      return due.map((group) => this.#showIncomplete(group, at));
    });
  }

  /** When showWaiting has something to do next. */
  nextAt(): number | null {
    const [oldest] = this.#options.store.hiddenGroups();
    return oldest ? oldest.since + PARTS_WAIT_MS : null;
  }

  #takePart(
    from: string,
    text: IncomingText & { part: TextPart },
    sender: string,
    at: number,
  ): MessageRecord | null {
    const { store } = this.#options;
    const group = this.#groupOf(from, text, sender, at);
    // That very part is there: it was delivered again, without a name.
    if (!group) return null;
    store.addPart({ group: group.id, part: text.part.part, content: text.content });
    const parts = store.partsOf(group.id);
    const isWhole = parts.length === group.parts;
    const content = isWhole ? parts.map((part) => part.content).join('') : withGaps(parts, group.parts);
    const shown = group.messageId === null ? null : store.find(group.messageId);
    if (isWhole) store.removeGroup(group.id);
    if (shown) return this.#complete(shown, content, !isWhole);
    if (!isWhole) return null;
    return this.#file(text, sender, content, at, { parts: group.parts });
  }

  /** The longer text that this part belongs to, a new one where there is none; null: it has this part. */
  #groupOf(
    from: string,
    { owner, part, sentAt, content }: IncomingText & { part: TextPart },
    sender: string,
    at: number,
  ): PartGroup | null {
    const { store, ids } = this.#options;
    const key = `${from} ${part.reference} ${part.parts}`;
    const found = store.findGroup(key, at - PARTS_BELONG_MS);
    const taken = found && store.partsOf(found.id).find((each) => each.part === part.part);
    if (taken?.content === content) return null;
    const isDeleted = found?.messageId != null && store.find(found.messageId) === null;
    if (found && !taken && !isDeleted) return found;
    const group: PartGroup = {
      id: ids.next(),
      key,
      parts: part.parts,
      since: at,
      messageId: null,
      text: { owner, sender, sentAt },
    };
    store.addGroup(group);
    return group;
  }

  #showIncomplete(group: PartGroup, at: number): MessageRecord {
    const { store } = this.#options;
    const content = withGaps(store.partsOf(group.id), group.parts);
    const { owner, sender, sentAt } = group.text;
    const message = this.#file({ owner, sentAt }, sender, content, at, {
      parts: group.parts,
      isIncomplete: true,
    });
    store.showGroup(group.id, message.id);
    return message;
  }

  #complete(shown: MessageRecord, content: string, isIncomplete: boolean): MessageRecord {
    const message: MessageRecord = {
      ...shown,
      content,
      isIncomplete,
      tags: withTags(shown.tags, this.#tagsOf(content)),
    };
    this.#options.store.save(message);
    return message;
  }

  #file(
    { owner, sentAt }: Pick<IncomingText, 'owner' | 'sentAt'>,
    endpoint: string,
    content: string,
    at: number,
    change: Partial<MessageRecord>,
  ): MessageRecord {
    const { store, ids, currentBucket, config, numbers, addressBook } = this.#options;
    const line = owner.kind === 'line' ? config().lines.find(({ id }) => id === owner.lineId) : undefined;
    const message: MessageRecord = {
      id: ids.next(),
      type: 'sms_in',
      timestamp: at,
      sentAt,
      lineId: owner.kind === 'line' ? owner.lineId : null,
      channelId: owner.kind === 'user' ? owner.userId : (line?.channelIds[0] ?? null),
      endpoint,
      content,
      keywords: keywordsOf(endpoint, numbers, addressBook.find(endpoint)?.name ?? null),
      bucketId: currentBucket(),
      tags: this.#tagsOf(content),
      replyTo: null,
      status: 'received',
      error: null,
      isIncomplete: false,
      parts: 1,
      attempts: 0,
      dueAt: null,
      isAccepted: false,
      ...change,
    };
    store.add(message);
    addressBook.noteText(endpoint, at);
    return message;
  }

  #tagsOf(content: string): string[] {
    const first = /[\p{L}\p{N}\p{M}]+/u.exec(content)?.[0].toLowerCase();
    const rules = this.#options.config().tagRules.filter(({ word }) => word.toLowerCase() === first);
    return [
      ...withTags(
        [],
        rules.map(({ tag }) => tag),
      ),
    ];
  }

  /** A phone of ours goes by the name of its account, the rest of the world by number. */
  #senderOf({ owner, sender }: IncomingText): string {
    return owner.kind === 'line' ? this.#options.numbers.idOf(sender) : sender.trim();
  }
}

/** How else the number is written, and who it is. */
export function keywordsOf(endpoint: string, numbers: NumberPlan, name: string | null): string {
  return [...numbers.spellings(endpoint), name ?? ''].join(' ').trim();
}

/** Every name under which the same text would be known again. */
function namesOf(gatewayId: string, sender: string, text: IncomingText): TextName[] {
  const { gatewayMessageId, sentAt, resend, content } = text;
  const part = text.part ? `${text.part.reference}/${text.part.part}/${text.part.parts}` : 'whole';
  const names: TextName[] = [];
  if (gatewayMessageId !== null)
    names.push({ name: `id\n${gatewayId}\n${gatewayMessageId}`, withinMs: null });
  if (sentAt !== null) names.push({ name: `at\n${sender}\n${sentAt}\n${part}\n${content}`, withinMs: null });
  if (resend !== null) {
    const name = `again\n${gatewayId}\n${resend.name}\n${sender}\n${part}\n${content}`;
    names.push({ name, withinMs: resend.withinMs });
  }
  return names;
}

/** A header that contradicts itself is none: the text is taken as it is. */
function usablePart(part: TextPart | null): TextPart | null {
  return part !== null && part.parts > 1 && part.part >= 1 && part.part <= part.parts ? part : null;
}

function withGaps(parts: readonly { part: number; content: string }[], count: number): string {
  let content = '';
  let next = 1;
  for (const { part, content: words } of parts) {
    content += (part > next ? GAP : '') + words;
    next = part + 1;
  }
  return (next <= count ? content + GAP : content).trim();
}
