// The dump, wherever it is offered: at the master, on the keyboard, in the presenter's view.
import { mayDo } from '@openline/protocol';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useSurroundings } from './surroundings.tsx';

export function useDump(): { canDump: boolean; isPending: boolean; dump: () => void } {
  const controls = useControls();
  const { me } = useSurroundings();
  const isLive = useDesk((view) => view.phase === 'live');
  const isDelayed = useDesk((view) => (view.desk?.mixer.master.delay_state.depth_ms ?? 0) > 0);
  const isPending = useDesk((view) => view.pending.get('master')?.has('dump') === true);
  return {
    canDump: isLive && isDelayed && mayDo(me.role, 'masterDump'),
    isPending,
    dump: () => controls.set('master', 'dump', 'masterDump', null),
  };
}
