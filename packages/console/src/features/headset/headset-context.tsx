// How components reach this page's headset. Provided once, around all screens; it hangs up when the session ends.
import { mayDo } from '@openline/protocol';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { useControls, useDesk, useDeskView } from '../../connection/desk-context.ts';
import { Headset, type HeadsetView } from './headset.ts';

const HeadsetContext = createContext<Headset | null>(null);

export function HeadsetProvider({ children }: { children: ReactNode }) {
  const controls = useControls();
  const viewNow = useDeskView();
  const [headset] = useState(
    () =>
      new Headset({
        controls,
        isLive: () => viewNow().phase === 'live',
        isHeardByHeadset: (as) => {
          const { desk } = viewNow();
          const { host } = desk?.mixer ?? {};
          if (as === 'host') return host?.connection?.by === 'headset' && !host.connection.away;
          const connection = desk ? desk.users[desk.you.user_id]?.connection : null;
          return connection?.by === 'headset' && !connection.away;
        },
      }),
  );
  const mayConnect = useDesk(({ desk }) => desk !== null && mayDo(desk.you.role, 'headset:connect'));
  useEffect(() => {
    headset.open();
    return () => headset.close();
  }, [headset]);
  useEffect(() => {
    if (mayConnect) headset.resume();
  }, [headset, mayConnect]);
  return <HeadsetContext value={headset}>{children}</HeadsetContext>;
}

export function useHeadset(): Headset {
  const headset = useContext(HeadsetContext);
  if (!headset) throw new Error('the headset is used outside its provider');
  return headset;
}

export function useHeadsetView(): HeadsetView {
  const headset = useHeadset();
  return useSyncExternalStore(headset.subscribe, () => headset.view);
}
