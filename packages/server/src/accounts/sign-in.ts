/**
 * Sessions: a name and a password in, a random token out, kept only as its hash. Used by the HTTP routes and by the
 * WebSocket's upgrade. Guessing is slowed down per address, and hashing (19 MiB each) is limited in number.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { SettingsUser } from '../settings/schema.ts';
import type { StationSettings } from '../settings/station-settings.ts';
import type { SessionStore } from './session-store.ts';

export const SESSION_LIFE_MS = 7 * 24 * 3_600_000;
const FAILURES_ALLOWED = 10;
const FAILURE_WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;
/** A hash takes a core for tens of milliseconds: the desk must not wait behind many. */
const CHECKS_AT_ONCE = 2;
const MAX_WAITING = 100;

export type SignInResult =
  | { ok: true; token: string; user: SignedInUser }
  | { ok: false; code: 'wrong_password' | 'too_many_attempts'; retryAfterS: number | null };

export interface SignedInUser {
  id: string;
  name: string;
  role: SettingsUser['role'];
}

export interface SignInOptions {
  settings: StationSettings;
  sessions: SessionStore;
  now: () => number;
}

export class SignIn {
  readonly #options: SignInOptions;
  readonly #failures = new Map<string, { count: number; since: number }>();
  readonly #endListeners = new Set<() => void>();
  readonly #waiting: (() => void)[] = [];
  #checks = 0;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  async signIn(name: string, password: string, address: string): Promise<SignInResult> {
    if (this.#waiting.length >= MAX_WAITING) return { ok: false, code: 'too_many_attempts', retryAfterS: 1 };
    await this.#enter();
    try {
      return await this.#check(name, password, networkOf(address));
    } finally {
      this.#leave();
    }
  }

  /** Whether a signed-in user knows their own password; guessing is slowed down as at the door. */
  async confirm(userId: string, password: string, address: string): Promise<boolean | 'wait'> {
    if (this.#waiting.length >= MAX_WAITING) return 'wait';
    await this.#enter();
    try {
      const network = networkOf(address);
      if (this.#waitMs(network) > 0) return 'wait';
      const isRight = await this.#options.settings.isPassword(userId, password);
      if (!isRight) this.#countFailure(network);
      return isRight;
    } finally {
      this.#leave();
    }
  }

  async #check(name: string, password: string, network: string): Promise<SignInResult> {
    const waitMs = this.#waitMs(network);
    if (waitMs > 0) {
      return { ok: false, code: 'too_many_attempts', retryAfterS: Math.ceil(waitMs / 1000) };
    }
    const user = this.#userNamed(name);
    const isRight = await this.#options.settings.isPassword(user?.id ?? null, password);
    if (!user || !isRight) {
      this.#countFailure(network);
      return { ok: false, code: 'wrong_password', retryAfterS: null };
    }
    // The failures stay counted: who has one password would else guess at another's for ever, in turns.
    return { ok: true, token: this.open(user.id), user: publicUser(user) };
  }

  async #enter(): Promise<void> {
    if (this.#checks < CHECKS_AT_ONCE) this.#checks += 1;
    // Whoever leaves hands its place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#checks -= 1;
  }

  /** A session without a password: the administrator just made at set-up. */
  open(userId: string): string {
    const now = this.#options.now();
    const token = randomBytes(32).toString('base64url');
    this.#options.sessions.removeExpired(now);
    this.#options.sessions.add({
      tokenHash: hashToken(token),
      userId,
      createdAt: now,
      expiresAt: now + SESSION_LIFE_MS,
    });
    return token;
  }

  /** Whose token that is; null when it is unknown, expired, or its user is gone. */
  whoHas(token: string | undefined): SignedInUser | null {
    return !token || token.length > 200 ? null : this.whoHasHash(hashToken(token));
  }

  whoHasHash(tokenHash: Buffer): SignedInUser | null {
    const session = this.#options.sessions.find(tokenHash);
    if (!session || session.expiresAt <= this.#options.now()) return null;
    const user = this.#options.settings.user(session.userId);
    return user && publicUser(user);
  }

  end(token: string): void {
    this.#options.sessions.remove(hashToken(token));
    for (const listener of this.#endListeners) listener();
  }

  /** Told when a session was ended, so that what was opened with it can be closed. */
  onEnd(listener: () => void): void {
    this.#endListeners.add(listener);
  }

  #userNamed(name: string): SettingsUser | null {
    const { users } = this.#options.settings.current;
    const wanted = name.trim().toLowerCase();
    return (
      users.find((user) => user.id.toLowerCase() === wanted) ??
      users.find((user) => user.name.toLowerCase() === wanted) ??
      null
    );
  }

  #waitMs(network: string): number {
    const failures = this.#failures.get(network);
    if (!failures || failures.count < FAILURES_ALLOWED) return 0;
    return Math.max(0, failures.since + FAILURE_WINDOW_MS - this.#options.now());
  }

  #countFailure(network: string): void {
    const now = this.#options.now();
    const former = this.#failures.get(network);
    const isOver = !former || former.since + FAILURE_WINDOW_MS <= now;
    if (this.#failures.size >= MAX_ADDRESSES && !former) this.#failures.clear();
    this.#failures.set(
      network,
      isOver ? { count: 1, since: now } : { count: former.count + 1, since: former.since },
    );
  }
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** An IPv6 network of 64 bits counts as one (RFC 6177): whoever has one address of it has all. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

function publicUser(user: SettingsUser): SignedInUser {
  return { id: user.id, name: user.name, role: user.role };
}
