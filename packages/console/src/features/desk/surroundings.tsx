// The part of the desk that a strip's view depends on, kept the same object while nothing of it changed, so that a
// strip is drawn again only when it must be. Provided once, around all screens.
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import type { DeskView } from '../../connection/desk-view.ts';
import type { Surroundings } from './strip-view.ts';

const SurroundingsContext = createContext<Surroundings | null>(null);

/** Its children are there as soon as there is a desk. */
export function SurroundingsProvider({ children }: { children: ReactNode }) {
  const around = useSurroundingsOfDesk();
  return around && <SurroundingsContext value={around}>{children}</SurroundingsContext>;
}

function useSurroundingsOfDesk(): Surroundings | null {
  const id = useDesk((view) => view.desk?.you.user_id);
  const role = useDesk((view) => view.desk?.you.role);
  const names = useDesk(namesAsText);
  const myMode = useDesk((view) => (id ? view.desk?.mixer.channels[id]?.mode : undefined)) ?? null;
  const isOnAir = useDesk((view) => view.desk?.mixer.master.on_air === true);
  return useMemo(() => {
    if (!id || !role) return null;
    const userNames = Object.fromEntries(JSON.parse(names) as [string, string][]);
    return { userNames, me: { id, role }, myMode, isOnAir };
  }, [id, role, names, myMode, isOnAir]);
}

/** As one value that is equal while the names are: a user's level under a finger must not draw every strip again. */
function namesAsText({ desk }: DeskView): string {
  return JSON.stringify(Object.entries(desk?.users ?? {}).map(([id, { name }]) => [id, name]));
}

export function useSurroundings(): Surroundings {
  const around = useContext(SurroundingsContext);
  if (!around) throw new Error('a strip is drawn outside the desk');
  return around;
}
