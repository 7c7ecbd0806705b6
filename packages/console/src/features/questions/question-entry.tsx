// One recorded question, with its player and its tags when they are asked for.
import type { Question } from '@openline/protocol';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { RecordActs } from '../../connection/use-record-acts.ts';
import { useTexts } from '../../i18n/texts.ts';
import { PlayTo } from '../media/play-to.tsx';
import { Button } from '../../ui/button.tsx';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { SoundPlayer } from '../../ui/sound-player.tsx';
import { ownTags, TagChips, TagEditor } from '../../ui/tag-editor.tsx';

interface QuestionEntryProps {
  question: Question;
  when: string;
  /** The name of the bucket that it is filed in. */
  bucket: string | null;
  acts: RecordActs;
  isPlaying: boolean;
  onPlay: () => void;
  onCallBack: (number: string) => void;
}

export function QuestionEntry(props: QuestionEntryProps) {
  const { question, when, bucket, acts, isPlaying, onPlay, onCallBack } = props;
  const all = useTexts();
  const texts = all.questions;
  const [, navigate] = useLocation();
  const [isTagging, setTagging] = useState(false);
  const { id, endpoint, mark } = question;
  const who = question.name ?? (endpoint === '' ? all.strip.unknownNumber : endpoint);
  const which = `${who}, ${when}`;
  const tags = ownTags(question.tags);
  const story = [when, durationText(question.duration_ms), ...(question.name === null ? [] : [endpoint])];
  return (
    <li className="call" data-question={id}>
      <span className="call-way">
        <Icon name="question" />
      </span>
      <span className="call-who">
        <strong>{who}</strong>
        <small>{[...story, ...(bucket === null ? [] : [bucket])].join(' · ')}</small>
        {mark !== null && <span className="question-mark">{texts.marks[mark]}</span>}
        <TagChips tags={tags} />
      </span>
      <Button
        tone="bare"
        icon="play"
        data-act="listen"
        isLit={isPlaying}
        aria-label={all.calls.play(which)}
        onClick={onPlay}
      />
      {endpoint !== '' && (
        <Button
          tone="bare"
          icon="outgoing"
          data-act="call-back"
          aria-label={all.calls.callBack(which)}
          onClick={() => onCallBack(endpoint)}
        />
      )}
      <Button
        tone="bare"
        icon="star"
        className="star"
        data-act="favorite"
        isLit={question.favorite}
        aria-label={texts.favorite(which)}
        disabled={!acts.mayTag}
        onClick={() => acts.setFavorite(id, !question.favorite)}
      />
      <RowMenu
        label={texts.otherActs(which)}
        items={[
          endpoint === ''
            ? null
            : {
                icon: 'user',
                text: all.calls.card,
                onSelect: () => navigate(`/contacts/${encodeURIComponent(endpoint)}`),
              },
          endpoint === ''
            ? null
            : {
                icon: 'message',
                text: all.calls.write,
                onSelect: () => navigate(`/messages/with/${encodeURIComponent(endpoint)}`),
              },
          { icon: 'tag', text: all.tags.edit, isOff: !acts.mayTag, onSelect: () => setTagging(true) },
          {
            icon: 'delete',
            text: texts.remove,
            isOff: !acts.mayDelete,
            onSelect: () => acts.remove(id, texts.removed),
          },
        ]}
      />
      {isTagging && (
        <div className="row-tags">
          <TagEditor
            tags={tags}
            isDisabled={!acts.mayTag}
            onAdd={(tag) => acts.addTag(id, tag)}
            onRemove={(tag) => acts.removeTag(id, tag)}
          />
          <Button tone="bare" onClick={() => setTagging(false)}>
            {all.tags.done}
          </Button>
        </div>
      )}
      {isPlaying && (
        <SoundPlayer
          url={question.audio_url}
          durationMs={question.duration_ms}
          label={which}
          playsAtOnce
          more={(atMs) => <PlayTo url={question.audio_url} title={who} fromMs={atMs} />}
        />
      )}
    </li>
  );
}
