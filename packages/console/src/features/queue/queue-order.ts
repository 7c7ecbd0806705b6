// The order of the queue under somebody's hand: pure sums of who stands where. Used by dragging, by the buttons and by
// the keys of a row.

/** `id` at the place `to`, from 0; the others keep their order. The same list when nothing changes. */
export function movedTo(order: readonly string[], id: string, to: number): readonly string[] {
  const from = order.indexOf(id);
  const place = Math.min(order.length - 1, Math.max(0, to));
  if (from < 0 || from === place) return order;
  const moved = order.filter((one) => one !== id);
  moved.splice(place, 0, id);
  return moved;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The place nearest to a finger; rows may stand in several columns. */
export function placeAt(rows: readonly Box[], x: number, y: number): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, row] of rows.entries()) {
    const away = Math.hypot(x - (row.left + row.right) / 2, y - (row.top + row.bottom) / 2);
    if (away >= least) continue;
    least = away;
    nearest = place;
  }
  return nearest;
}
