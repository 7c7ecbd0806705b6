/**
 * Texts through gammu-smsd (a modem or mobile phone), by the folders of its files service. Looks into them every second:
 * what came in is removed once it is committed, what goes out is put there whole, and where its file ends up tells what
 * became of it. Constructed by text-gateways.ts.
 *
 *   inbox ──► read ── committed ── removed         outbox ──► sent:  sent      (our file is removed)
 *                                                         └─► error: try again (our file is removed)
 */
import { open, readFile, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  GatewayHealth,
  OutgoingText,
  SendResult,
  SmsGateway,
  TextReceiver,
} from '../desk/ports/sms-gateway.ts';
import { nameInOutbox, outboxContent, outboxName, parseInboxFile } from './gammu-files.ts';

export interface GammuGatewayOptions {
  id: string;
  /** The line whose texts it carries. */
  line: string;
  inbox: string;
  outbox: string;
  sent: string;
  error: string;
  onProblem: (problem: unknown) => void;
  lookEveryMs?: number;
}

const LOOK_EVERY_MS = 1_000;
/** A text that lies in the outbox so long: nobody takes it. */
const STUCK_MS = 10 * 60_000;
const MAX_REMEMBERED = 10_000;
const WELL: GatewayHealth = { isWell: true, msg: null };

export class GammuGateway implements SmsGateway {
  readonly id: string;
  readonly #options: GammuGatewayOptions;
  /** Attempts that were put into the outbox since the start. */
  readonly #asked = new Set<string>();
  #receiver: TextReceiver | null = null;
  #timer: NodeJS.Timeout | null = null;
  #health = WELL;
  /** Size and time of the files of the inbox at the last look: one that still changes is being written. */
  #seen = new Map<string, string>();
  /** Files that cannot be read stay where they are, and are complained of once. */
  readonly #unreadable = new Set<string>();

  constructor(options: GammuGatewayOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get health(): GatewayHealth {
    return this.#health;
  }

  start(receiver: TextReceiver): void {
    this.#receiver = receiver;
    this.#look();
  }

  stop(): void {
    this.#receiver = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  canSend({ lineId, endpoint }: Pick<OutgoingText, 'lineId' | 'endpoint'>): boolean {
    return lineId === this.#options.line && /^\+?\d{1,20}$/.test(endpoint);
  }

  async send({ messageId, attempt, endpoint, content }: OutgoingText): Promise<SendResult> {
    const name = `${messageId}-${attempt}`;
    const { outbox, sent, error } = this.#options;
    if (this.#asked.has(name)) return { ok: true, isSent: false };
    this.#remember(name);
    try {
      for (const folder of [outbox, sent, error]) {
        const names = await readdir(folder);
        // It was put there before a restart; the next look tells what became of it.
        if (names.some((file) => nameInOutbox(file) === name)) return { ok: true, isSent: false };
      }
      await this.#put(outboxName(endpoint, name, Date.now()), outboxContent(content));
      return { ok: true, isSent: false };
    } catch (problem) {
      this.#asked.delete(name);
      return { ok: false, isRetryable: true, reason: reasonOf(problem) };
    }
  }

  #remember(name: string): void {
    this.#asked.add(name);
    const [oldest] = this.#asked;
    if (this.#asked.size > MAX_REMEMBERED && oldest !== undefined) this.#asked.delete(oldest);
  }

  /** Whole or not at all: gammu-smsd takes what begins with OUT. */
  async #put(name: string, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.#options.outbox, `.${name}.part`);
    const file = await open(temporary, 'w', 0o660);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(this.#options.outbox, name));
  }

  #look(): void {
    this.#lookOnce()
      .then(
        (stuck) =>
          this.#become(
            stuck === 0 ? WELL : { isWell: false, msg: `gammu-smsd does not send: ${stuck} in its outbox` },
          ),
        (problem: unknown) => this.#become({ isWell: false, msg: reasonOf(problem) }),
      )
      .catch((problem: unknown) => this.#options.onProblem(problem))
      .finally(() => {
        if (!this.#receiver) return;
        this.#timer = setTimeout(() => this.#look(), this.#options.lookEveryMs ?? LOOK_EVERY_MS);
      });
  }

  /** How many texts lie in the outbox for too long. */
  async #lookOnce(): Promise<number> {
    await this.#takeInbox();
    await this.#takeOutcome(this.#options.sent, 'sent');
    await this.#takeOutcome(this.#options.error, 'failed');
    return this.#countStuck();
  }

  async #takeInbox(): Promise<void> {
    const { inbox } = this.#options;
    const seen = new Map<string, string>();
    for (const name of (await readdir(inbox)).toSorted()) {
      if (!/^IN.*\.(?:txt|smsbackup)$/i.test(name) || this.#unreadable.has(name)) continue;
      const { size, mtimeMs } = await stat(join(inbox, name));
      const state = `${size} ${mtimeMs}`;
      if (this.#seen.get(name) === state) await this.#takeFile(name);
      else seen.set(name, state);
    }
    this.#seen = seen;
  }

  async #takeFile(name: string): Promise<void> {
    const path = join(this.#options.inbox, name);
    const texts = parseInboxFile(name, await readFile(path));
    if (!texts) {
      this.#unreadable.add(name);
      return this.#options.onProblem(new Error(`a file in the inbox of ${this.id} cannot be read as a text`));
    }
    const owner = { kind: 'line', lineId: this.#options.line } as const;
    for (const [index, text] of texts.entries()) {
      // gammu-smsd may use a name again once it is free, so the text is part of it.
      const gatewayMessageId = `${name} ${index} ${text.content}`;
      this.#receiver?.onText({ ...text, owner, gatewayMessageId, resend: null });
    }
    // Without a receiver nothing was kept.
    if (this.#receiver) await unlink(path);
    return undefined;
  }

  async #takeOutcome(folder: string, outcome: 'sent' | 'failed'): Promise<void> {
    for (const file of await readdir(folder)) {
      const [, messageId] = /^(.+)-\d+$/.exec(nameInOutbox(file) ?? '') ?? [];
      if (messageId === undefined || !this.#receiver) continue;
      const reason = outcome === 'sent' ? null : 'gammu-smsd could not send it';
      this.#receiver.onReport({ messageId, outcome, reason, isRetryable: true });
      await unlink(join(folder, file));
    }
  }

  async #countStuck(): Promise<number> {
    const { outbox } = this.#options;
    let stuck = 0;
    for (const file of await readdir(outbox)) {
      if (nameInOutbox(file) === null) continue;
      // It may be gone by now: then it is not stuck.
      const found = await stat(join(outbox, file)).catch(() => null);
      if (found && Date.now() - found.mtimeMs > STUCK_MS) stuck += 1;
    }
    return stuck;
  }

  #become(health: GatewayHealth): void {
    const isSame = health.msg === this.#health.msg;
    this.#health = health;
    if (!isSame) this.#receiver?.onHealth(health);
  }
}

function reasonOf(problem: unknown): string {
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : null;
  if (code === 'ENOENT') return "a folder of gammu-smsd's is not there";
  if (code === 'EACCES') return "a folder of gammu-smsd's cannot be used: the rights are missing";
  return problem instanceof Error ? problem.message : String(problem);
}
