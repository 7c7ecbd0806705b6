// Taking the head of the queue, as this console sees it, to air: for the button, the key N and the presenter.
import { mayDo } from '@openline/protocol';
import { useCallback } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useSurroundings } from '../desk/surroundings.tsx';

export interface NextToAirControl {
  /** null: the queue is empty. */
  id: string | null;
  isPending: boolean;
  mayTake: boolean;
  take: () => void;
}

export function useNextToAir(): NextToAirControl {
  const controls = useControls();
  const id = useDesk((view) => view.desk?.queue.order[0]) ?? null;
  const isSent = useDesk((view) => view.pending.get('queue')?.has('next') === true);
  const isMoving = useDesk((view) => id !== null && view.desk?.mixer.channels[id]?.pending === 'master');
  const mayTake = mayDo(useSurroundings().me.role, 'queue:next');
  const take = useCallback(() => {
    if (id !== null) controls.set('queue', 'next', 'queue:next', { channel_id: id });
  }, [controls, id]);
  return { id, isPending: isSent || isMoving, mayTake, take };
}
