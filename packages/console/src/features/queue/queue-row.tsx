// One caller of the queue: place, who, what they want to say, since when they wait, and the ways to move them.
import type { CSSProperties, KeyboardEvent } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { RunningTime } from '../desk/running-time.tsx';
import type { RowDrag } from './use-row-drag.ts';

interface QueueRowProps {
  id: string;
  place: number;
  size: number;
  canMove: boolean;
  drag: RowDrag;
  onMove: (id: string, to: number) => void;
  onSelect: (id: string) => void;
}

export function QueueRow({ id, place, size, canMove, drag, onMove, onSelect }: QueueRowProps) {
  const texts = useTexts();
  const channel = useDesk((view) => view.desk?.mixer.channels[id]);
  if (!channel) return null;
  const { contact } = channel;
  const who = contact?.name || contact?.number || texts.strip.unknownNumber;
  const details = [contact?.location, contact?.point].filter(Boolean).join(' · ');
  const isDragged = drag.dragged?.id === id;

  function onKeyDown(event: KeyboardEvent) {
    const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: size - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(id, to);
  }

  return (
    <li className="queue-place" data-target={isTarget(drag, place) || undefined}>
      <div
        className="queue-row"
        data-queued={id}
        data-first={place === 0 || undefined}
        data-dragged={isDragged || undefined}
        style={
          { '--x': `${drag.dragged?.byX ?? 0}px`, '--y': `${drag.dragged?.byY ?? 0}px` } as CSSProperties
        }
      >
        <button
          type="button"
          className="queue-grip"
          disabled={!canMove}
          aria-label={texts.queue.grip(who, place + 1, size)}
          onKeyDown={onKeyDown}
          {...(canMove ? drag.gripProps(id) : {})}
        >
          <strong>{place + 1}</strong>
          <Icon name="drag" size={14} />
        </button>
        <button type="button" className="queue-who" onClick={() => onSelect(id)}>
          <span>
            {channel.priority > 0 && (
              <span className="queue-priority" data-priority={channel.priority}>
                <Icon name="star" size={14} />
                <span className="unseen">{texts.priorities[channel.priority].short}</span>
              </span>
            )}
            <strong>{who}</strong>
            <RunningTime since={channel.timestamp} />
          </span>
          <small>{details === '' ? channel.label : details}</small>
        </button>
        <Button
          tone="bare"
          icon="up"
          disabled={!canMove || place === 0}
          aria-label={texts.queue.up(who)}
          onClick={() => onMove(id, place - 1)}
        />
        <Button
          tone="bare"
          icon="down"
          disabled={!canMove || place === size - 1}
          aria-label={texts.queue.down(who)}
          onClick={() => onMove(id, place + 1)}
        />
      </div>
    </li>
  );
}

function isTarget({ dragged }: RowDrag, place: number): boolean {
  return dragged !== null && dragged.to === place;
}
