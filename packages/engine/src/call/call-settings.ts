/**
 * What calls go by of the configuration that the server gave last, and what holds until it gives one. Made by
 * call-table.ts. Main thread.
 */
import type { DialTarget, EngineConfig, Origin, SrtpPolicy, StudioTarget } from '../control/contract.ts';

const DUMP_MS = 3_000;
const DIAL_TIMEOUT_MS = 60_000;
const RTP_TIMEOUT_MS = 30_000;

export class CallSettings {
  #config: EngineConfig | null = null;

  configure(config: EngineConfig): void {
    this.#config = config;
  }

  get isConfigured(): boolean {
    return this.#config !== null;
  }

  get stationName(): string {
    return this.#config?.stationName ?? 'Openline';
  }

  get dialTimeoutMs(): number {
    return this.#config?.dialTimeoutMs ?? DIAL_TIMEOUT_MS;
  }

  get rtpTimeoutMs(): number {
    return this.#config?.rtpTimeoutMs ?? RTP_TIMEOUT_MS;
  }

  get dumpMs(): number {
    return this.#config?.delayDumpMs ?? DUMP_MS;
  }

  /** A line's gateways are one to us: what one of them must, all must. */
  srtpOf({ kind, ref }: Origin): SrtpPolicy {
    const { accounts = [], trunks = [] } = this.#config ?? {};
    const concerned = kind === 'account' ? accounts : kind === 'trunk' ? trunks : [];
    const isRequired = concerned.some((each) => each.ref === ref && each.srtp === 'required');
    return isRequired ? 'required' : 'optional';
  }

  hasComfortNoise({ ref }: Origin): boolean {
    return this.#config?.comfortNoise?.includes(ref) === true;
  }

  /** Of a call that we make. */
  originOf(target: DialTarget | StudioTarget): Origin {
    if (target.kind === 'studio') return { kind: 'studio', ref: target.ref };
    if (target.kind === 'trunk') return { kind: 'trunk', ref: target.ref };
    if (target.kind === 'uri') return { kind: 'peer', ref: target.ref };
    const account = this.#config?.accounts.find(({ username }) => username === target.username);
    return { kind: 'account', ref: account?.ref ?? target.username };
  }
}

/** Whom we call. */
export function calledBy(target: DialTarget | StudioTarget): string {
  if (target.kind === 'studio') return target.ref;
  if (target.kind === 'account') return target.username;
  return target.kind === 'uri' ? target.uri : target.number;
}
