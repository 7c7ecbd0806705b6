/**
 * Our lines, phones and studio desk as the engine knows them: peers, accounts and trunks, each with a `ref` from which
 * the owner of a call can be read back without looking anything up.
 */
import type { DialTarget, EngineConfig, OutputConfig, StudioTarget } from '@openline/engine';
import type { CallOwner, ExchangeConfig, ExchangeOutput } from '../../desk/ports/exchange.ts';

const TRUNK_EXPIRES_S = 300;
const SELF_CALL = 'openline-test-';

/** The user part of an address at which only we can call the line. */
export function selfCallToken(secret: string, lineId: string): string {
  return `${SELF_CALL}${secret}-${lineId}`;
}

/** Also of a server that ran before us. */
export function isSelfCall(called: string): boolean {
  return called.startsWith(SELF_CALL);
}

/** `line:studio`, `user:anna`, `host` */
export function refOf(owner: CallOwner): string {
  if (owner.kind === 'line') return `line:${owner.lineId}`;
  return owner.kind === 'user' ? `user:${owner.userId}` : 'host';
}

/** null: not one of ours. */
export function ownerOf(ref: string): CallOwner | null {
  if (ref === 'host') return { kind: 'host' };
  const [, kind, id] = /^(line|user):(.+)$/.exec(ref) ?? [];
  if (!id) return null;
  return kind === 'line' ? { kind, lineId: id } : { kind: 'user', userId: id };
}

/** `selfCallSecret`: with it the station calls itself on a line. `promptFile`: where a prompt lies. */
export function toEngineConfig(
  config: ExchangeConfig,
  selfCallSecret: string,
  promptFile: (id: string) => string | null = () => null,
): EngineConfig {
  const { lines, phones, host } = config;
  const lineRef = (lineId: string): string => refOf({ kind: 'line', lineId });
  return {
    accounts: [
      ...lines.flatMap((line) => line.accounts.map((account) => ({ ...account, ref: lineRef(line.id) }))),
      ...phones.map(({ userId, ...phone }) => ({
        ...phone,
        ref: refOf({ kind: 'user', userId }),
      })),
      ...(host ? [{ ...host, ref: refOf({ kind: 'host' }) }] : []),
    ],
    peers: lines
      .filter((line) => line.trust.length > 0)
      .map((line) => ({ ref: lineRef(line.id), cidrs: [...line.trust] })),
    trunks: lines.flatMap((line) =>
      line.register ? [{ ref: lineRef(line.id), ...line.register, expiresS: TRUNK_EXPIRES_S }] : [],
    ),
    selfCalls: lines.map(({ id }) => ({ token: selfCallToken(selfCallSecret, id), ref: lineRef(id) })),
    hold: config.hold,
    holdNotice: toHoldNotice(config, promptFile),
    comfortNoise: lines.filter((line) => line.hasComfortNoise === true).map(({ id }) => lineRef(id)),
    rtpTimeoutMs: config.rtpTimeoutMs,
    dialTimeoutMs: config.dialTimeoutMs,
    stationName: config.stationName,
    delayDumpMs: config.dumpMs,
    studio: config.studio ?? null,
    ice: { servers: iceAddresses(config.iceServers) },
    outputs: config.outputs.flatMap((output) => toEngineOutput(config, output) ?? []),
  };
}

/** A prompt that is gone is not said. */
function toHoldNotice(
  { holdNotice }: ExchangeConfig,
  promptFile: (id: string) => string | null,
): { prompt: string; everyMs: number } | null {
  const prompt = holdNotice ? promptFile(holdNotice.prompt) : null;
  return holdNotice && prompt !== null ? { prompt, everyMs: holdNotice.everyMs } : null;
}

/** `output:icecast-1`: what an output is called at the engine. */
export function outputOf(ref: string): string | null {
  return /^output:(.+)$/.exec(ref)?.[1] ?? null;
}

/** null: a call that has no way out. */
function toEngineOutput(config: ExchangeConfig, output: ExchangeOutput): OutputConfig | null {
  const { id, ...rest } = output;
  const ref = `output:${id}`;
  if (rest.type !== 'sip') return { ref, ...rest };
  const { type, isDelayed, address, lineId } = rest;
  if (lineId === null) return { ref, type, isDelayed, target: { kind: 'uri', uri: address, ref } };
  const target = lineTarget(config, lineId, address, new Set());
  return target && { ref, type, isDelayed, target };
}

/**
 * Where a number goes over a line; null when the line cannot dial it. Of gateways that register with us the first one
 * that is there dials, `registered` being the accounts that are.
 */
export function lineTarget(
  config: ExchangeConfig,
  lineId: string,
  number: string,
  registered: ReadonlySet<string>,
): DialTarget | null {
  const direct = directTarget(config, lineId, number);
  if (direct) return direct;
  const accounts = config.lines.find(({ id }) => id === lineId)?.accounts ?? [];
  const account = accounts.find(({ username }) => registered.has(username)) ?? accounts[0];
  return account ? { kind: 'account-number', username: account.username, number } : null;
}

/** Without the gateways that register with us; null when there is no other way. */
export function directTarget(config: ExchangeConfig, lineId: string, number: string): DialTarget | null {
  const line = config.lines.find((each) => each.id === lineId);
  const ref = refOf({ kind: 'line', lineId });
  if (!line) return null;
  if (/^sips?:/i.test(number)) return { kind: 'uri', uri: number, ref };
  if (line.register) return { kind: 'trunk', ref, number };
  if (line.gateway) return { kind: 'uri', uri: withUser(line.gateway, number), ref };
  return null;
}

/** The phone of a user or of the studio desk; null when the settings name none. */
export function phoneTarget(
  config: ExchangeConfig,
  owner: Exclude<CallOwner, { kind: 'line' }>,
): DialTarget | StudioTarget | null {
  if (owner.kind === 'host' && config.studio) return { kind: 'studio', ref: refOf(owner) };
  const phone =
    owner.kind === 'host' ? config.host : config.phones.find((each) => each.userId === owner.userId);
  // The studio desk picks up by itself; a person's telephone must not open its microphone unasked.
  return phone ? { kind: 'account', username: phone.username, isAutoAnswer: owner.kind === 'host' } : null;
}

/** "sip:10.0.0.2:5060" and "+220…" → "sip:+220…@10.0.0.2:5060" */
function withUser(gateway: string, number: string): string {
  const [, scheme, rest = ''] = /^(sips?):(.*)$/i.exec(gateway) ?? [];
  const host = rest.slice(rest.indexOf('@') + 1);
  return `${scheme}:${encodeURIComponent(number).replaceAll('%2B', '+')}@${host}`;
}

/** As the engine writes them: the words of a TURN server are in its address. */
function iceAddresses(servers: ExchangeConfig['iceServers'] = []): string[] {
  return servers.map(({ url, username, password }) => {
    if (username === null) return url;
    const words = [username, password ?? ''].map(encodeURIComponent).join(':');
    return url.replace(':', `:${words}@`);
  });
}
