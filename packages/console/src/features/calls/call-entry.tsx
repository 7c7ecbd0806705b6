// One entry of the history, with its player and its tags when they are asked for.
import type { Call } from '@openline/protocol';
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

interface CallEntryProps {
  call: Call;
  when: string;
  acts: RecordActs;
  isPlaying: boolean;
  onPlay: () => void;
  onCallBack: (number: string) => void;
}

export function CallEntry({ call, when, acts, isPlaying, onPlay, onCallBack }: CallEntryProps) {
  const texts = useTexts();
  const [, navigate] = useLocation();
  const [isTagging, setTagging] = useState(false);
  const who = whoOf(call, texts);
  const which = `${who}, ${when}`;
  const isMissed = call.type === 'call' && !call.answered && call.hangup_cause !== null;
  const hasNumber = call.type === 'call' && call.number !== '';
  const tags = ownTags(call.tags);
  return (
    <li className="call" data-missed={isMissed || undefined} data-call={call.id}>
      <span
        className="call-way"
        title={call.direction === 'out' ? texts.calls.outgoing : texts.calls.incoming}
      >
        <Icon
          name={
            call.type === 'dump'
              ? 'cut'
              : call.type === 'program'
                ? 'air'
                : call.direction === 'out'
                  ? 'outgoing'
                  : 'incoming'
          }
        />
      </span>
      <span className="call-who">
        <strong>{who}</strong>
        <small>{[when, ...storyOf(call, texts)].join(' · ')}</small>
        {call.point !== null && <span className="call-point">{call.point}</span>}
        <TagChips tags={tags} />
      </span>
      {call.recordings.length > 0 && (
        <Button
          tone="bare"
          icon="play"
          data-act="listen"
          isLit={isPlaying}
          aria-label={texts.calls.play(which)}
          onClick={onPlay}
        />
      )}
      {hasNumber && (
        <Button
          tone="bare"
          icon="outgoing"
          data-act="call-back"
          aria-label={texts.calls.callBack(which)}
          onClick={() => onCallBack(call.number)}
        />
      )}
      <Button
        tone="bare"
        icon="star"
        className="star"
        data-act="favorite"
        isLit={call.favorite}
        aria-label={texts.calls.favorite(which)}
        disabled={!acts.mayTag}
        onClick={() => acts.setFavorite(call.id, !call.favorite)}
      />
      <RowMenu
        label={texts.calls.otherActs(which)}
        items={[
          hasNumber
            ? {
                icon: 'user',
                text: texts.calls.card,
                onSelect: () => navigate(`/contacts/${encodeURIComponent(call.number)}`),
              }
            : null,
          hasNumber
            ? {
                icon: 'message',
                text: texts.calls.write,
                onSelect: () => navigate(`/messages/with/${encodeURIComponent(call.number)}`),
              }
            : null,
          { icon: 'tag', text: texts.tags.edit, isOff: !acts.mayTag, onSelect: () => setTagging(true) },
          {
            icon: 'delete',
            text: texts.calls.remove,
            isOff: !acts.mayDelete,
            onSelect: () => acts.remove(call.id, texts.calls.removed),
          },
        ]}
      />
      {isTagging && (
        <div className="row-tags">
          <TagEditor
            tags={tags}
            isDisabled={!acts.mayTag}
            onAdd={(tag) => acts.addTag(call.id, tag)}
            onRemove={(tag) => acts.removeTag(call.id, tag)}
          />
          <Button tone="bare" onClick={() => setTagging(false)}>
            {texts.tags.done}
          </Button>
        </div>
      )}
      {isPlaying &&
        call.recordings.map((recording, index) => (
          <SoundPlayer
            key={recording.audio_url}
            url={recording.audio_url}
            durationMs={recording.duration_ms}
            label={which}
            playsAtOnce={index === 0}
            more={(atMs) => <PlayTo url={recording.audio_url} title={who} fromMs={atMs} />}
          />
        ))}
    </li>
  );
}

type AllTexts = ReturnType<typeof useTexts>;

function whoOf(call: Call, texts: AllTexts): string {
  if (call.type === 'program') return texts.calls.program;
  if (call.type === 'dump') return texts.delay.dumped(call.name);
  return call.name ?? (call.number === '' ? texts.strip.unknownNumber : call.number);
}

function storyOf(call: Call, texts: AllTexts): string[] {
  const story: string[] = call.hangup_cause === null ? [texts.calls.underWay] : [];
  if (call.name !== null && call.number !== '') story.push(call.number);
  if (call.duration_ms > 0) story.push(durationText(call.duration_ms));
  if (call.on_air_ms > 0 && call.type === 'call')
    story.push(texts.calls.onAirFor(durationText(call.on_air_ms)));
  if (call.hangup_cause !== null && call.hangup_cause !== 'normal') {
    story.push(texts.causes[call.hangup_cause] ?? call.hangup_cause);
  }
  return story;
}
