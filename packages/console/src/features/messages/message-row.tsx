// One text in a list: who, when, what, and the two things that are done most, picking it and answering it. The rest is
// in its menu.
import type { Message } from '@openline/protocol';
import { DropdownMenu } from 'radix-ui';
import { memo, useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { TagChips, TagEditor } from '../../ui/tag-editor.tsx';
import { MessageStatus } from './message-status.tsx';
import type { MessageActs } from './use-message-acts.ts';

export interface MessageRowProps {
  message: Message;
  when: string;
  acts: MessageActs;
  isChosen: boolean;
  /** Opens the conversation; with a text, to answer that one. */
  onOpen: (message: Message) => void;
  onForward: (message: Message) => void;
  onCall: (number: string) => void;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, when, acts, isChosen, onOpen } = props;
  const texts = useTexts().messages;
  const [isTagging, setTagging] = useState(false);
  const who = message.name ?? message.endpoint;
  return (
    <li
      className="text"
      data-message={message.id}
      data-type={message.type}
      data-chosen={isChosen || undefined}
      data-failed={message.status === 'failed' || undefined}
    >
      <button
        type="button"
        className="text-main"
        data-act="open"
        aria-label={texts.open(who, when)}
        onClick={() => onOpen(message)}
      >
        <span className="text-head">
          <strong>
            {message.type === 'sms_out' && <Icon name="reply" size={14} />}
            {who}
          </strong>
          <MessageStatus message={message} />
          <time>{when}</time>
        </span>
        <span className="text-content">{message.content}</span>
        <TagChips tags={tagsOf(message)} />
      </button>
      <Button
        tone="bare"
        icon="star"
        className="text-star"
        data-act="favorite"
        isLit={message.favorite}
        aria-label={texts.favorite(who)}
        disabled={!acts.mayTag}
        onClick={() => acts.setFavorite(message, !message.favorite)}
      />
      <RowMenu {...props} who={who} onTags={() => setTagging(true)} />
      {isTagging && (
        <div className="text-tags">
          <TagEditor
            tags={tagsOf(message)}
            isDisabled={!acts.mayTag}
            onAdd={(tag) => acts.addTag(message, tag)}
            onRemove={(tag) => acts.removeTag(message, tag)}
          />
          <Button tone="bare" onClick={() => setTagging(false)}>
            {texts.tagsDone}
          </Button>
        </div>
      )}
    </li>
  );
});

function RowMenu(props: MessageRowProps & { who: string; onTags: () => void }) {
  const { message, acts, who, onOpen, onForward, onCall, onTags } = props;
  const texts = useTexts().messages;
  const isNumber = /^\+?\d+$/.test(message.endpoint);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button tone="bare" icon="more" data-act="more" aria-label={texts.more(who)} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          <Item icon="reply" text={texts.reply} isOff={!acts.maySend} onSelect={() => onOpen(message)} />
          <Item
            icon="forward"
            text={texts.forward}
            isOff={!acts.maySend}
            onSelect={() => onForward(message)}
          />
          <Item icon="tag" text={texts.tags} isOff={!acts.mayTag} onSelect={onTags} />
          {isNumber && <Item icon="outgoing" text={texts.call} onSelect={() => onCall(message.endpoint)} />}
          <Item
            icon="delete"
            text={texts.remove}
            isOff={!acts.mayDelete}
            onSelect={() => acts.remove(message)}
          />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  icon: IconName;
  text: string;
  isOff?: boolean;
  onSelect: () => void;
}

function Item({ icon, text, isOff = false, onSelect }: ItemProps) {
  return (
    <DropdownMenu.Item className="menu-item" disabled={isOff} onSelect={onSelect}>
      <span className="menu-check">
        <Icon name={icon} size={16} />
      </span>
      {text}
    </DropdownMenu.Item>
  );
}

/** The star says `favorite` already. */
function tagsOf(message: Message): string[] {
  return message.tags.filter((tag) => tag.toLowerCase() !== 'favorite');
}
