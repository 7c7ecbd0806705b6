/**
 * Where accounts are (RFC 3261 10, location service): bindings of account to contact, kept in a file over a restart
 * so that phones can be rung at once. Written behind the answer, whole, by rename.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Clock, Timer } from '../clock.ts';
import type { TransportName } from '../transport/transport.ts';

export interface Binding {
  username: string;
  /** URI as the phone gave it. */
  contact: string;
  callId: string;
  cseq: number;
  /** `+sip.instance`: the same phone after its restart (RFC 5626 4.1). */
  instance: string | null;
  userAgent: string | null;
  /** Where the REGISTER came from: phones behind NAT are reached there. */
  address: string;
  port: number;
  transport: TransportName;
  /** Epoch ms: outlives the process. */
  expiresAtMs: number;
}

export const MAX_CONTACTS = 8;

const TRANSPORTS: ReadonlySet<unknown> = new Set<TransportName>(['udp', 'tcp', 'tls', 'ws', 'wss']);

export interface Location {
  load(): Promise<void>;
  of(username: string): Binding[];
  all(): Binding[];
  put(binding: Binding): void;
  remove(binding: Binding): void;
  keepOnly(usernames: ReadonlySet<string>): void;
  /** Whether something registered comes from there; `port` null: any. */
  isSource(address: string, port: number | null): Binding | null;
  /** Resolves when all is in the file. */
  flush(): Promise<void>;
  stop(): void;
}

export function createLocation(
  file: string | null,
  clock: Clock,
  epochMs: () => number,
  onChange: (username: string) => void,
): Location {
  const bindings = new Map<string, Binding>();
  let expiry: Timer | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isDirty = false;

  const keyOf = (binding: Binding): string => `${binding.username} ${binding.contact}`;

  const write = async (): Promise<void> => {
    if (!isDirty || file === null) return;
    isDirty = false;
    const temporary = `${file}.new`;
    await writeFile(temporary, JSON.stringify([...bindings.values()]), { mode: 0o600 });
    await rename(temporary, file);
  };

  const save = (): void => {
    isDirty = true;
    // Disk full or gone: calls go on, the next change tries again.
    writing = writing.then(write).catch((error: unknown) => {
      isDirty = true;
      process.emitWarning(error instanceof Error ? error : String(error));
    });
  };

  const changed = (username: string): void => {
    save();
    schedule();
    onChange(username);
  };

  const schedule = (): void => {
    expiry?.cancel();
    expiry = null;
    let first = Infinity;
    for (const each of bindings.values()) first = Math.min(first, each.expiresAtMs);
    if (first !== Infinity) expiry = clock.after(Math.max(0, first - epochMs()) + 1, expire);
  };

  const expire = (): void => {
    const now = epochMs();
    const gone = [...bindings.values()].filter((each) => each.expiresAtMs <= now);
    for (const each of gone) bindings.delete(keyOf(each));
    schedule();
    if (gone.length > 0) save();
    for (const username of new Set(gone.map((each) => each.username))) onChange(username);
  };

  return {
    async load() {
      if (file === null) return;
      for (const binding of await read(file)) {
        // The sockets of browsers ended with the process that had them.
        const isSocket = binding.transport === 'ws' || binding.transport === 'wss';
        if (binding.expiresAtMs > epochMs() && !isSocket) bindings.set(keyOf(binding), binding);
      }
      schedule();
    },
    of: (username) => [...bindings.values()].filter((each) => each.username === username),
    all: () => [...bindings.values()],
    put(binding) {
      bindings.set(keyOf(binding), binding);
      changed(binding.username);
    },
    remove(binding) {
      if (bindings.delete(keyOf(binding))) changed(binding.username);
    },
    keepOnly(usernames) {
      const gone = [...bindings.values()].filter((each) => !usernames.has(each.username));
      for (const each of gone) bindings.delete(keyOf(each));
      for (const username of new Set(gone.map((each) => each.username))) changed(username);
    },
    isSource(address, port) {
      for (const each of bindings.values()) {
        if (each.address === address && (port === null || each.port === port)) return each;
      }
      return null;
    },
    flush: () => writing,
    stop() {
      expiry?.cancel();
    },
  };
}

/** A file that is absent, cut off or of another shape is no bindings. */
async function read(file: string): Promise<Binding[]> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(content) ? content.filter(isBinding) : [];
  } catch {
    return [];
  }
}

function isBinding(value: unknown): value is Binding {
  const strings = ['username', 'contact', 'callId', 'address', 'transport'];
  const numbers = ['cseq', 'port', 'expiresAtMs'];
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  return (
    strings.every((name) => typeof fields.get(name) === 'string') &&
    numbers.every((name) => typeof fields.get(name) === 'number') &&
    TRANSPORTS.has(fields.get('transport'))
  );
}
