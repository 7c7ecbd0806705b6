// The link that the demo prints: it carries name and password, so that a show to play with is one click away. Only for a
// page of the same machine, and what stands behind the # never leaves the browser.

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
