// Deletes that can be taken back: what is deleted disappears at once, a bar at the bottom offers to undo, and the
// server is asked only when the offer is over. Leaving the page is no undo: what was deleted is deleted.
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTexts } from '../i18n/texts.ts';
import { Button } from './button.tsx';

export interface Removal {
  /** What is hidden meanwhile, as `isRemoved` is asked for it. */
  keys: readonly string[];
  /** What was done, as a sentence: "2 texts deleted". */
  text: string;
  commit: () => void;
}

interface Undo {
  remove: (removal: Removal) => void;
  isRemoved: (key: string) => boolean;
}

const OFFERED_MS = 7000;
const SETTLING_MS = 1000;
const UndoContext = createContext<Undo | null>(null);

export function useUndo(): Undo {
  const undo = useContext(UndoContext);
  if (!undo) throw new Error('undo is used outside its provider');
  return undo;
}

/** `isOpen`: it can still be taken back; after that it stays hidden until the server's answer is on the lists. */
interface Offer {
  removal: Removal;
  isOpen: boolean;
}

export function UndoProvider({ children }: { children: ReactNode }) {
  const texts = useTexts().undo;
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  /** What waits for its end, also for those who cannot wait for a render: the page that is being left. */
  const waiting = useRef(new Map<Removal, ReturnType<typeof setTimeout>>());

  const forget = useCallback((removal: Removal) => {
    setOffers((all) => all.filter((offer) => offer.removal !== removal));
  }, []);

  const finish = useCallback(
    (removal: Removal) => {
      clearTimeout(waiting.current.get(removal));
      if (waiting.current.delete(removal)) removal.commit();
      setOffers((all) =>
        all.map((offer) => (offer.removal === removal ? { removal, isOpen: false } : offer)),
      );
      setTimeout(() => forget(removal), SETTLING_MS);
    },
    [forget],
  );

  function takeBack(removal: Removal) {
    clearTimeout(waiting.current.get(removal));
    waiting.current.delete(removal);
    forget(removal);
  }

  const remove = useCallback(
    (removal: Removal) => {
      for (const earlier of waiting.current.keys()) finish(earlier);
      const end = setTimeout(() => finish(removal), OFFERED_MS);
      waiting.current.set(removal, end);
      setOffers((all) => [...all, { removal, isOpen: true }]);
    },
    [finish],
  );

  useEffect(() => {
    const finishAll = () => {
      for (const removal of waiting.current.keys()) finish(removal);
    };
    window.addEventListener('pagehide', finishAll);
    return () => {
      window.removeEventListener('pagehide', finishAll);
      finishAll();
    };
  }, [finish]);

  const undo = useMemo(() => {
    const keys = new Set(offers.flatMap((offer) => offer.removal.keys));
    return { remove, isRemoved: (key: string) => keys.has(key) };
  }, [remove, offers]);
  const last = offers.findLast((offer) => offer.isOpen)?.removal;

  return (
    <UndoContext value={undo}>
      {children}
      <div className="undo-place" role="status">
        {last && (
          <p className="undo">
            <span>{last.text}</span>
            <Button data-act="undo" onClick={() => takeBack(last)}>
              {texts.undo}
            </Button>
          </p>
        )}
      </div>
    </UndoContext>
  );
}
