// What is about to be dialled, wherever it was asked for (a strip, the history, a person's card), and whether the panel
// beside the strips, which has the dial pad, is forward. Nothing rings before somebody presses Call there.
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useLocation } from 'wouter';

export interface DialRequest {
  number: string;
  /** null: the server picks one. */
  channelId: string | null;
  setNumber: (number: string) => void;
  setChannelId: (channelId: string | null) => void;
  /** What the panel beside the strips shows. */
  tab: string;
  setTab: (tab: string) => void;
  /** Where the panel has no room of its own: whether it lies over the strips. */
  isPanelOpen: boolean;
  setPanelOpen: (isOpen: boolean) => void;
  /** Opens the dial pad of the desk with this number; null leaves what is typed there. */
  prepare: (number: string | null, channelId?: string | null) => void;
}

const DialContext = createContext<DialRequest | null>(null);

export function useDialRequest(): DialRequest {
  const request = useContext(DialContext);
  if (!request) throw new Error('the dial pad is used outside its provider');
  return request;
}

export function DialProvider({ children }: { children: ReactNode }) {
  const [, navigate] = useLocation();
  const [number, setNumber] = useState('');
  const [channelId, setChannelId] = useState<string | null>(null);
  const [tab, setTab] = useState('inbox');
  const [isPanelOpen, setPanelOpen] = useState(false);
  const request = useMemo(() => {
    function prepare(wanted: string | null, onChannel: string | null = null) {
      if (wanted !== null) setNumber(wanted);
      setChannelId(onChannel);
      setTab('dial');
      setPanelOpen(true);
      navigate('/');
      requestAnimationFrame(() => document.getElementById('dial-number')?.focus());
    }
    return { number, channelId, setNumber, setChannelId, tab, setTab, isPanelOpen, setPanelOpen, prepare };
  }, [number, channelId, tab, isPanelOpen, navigate]);
  return <DialContext value={request}>{children}</DialContext>;
}
