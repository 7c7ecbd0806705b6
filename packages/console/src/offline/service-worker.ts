// Keeps the files of the installed version of the page, so that it opens at once, and also while the server is away: it then shows
// that it waits. Nothing of the station is kept: no state, no sound. Built by itself into /service-worker.js (build-offline.ts);
// runs in a thread of the browser's own, beside every page of this origin.
import { shellAnswer } from './shell-requests.ts';

/** Put in by the build: every file of this version, and a name that changes when one of them does. */
declare const OPENLINE_SHELL: { version: string; files: readonly string[]; entry: string };

/** What of a service worker's world is used here; the library of the page's own world does not have it. */
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface ServiceWorkerWorld {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

const world = globalThis as unknown as ServiceWorkerWorld;
const shell = OPENLINE_SHELL;
const PREFIX = 'openline-shell-';
const CACHE = PREFIX + shell.version;
const ENTRY_PAGE = '/index.html';
const files = new Set(shell.files);
/** A server that takes longer is as good as away: the page of the cache asks for a newer one as soon as it is connected. */
const PAGE_WAIT_MS = 1500;
/** Compressed or not, asked for by a page or a style sheet: the file is the same. */
const SAME_FILE = { ignoreSearch: true, ignoreVary: true };

world.addEventListener('install', (event) => event.waitUntil(install()));
world.addEventListener('activate', (event) => event.waitUntil(takeOver()));
world.addEventListener('fetch', (event) => {
  const answer = shellAnswer(event.request, world.location.origin, files);
  if (answer === 'page') event.respondWith(entryPage(event.request));
  if (answer === 'shell') event.respondWith(shellFile(event.request));
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // What has its hash in its name is good as the browser has it; the rest must be the server's own.
  const fresh = (path: string) =>
    new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'no-cache' });
  await cache.addAll([...files].map(fresh));
  const page = await (await cache.match(ENTRY_PAGE))?.text();
  if (!page?.includes(shell.entry)) {
    await caches.delete(CACHE);
    throw new Error('the server has changed its version meanwhile; the next worker is for that one');
  }
  await world.skipWaiting();
}

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await world.clients.claim();
}

async function entryPage(request: Request): Promise<Response> {
  const asked = fetch(request).catch(() => null);
  const answer = await Promise.race([asked, nothingAfter(PAGE_WAIT_MS)]);
  if (answer !== null && !isAway(answer.status)) return answer;
  const kept = await caches.match(ENTRY_PAGE, { ...SAME_FILE, cacheName: CACHE });
  return kept ?? (await asked) ?? Response.error();
}

/** A proxy without its server says so with these; our own server, while its page is being built. */
function isAway(status: number): boolean {
  return status >= 502 && status <= 504;
}

function nothingAfter(delayMs: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), delayMs));
}

async function shellFile(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, SAME_FILE);
  if (kept) return kept;
  const answer = await fetch(request);
  // Of what has a hash, the rarer files (letters of other scripts) are kept when they are first wanted.
  if (answer.ok && new URL(request.url).pathname.startsWith('/assets/'))
    await cache.put(request, answer.clone());
  return answer;
}
