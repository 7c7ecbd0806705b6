// The link that the demo prints: it carries name and password, so that a show to play with is one click away. Only for a
// page of the same machine, and what stands behind the # never leaves the browser.

import { fetchMe, type MeResult, signIn } from './session-api.ts';

interface LinkLocation {
  readonly hostname: string;
  readonly hash: string;
}

const ownMachine: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export function signInLinkOf({ hostname, hash }: LinkLocation): { name: string; password: string } | null {
  const [, name, password] = /^#sign-in=([\w-]+):([\w-]+)$/.exec(hash) ?? [];
  if (name === undefined || password === undefined || !ownMachine.includes(hostname)) return null;
  return { name, password };
}

/** Nobody is signed in, and the page was opened by such a link: now somebody is. It works once. */
export async function enterByLink(me: MeResult): Promise<MeResult> {
  const link = signInLinkOf(window.location);
  if (!link) return me;
  window.history.replaceState(null, '', window.location.pathname);
  if (me.ok) return me;
  const result = await signIn(link.name, link.password);
  return result.ok ? fetchMe() : me;
}
