// Which requests of the page the service worker answers, and how. Pure: the worker asks it at every request.

/**
 * `page`: the entry page, from the server as long as it answers. `shell`: a file of the installed version, from the cache.
 * null: not ours, the browser asks the server as if there were no worker.
 */
export type ShellAnswer = 'page' | 'shell' | null;

interface AskedFor {
  method: string;
  /** Of the Fetch standard: `navigate` is a page that is opened. */
  mode: string;
  url: string;
}

/** What the server answers live, and pages that are not the console's. */
const NEVER = /^\/(?:api|audio|docs|health|metrics|program|ready|ws)(?:[/.]|$)/;
const ENTRY_PAGE = '/index.html';

export function shellAnswer(asked: AskedFor, origin: string, files: ReadonlySet<string>): ShellAnswer {
  const url = new URL(asked.url);
  if (asked.method !== 'GET' || url.origin !== origin || NEVER.test(url.pathname)) return null;
  if (asked.mode === 'navigate') return 'page';
  const isShell = url.pathname.startsWith('/assets/') || files.has(url.pathname);
  return isShell && url.pathname !== ENTRY_PAGE ? 'shell' : null;
}
