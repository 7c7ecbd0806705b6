/**
 * What the environment says to the engine: addresses, ports, the data folder. Read once by main.ts; everything else
 * comes through the control channel. A bad value is one line: where, what, what is allowed.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { PACKET_IOS, type PacketIoKind } from './rtp/socket-io.ts';

interface EngineEnvironment {
  dataFolder: string;
  audioFolder: string;
  /** SIP and RTP bind here. */
  host: string;
  /** 0: any free one. */
  sipPort: number;
  /** null: not spoken. `isOptional`: the usual number, which somebody else may have. */
  sipTls: { port: number; isOptional: boolean } | null;
  /** WebSocket, with and without TLS on one port. */
  sipWs: { port: number; isOptional: boolean } | null;
  /** Pages of other hosts that may connect by WebSocket; `*`: all. */
  sipWsOrigins: string[];
  /** PEM files of our certificate and its key; null: one that we make ourselves. */
  tlsFiles: { certificate: string; key: string } | null;
  /** Inclusive; 0-0: any free ones. */
  rtpPorts: { from: number; to: number };
  packetIo: PacketIoKind;
  /** Behind NAT: what the far ends see of us. */
  publicAddress: string | null;
  logLevel: LogLevel;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export type EnvironmentResult =
  | { ok: true; environment: EngineEnvironment }
  | { ok: false; problems: string[] };

type Variables = { readonly [name: string]: string | undefined };

export function readEnvironment(env: Variables): EnvironmentResult {
  const problems: string[] = [];
  const read = <T>(name: string, fallback: string, parse: (text: string) => T | null, allowed: string): T => {
    const text = env[name] || fallback;
    const value = parse(text);
    if (value === null) problems.push(`${name} is "${text}": allowed is ${allowed}`);
    return value as T;
  };
  const dataFolder = resolve(env['OPENLINE_DATA'] || './data');
  /** Beside a SIP port that is any free one, so are these. */
  const usual = (number: string): string => (env['OPENLINE_SIP_PORT'] === '0' ? '0' : number);
  const portBeside = (name: string, number: string): { port: number; isOptional: boolean } | null => {
    if (env[name] === 'off') return null;
    const taken = read(name, usual(number), port, 'a port from 0 to 65535, 0 for any free one, or off');
    return { port: taken, isOptional: !env[name] };
  };
  const environment: EngineEnvironment = {
    dataFolder,
    audioFolder: join(dataFolder, 'audio'),
    host: read('OPENLINE_SIP_HOST', '0.0.0.0', address, 'an IP address of this machine'),
    sipPort: read('OPENLINE_SIP_PORT', '5060', port, 'a port from 0 to 65535, 0 for any free one'),
    sipTls: portBeside('OPENLINE_SIP_TLS_PORT', '5061'),
    sipWs: portBeside('OPENLINE_SIP_WS_PORT', '5066'),
    sipWsOrigins: read(
      'OPENLINE_SIP_WS_ORIGINS',
      '',
      origins,
      'addresses of pages as https://desk.example, or *',
    ),
    tlsFiles: tlsFiles(env, problems),
    rtpPorts: read(
      'OPENLINE_RTP_PORTS',
      '16384-16999',
      portRange,
      'a range as 16384-16999, from 1024 to 65535',
    ),
    packetIo: read(
      'OPENLINE_PACKET_IO',
      'batched',
      (text) => PACKET_IOS.find((kind) => kind === text) ?? null,
      PACKET_IOS.join(' or '),
    ),
    publicAddress: env['OPENLINE_PUBLIC_ADDRESS']
      ? read('OPENLINE_PUBLIC_ADDRESS', '', address, 'an IP address')
      : null,
    logLevel: read(
      'OPENLINE_LOG',
      'info',
      (text) => LOG_LEVELS.find((level) => level === text) ?? null,
      `one of ${LOG_LEVELS.join(', ')}`,
    ),
  };
  return problems.length === 0 ? { ok: true, environment } : { ok: false, problems };
}

function address(text: string): string | null {
  return isIP(text) === 0 ? null : text;
}

function port(text: string): number | null {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value <= 65_535 ? value : null;
}

function portRange(text: string): { from: number; to: number } | null {
  const [, low, high] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  if (low === undefined || high === undefined) return null;
  const [from, to] = [Number(low), Number(high)];
  const isAnyFree = from === 0 && to === 0;
  return isAnyFree || (from >= 1_024 && to > from && to <= 65_535) ? { from, to } : null;
}

/** As browsers say them: no path behind. */
function origins(text: string): string[] | null {
  const list = text.split(/[\s,]+/).filter((each) => each !== '');
  const isGood = list.every((each) => each === '*' || /^https?:\/\/[^/?#\s]+$/.test(each));
  return isGood ? list : null;
}

function tlsFiles(env: Variables, problems: string[]): EngineEnvironment['tlsFiles'] {
  const certificate = env['OPENLINE_TLS_CERTIFICATE'];
  const key = env['OPENLINE_TLS_KEY'];
  if (certificate && key) return { certificate: resolve(certificate), key: resolve(key) };
  if (certificate || key) {
    problems.push('OPENLINE_TLS_CERTIFICATE and OPENLINE_TLS_KEY go together: allowed is both, or neither');
  }
  return null;
}
