// What this browser remembers of its headset: which devices, and whether the browser works on the sound. And, as long as this
// tab is open, that it was connected: a page that is loaded again connects it again.
export type HeadsetRole = 'user' | 'host';

export interface HeadsetTaste {
  /** Ids of the browser; null: what the system has chosen. */
  microphone: string | null;
  speaker: string | null;
  /** Echo and noise are cancelled and the level is evened, by the browser. Never for the studio desk. */
  isProcessed: boolean;
}

const KEPT_AS = 'openline.headset';
const CONNECTED_AS = 'openline.headset-on';
const CONNECTED_ID = 'openline.headset-id';

export function loadTaste(): HeadsetTaste {
  const kept = read(localStorage.getItem(KEPT_AS));
  return {
    microphone: textIn(kept, 'microphone'),
    speaker: textIn(kept, 'speaker'),
    isProcessed: kept['isProcessed'] !== false,
  };
}

export function keepTaste(taste: HeadsetTaste): void {
  localStorage.setItem(KEPT_AS, JSON.stringify(taste));
}

export function wasConnectedAs(): HeadsetRole | null {
  const as = sessionStorage.getItem(CONNECTED_AS);
  return as === 'user' || as === 'host' ? as : null;
}

/** What the server calls it. */
export function connectedId(): string | null {
  return sessionStorage.getItem(CONNECTED_ID);
}

export function keepConnected(as: HeadsetRole | null, id: string | null = null): void {
  keep(CONNECTED_AS, as);
  keep(CONNECTED_ID, id);
}

function keep(name: string, value: string | null): void {
  if (value === null) sessionStorage.removeItem(name);
  else sessionStorage.setItem(name, value);
}

function read(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textIn(kept: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = kept[name];
  return typeof value === 'string' ? value : null;
}
