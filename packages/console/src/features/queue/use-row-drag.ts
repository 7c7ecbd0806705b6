// Dragging a row of the queue by its grip, with mouse or finger. The row follows the pointer; where it would land is
// marked; letting go tells, Escape and losing the pointer do not.
import { type PointerEvent, type RefObject, useState } from 'react';
import { placeAt } from './queue-order.ts';

interface Drag {
  id: string;
  fromX: number;
  fromY: number;
  byX: number;
  byY: number;
  to: number;
}

export interface RowDrag {
  dragged: Drag | null;
  gripProps: (id: string) => {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: () => void;
    onPointerCancel: () => void;
  };
}

export function useRowDrag(
  list: RefObject<HTMLElement | null>,
  onDrop: (id: string, to: number) => void,
): RowDrag {
  const [dragged, setDragged] = useState<Drag | null>(null);
  return {
    dragged,
    gripProps: (id) => ({
      onPointerDown(event) {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const { clientX: fromX, clientY: fromY } = event;
        setDragged({ id, fromX, fromY, byX: 0, byY: 0, to: placeAt(rowsOf(list), fromX, fromY) });
      },
      onPointerMove(event) {
        if (!dragged) return;
        const { clientX, clientY } = event;
        const to = placeAt(rowsOf(list), clientX, clientY);
        setDragged({ ...dragged, byX: clientX - dragged.fromX, byY: clientY - dragged.fromY, to });
      },
      onPointerUp() {
        if (dragged && Math.hypot(dragged.byX, dragged.byY) > SLIP_PX) onDrop(id, dragged.to);
        setDragged(null);
      },
      onPointerCancel: () => setDragged(null),
    }),
  };
}

/** Less is a press. */
const SLIP_PX = 6;

/** Where the rows stand without the one that is under way: the list does not move while one is dragged. */
function rowsOf(list: RefObject<HTMLElement | null>): DOMRect[] {
  return [...(list.current?.querySelectorAll('.queue-place') ?? [])].map((row) =>
    row.getBoundingClientRect(),
  );
}
