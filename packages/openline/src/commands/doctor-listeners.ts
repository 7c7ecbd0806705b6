/** What `openline doctor` says of the ports that a station listens on: which of them it could not take, and what then. */
import type { Config } from '@openline/server';
import { portProblem, type Transport } from '../free-port.ts';
import type { Finding } from './finding.ts';

interface Listener {
  what: string;
  transports: readonly Transport[];
  host: string;
  port: number;
  /** The variable that gives it another port. */
  variable: string;
  /** What a station without it is like; null: it does not start. */
  without: string | null;
}

type Environment = { readonly [name: string]: string | undefined };

const PROBLEMS: { readonly [code: string]: string } = {
  EADDRINUSE: 'in use, by this station if it runs',
  EACCES: 'not allowed to this user',
  EADDRNOTAVAIL: 'not possible, the address is not one of this machine',
};

/** `hostFeed`: of the studio desk by RTP, as the settings have it. */
export async function listenerFindings(
  config: Config,
  env: Environment,
  hostFeed: { address: string | null; port: number } | null,
): Promise<Finding[]> {
  const listeners = [
    ...stationListeners(config, env),
    ...(hostFeed === null ? [] : [feedListener(hostFeed)]),
  ];
  const findings = await Promise.all(listeners.map(findingOf));
  return [...findings, ...(await soundPorts(config.sipHost, env['OPENLINE_RTP_PORTS'] || '16384-16999'))];
}

function stationListeners({ httpHost, httpPort, httpsPort, sipHost }: Config, env: Environment): Listener[] {
  const tcp = ['tcp'] as const;
  const sipPort = Number(env['OPENLINE_SIP_PORT'] || 5060);
  /** Beside a SIP port that is any free one, so are these. */
  const beside = (variable: string, usual: number): number | null =>
    env[variable] === 'off' ? null : Number(env[variable] || (sipPort === 0 ? 0 : usual));
  const tlsPort = beside('OPENLINE_SIP_TLS_PORT', 5061);
  const wsPort = beside('OPENLINE_SIP_WS_PORT', 5066);
  /** Only where nobody has said that it is to be there. */
  const optional = (variable: string, without: string): Pick<Listener, 'variable' | 'without'> => ({
    variable,
    without: env[variable] ? null : without,
  });
  const listeners: Listener[] = [
    {
      what: 'page',
      transports: tcp,
      host: httpHost,
      port: httpPort,
      variable: 'OPENLINE_HTTP_PORT',
      without: null,
    },
    {
      what: 'SIP',
      transports: ['udp', 'tcp'],
      host: sipHost,
      port: sipPort,
      variable: 'OPENLINE_SIP_PORT',
      without: null,
    },
  ];
  if (httpsPort !== null) {
    const variable = 'OPENLINE_HTTPS_PORT';
    const without = 'without it browsers give headsets no microphone';
    listeners.push({
      what: 'page by https',
      transports: tcp,
      host: httpHost,
      port: httpsPort,
      variable,
      without,
    });
  }
  if (tlsPort !== null) {
    const more = optional('OPENLINE_SIP_TLS_PORT', 'without it telephones cannot register over TLS');
    listeners.push({ what: 'SIP over TLS', transports: tcp, host: sipHost, port: tlsPort, ...more });
  }
  if (wsPort !== null) {
    const more = optional('OPENLINE_SIP_WS_PORT', 'without it softphones in browsers cannot register');
    const what = 'SIP over WebSocket, ws and wss,';
    listeners.push({ what, transports: tcp, host: sipHost, port: wsPort, ...more });
  }
  return listeners;
}

/** A group is nobody's address: what comes to it comes to any of ours. */
function feedListener({ address, port }: { address: string | null; port: number }): Listener {
  const isGroup = /^2(2[4-9]|3\d)\.|^ff/i.test(address ?? '');
  const host = address === null || isGroup ? '0.0.0.0' : address;
  const without = 'without it the studio desk is silent';
  return { what: 'studio desk', transports: ['udp'], host, port, variable: 'host.port', without };
}

async function findingOf({ what, transports, host, port, variable, without }: Listener): Promise<Finding> {
  const shown = `${what} on ${transports.map((each) => each.toUpperCase()).join(' and ')} port ${port}`;
  const problems = await Promise.all(transports.map((each) => portProblem(each, port, host)));
  const code = port === 0 ? undefined : problems.find((each) => each !== null);
  const problem = PROBLEMS[code ?? ''] ?? `not possible (${code})`;
  const then = without === null ? '' : `; ${without}`;
  const advice = `${problem}; otherwise set ${variable} to another one${then}`;
  return { what: shown, isWell: code === undefined, advice };
}

/** Every one of them: a call that finds none of its own cannot be taken. */
async function soundPorts(host: string, range: string): Promise<Finding[]> {
  const [from = 0, to = 0] = range.split('-').map(Number);
  if (to === 0) return [];
  const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const taken: number[] = [];
  let code = '';
  for (const port of all) {
    const problem = await portProblem('udp', port, host);
    if (problem === null) continue;
    taken.push(port);
    code = problem;
    if (problem !== 'EADDRINUSE') break;
  }
  const shown = taken.length > 3 ? `${taken.length} of them` : taken.join(', ');
  const advice =
    `${shown} ${PROBLEMS[code] ?? `cannot be taken (${code})`}; each call needs two; ` +
    'otherwise set OPENLINE_RTP_PORTS to another range';
  return [{ what: `sound on UDP ports ${range}`, isWell: taken.length === 0, advice }];
}
