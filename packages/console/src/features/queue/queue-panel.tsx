// The queue: who is ready for the air, in order, the same on every console. Re-ordered by dragging, by buttons and by
// keys; the head goes to air.
import { mayDo } from '@openline/protocol';
import { useRef } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { useSurroundings } from '../desk/surroundings.tsx';
import { NextToAir } from './next-to-air.tsx';
import { movedTo } from './queue-order.ts';
import { QueueRow } from './queue-row.tsx';
import { useRowDrag } from './use-row-drag.ts';
import './queue.css';

export function QueuePanel({ onSelect }: { onSelect: (id: string) => void }) {
  const texts = useTexts().queue;
  const controls = useControls();
  const { me } = useSurroundings();
  const order = useDesk((view) => view.desk?.queue.order) ?? NOBODY;
  const isByHand = useDesk((view) => view.desk?.queue.by_hand === true);
  const isLive = useDesk((view) => view.phase === 'live');
  const canMove = isLive && mayDo(me.role, 'queue:order');
  const list = useRef<HTMLOListElement>(null);

  function move(id: string, to: number) {
    const moved = movedTo(order, id, to);
    if (moved !== order) controls.set('queue', 'order', 'queue:order', [...moved]);
  }

  const drag = useRowDrag(list, move);
  return (
    <section className="queue" aria-label={texts.title}>
      <NextToAir />
      {order.length === 0 ? (
        <p className="queue-none">{texts.none}</p>
      ) : (
        <ol className="queue-list" ref={list} data-size={order.length}>
          {order.map((id, place) => (
            <QueueRow
              key={id}
              id={id}
              place={place}
              size={order.length}
              canMove={canMove}
              drag={drag}
              onMove={move}
              onSelect={onSelect}
            />
          ))}
          {isByHand && (
            <li className="queue-by-hand">
              <span>{texts.byHand}</span>
              <Button
                disabled={!canMove}
                data-act="inTurn"
                onClick={() => controls.set('queue', 'order', 'queue:order', [])}
              >
                {texts.inTurn}
              </Button>
            </li>
          )}
        </ol>
      )}
    </section>
  );
}

const NOBODY: readonly string[] = [];
