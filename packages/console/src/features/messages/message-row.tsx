// One text in a list: who, when, what, and the two things that are done most, picking it and answering it. The rest is
// in its menu.
import type { Message } from '@openline/protocol';
import { memo, useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { ownTags, TagChips, TagEditor } from '../../ui/tag-editor.tsx';
import { MessageStatus } from './message-status.tsx';
import type { MessageActs } from './use-message-acts.ts';

interface MessageRowProps {
  message: Message;
  when: string;
  acts: MessageActs;
  isChosen: boolean;
  /** Opens the conversation; with a text, to answer that one. */
  onOpen: (message: Message) => void;
  onForward: (message: Message) => void;
  onCall: (number: string) => void;
}

/** So much of a text tells which one it is. */
const TOLD_LENGTH = 40;

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, when, acts, isChosen, onOpen, onForward, onCall } = props;
  const all = useTexts();
  const texts = all.messages;
  const [isTagging, setTagging] = useState(false);
  const who = message.name ?? message.endpoint;
  const which = `${who}, ${when}, “${message.content.slice(0, TOLD_LENGTH)}”`;
  const isNumber = /^\+?\d+$/.test(message.endpoint);
  return (
    <li
      className="text"
      data-message={message.id}
      data-type={message.type}
      data-chosen={isChosen || undefined}
      data-failed={message.status === 'failed' || undefined}
    >
      <button type="button" className="text-main" data-act="open" onClick={() => onOpen(message)}>
        <span className="text-head">
          <strong>
            {message.type === 'sms_out' && <Icon name="reply" size={14} />}
            {who}
          </strong>
          <MessageStatus message={message} />
          <time>{when}</time>
        </span>
        <span className="text-content">{message.content}</span>
        <TagChips tags={ownTags(message.tags)} />
        <span className="unseen">{texts.open}</span>
      </button>
      <Button
        tone="bare"
        icon="star"
        className="star"
        data-act="favorite"
        isLit={message.favorite}
        aria-label={texts.favorite(which)}
        disabled={!acts.mayTag}
        onClick={() => acts.setFavorite(message.id, !message.favorite)}
      />
      <RowMenu
        label={texts.more(which)}
        items={[
          { icon: 'reply', text: texts.reply, isOff: !acts.maySend, onSelect: () => onOpen(message) },
          { icon: 'forward', text: texts.forward, isOff: !acts.maySend, onSelect: () => onForward(message) },
          { icon: 'tag', text: all.tags.edit, isOff: !acts.mayTag, onSelect: () => setTagging(true) },
          isNumber ? { icon: 'outgoing', text: texts.call, onSelect: () => onCall(message.endpoint) } : null,
          {
            icon: 'delete',
            text: texts.remove,
            isOff: !acts.mayDelete,
            onSelect: () => acts.remove(message.id, texts.deleted),
          },
        ]}
      />
      {isTagging && (
        <div className="row-tags">
          <TagEditor
            tags={ownTags(message.tags)}
            isDisabled={!acts.mayTag}
            onAdd={(tag) => acts.addTag(message.id, tag)}
            onRemove={(tag) => acts.removeTag(message.id, tag)}
          />
          <Button tone="bare" onClick={() => setTagging(false)}>
            {all.tags.done}
          </Button>
        </div>
      )}
    </li>
  );
});
