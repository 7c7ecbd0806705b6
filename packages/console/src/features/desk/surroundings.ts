// The part of the desk that a strip's view depends on, kept the same object while nothing of it changed, so that a
// strip is drawn again only when it must be.
import { createContext, useContext, useMemo } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import type { Surroundings } from './strip-view.ts';

const SurroundingsContext = createContext<Surroundings | null>(null);
export const SurroundingsProvider = SurroundingsContext.Provider;

/** For the desk, once. */
export function useSurroundingsOfDesk(): Surroundings | null {
  const you = useDesk((view) => view.desk?.you);
  const users = useDesk((view) => view.desk?.users);
  const mine = useDesk((view) => (you ? view.desk?.mixer.channels[you.user_id] : undefined));
  const isOnAir = useDesk((view) => view.desk?.mixer.master.on_air === true);
  return useMemo(() => {
    if (!you || !users) return null;
    const channels = mine ? { [you.user_id]: mine } : {};
    return { channels, users, me: { id: you.user_id, role: you.role }, isOnAir };
  }, [you, users, mine, isOnAir]);
}

export function useSurroundings(): Surroundings {
  const around = useContext(SurroundingsContext);
  if (!around) throw new Error('a strip is drawn outside the desk');
  return around;
}
