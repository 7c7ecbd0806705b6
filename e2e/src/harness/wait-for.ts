/** Waiting for conditions, with a deadline that names what was waited for. No test sleeps. */

/** Far beyond what a slow machine needs: it ends a wait that is in vain, it promises nothing. */
export const PATIENCE_MS = 30_000;

/** Polls until `probe` gives something other than undefined, null or false. */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets `ms` of sound pass: the one thing that takes as long as it takes. */
export function soundFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
