/**
 * What the environment says: where the data lies, which addresses and ports are taken. Read once by main.ts and by
 * the command line. Everything else is in settings/.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';

export interface Config {
  /** Folder of the database, the recordings and the engine's socket. */
  dataFolder: string;
  httpHost: string;
  /** 0: any free one. */
  httpPort: number;
  /** The same over https; null: off. */
  httpsPort: number | null;
  /** Where the engine listens for SIP. */
  sipHost: string;
  /** A JSON file that wins over the stored settings; null: none. */
  settingsFile: string | null;
  logLevel: LogLevel;
}

const DEFAULT_HTTPS_PORT = 8443;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: string[] };

type Environment = { readonly [name: string]: string | undefined };

/** Reads and checks every variable, those of the engine too, so that a bad one stops the start in one place. */
export function readConfig(env: Environment): ConfigResult {
  const problems: string[] = [];
  const httpPort = port(env, 'OPENLINE_HTTP_PORT', 8080, problems);
  const httpsPort = httpsPortOf(env, httpPort, problems);
  port(env, 'OPENLINE_SIP_PORT', 5060, problems);
  for (const name of ['OPENLINE_SIP_TLS_PORT', 'OPENLINE_SIP_WS_PORT']) {
    if (env[name] !== 'off') port(env, name, 0, problems);
  }
  checkRtpPorts(env['OPENLINE_RTP_PORTS'], problems);
  checkAddress(env, 'OPENLINE_SIP_HOST', problems);
  checkAddress(env, 'OPENLINE_PUBLIC_ADDRESS', problems);
  const logLevel = LOG_LEVELS.find((level) => level === (env['OPENLINE_LOG'] || 'info'));
  if (!logLevel) {
    problems.push(`OPENLINE_LOG is "${env['OPENLINE_LOG']}": allowed is one of ${LOG_LEVELS.join(', ')}`);
  }
  if (problems.length > 0 || !logLevel) return { ok: false, problems };
  return {
    ok: true,
    config: {
      dataFolder: resolve(env['OPENLINE_DATA'] || './data'),
      httpHost: env['OPENLINE_HOST'] || '0.0.0.0',
      httpPort,
      httpsPort,
      sipHost: env['OPENLINE_SIP_HOST'] || '0.0.0.0',
      settingsFile: env['OPENLINE_SETTINGS'] ? resolve(env['OPENLINE_SETTINGS']) : null,
      logLevel,
    },
  };
}

export function databasePath(dataFolder: string): string {
  return join(dataFolder, 'openline.sqlite');
}

/** Where the engine reads prompts. */
export function promptsFolder(dataFolder: string): string {
  return join(dataFolder, 'prompts');
}

/** Where the engine writes `{recording}.wav`. */
export function audioFolder(dataFolder: string): string {
  return join(dataFolder, 'audio');
}

/** Where plain http may be anywhere, nobody has said where https is to be. */
function httpsPortOf(env: Environment, httpPort: number, problems: string[]): number | null {
  const text = env['OPENLINE_HTTPS_PORT'] || (httpPort === 0 ? 'off' : String(DEFAULT_HTTPS_PORT));
  if (text === 'off') return null;
  return port({ OPENLINE_HTTPS_PORT: text }, 'OPENLINE_HTTPS_PORT', DEFAULT_HTTPS_PORT, problems);
}

function port(env: Environment, name: string, fallback: number, problems: string[]): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value;
  problems.push(`${name} is "${text}": allowed is a port from 0 to 65535, 0 for any free one`);
  return fallback;
}

function checkAddress(env: Environment, name: string, problems: string[]): void {
  const text = env[name];
  if (text && isIP(text) === 0) problems.push(`${name} is "${text}": allowed is an IP address`);
}

function checkRtpPorts(text: string | undefined, problems: string[]): void {
  if (text === undefined || text === '') return;
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [low, high] = [Number(match?.[1]), Number(match?.[2])];
  const isAnyFree = low === 0 && high === 0;
  if (match && high <= 65_535 && (isAnyFree || (low >= 1024 && high > low))) return;
  problems.push(`OPENLINE_RTP_PORTS is "${text}": allowed is a range as 16384-16999, from 1024 to 65535`);
}
