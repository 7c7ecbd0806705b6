// The page and its version: has the browser keep the files of this one (service-worker.ts), and finds out when the server has
// another. Without a secure context (plain HTTP in a house's own network) there is no service worker, and the page works without.

const RELOADED_FOR = 'openline.reloadedFor';
const ASK_AGAIN_MS = 2000;

/** Called once, after the page is drawn: what is kept for later must not delay what is wanted now. */
export function keepThisVersion(): void {
  // A file of this version that was not loaded yet may be gone from the server.
  window.addEventListener('vite:preloadError', (event) => {
    if (reloadFor('missing file')) event.preventDefault();
  });
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () =>
    // Refused for a certificate that the browser does not trust, for instance: then it is as with plain HTTP.
    navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' }).catch(() => null);
  if (document.readyState === 'complete') void register();
  else window.addEventListener('load', () => void register(), { once: true });
}

/** Resolves to what names the server's version when it is not the one that runs here; to null when it is, or after `signal`. */
export async function otherVersion(signal: AbortSignal): Promise<string | null> {
  const own = document.querySelector('script[type="module"][src]')?.getAttribute('src');
  while (!signal.aborted) {
    const theirs = await entryOfServer(signal);
    if (theirs !== null) return theirs === own ? null : theirs;
    // The server is there, but its page is still being built.
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  return null;
}

/** Loads the page anew, once for each version: should that not bring it, it would be no different the next time. */
export function reloadFor(version: string): boolean {
  if (sessionStorage.getItem(RELOADED_FOR) === version) return false;
  sessionStorage.setItem(RELOADED_FOR, version);
  window.location.reload();
  return true;
}

async function entryOfServer(signal: AbortSignal): Promise<string | null> {
  try {
    const answer = await fetch('/index.html', { cache: 'no-store', signal });
    return answer.ok ? entryOf(await answer.text()) : null;
  } catch {
    return null;
  }
}

/** The first script of a page: its name changes with every version. */
function entryOf(html: string): string | null {
  const script = /<script\b[^>]*\btype="module"[^>]*>/.exec(html)?.[0] ?? '';
  return /\bsrc="([^"]+)"/.exec(script)?.[1] ?? null;
}

/** Whether text stands in a field of the page: it may not have reached the server yet. */
export function hasTypedText(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea');
  return [...fields].some((field) => !NOT_TYPED.has(field.type) && field.value !== '');
}

const NOT_TYPED = new Set(['checkbox', 'radio', 'range', 'button', 'submit', 'hidden', 'file']);
