// How components reach the desk: a selected part of its state, and the controls.
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { DeskStore } from './desk-store.ts';
import type { Controls, DeskView } from './desk-view.ts';

const DeskContext = createContext<DeskStore | null>(null);
export const DeskProvider = DeskContext.Provider;

function useStore(): DeskStore {
  const store = useContext(DeskContext);
  if (!store) throw new Error('the desk is used outside its provider');
  return store;
}

/** `select` picks a part that stays the same object while it has not changed. */
export function useDesk<Part>(select: (view: DeskView) => Part): Part {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => select(store.view));
}

/** For what is not drawn: how the desk stands when it is asked. */
export function useDeskView(): () => DeskView {
  const store = useStore();
  return () => store.view;
}

export function useControls(): Controls {
  return useStore();
}
