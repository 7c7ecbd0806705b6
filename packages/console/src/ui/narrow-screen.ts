// Whether the screen is too narrow for the master section to stand beside the strips (as in desk.css): its faders
// then lie instead of standing.
import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(width < 1200px)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
