/**
 * The engine process: composition root of its main thread, the only file that constructs its parts. Started and
 * supervised by the launcher; serves one data folder, alone. Everything it is told comes through the control socket.
 */
import { mkdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import pino from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { createCommandHandlers } from './call/call-commands.ts';
import { CallTable } from './call/call-table.ts';
import { startReports } from './call/reports.ts';
import { createMediaPlane } from './call/worker-media-plane.ts';
import { readEnvironment } from './config.ts';
import { ControlServer, isControlAlive } from './control/control-server.ts';
import { controlSocketPath, programSocketPath } from './control/socket-path.ts';
import { createBrowserPeers } from './webrtc/browser-peers.ts';
import { allocatePeerPackets } from './webrtc/peer-packets.ts';
import { startIdentityRenewal } from './identity/identity-renewal.ts';
import { ownIdentity, readGivenIdentity, type TlsIdentity } from './identity/tls-identity.ts';
import { createSipAgent } from './sip/create-agent.ts';
import { PortTaken } from './sip/transport/transport-layer.ts';

/** sysexits.h EX_CONFIG: the launcher does not start us again. */
const EXIT_CONFIG = 78;
/** sysexits.h EX_SOFTWARE: it does. */
const EXIT_BUG = 70;
/** An engine whose launcher was killed is still saying goodbye to its calls: the next one waits so long for it. */
const FORMER_GONE_MS = 5000;
/** Where any free port will do. */
const MAX_PORTS = 1200;

/** What still has not come to its end by then is left as it is: nothing may stay behind. */
const END_WITHIN_MS = 10_000;

// The launcher is gone: nobody would start us again, so we do not stay behind alone. From the first line on: a launcher
// that is killed while we start says so only once.
let onLauncherGone: () => void = () => process.exit(0);
process.on('disconnect', () => onLauncherGone());
if (process.send !== undefined && !process.connected) process.exit(0);

const result = readEnvironment(process.env);
if (!result.ok) refuse(result.problems);
const { environment } = result;
const { dataFolder, audioFolder, host, sipPort, rtpPorts, packetIo, publicAddress, logLevel } = environment;
const promptsFolder = join(dataFolder, 'prompts');
const log = pino({ level: logLevel, base: { part: 'engine' } }, pino.destination(2));

process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'the engine has a bug and is started again');
  process.exit(EXIT_BUG);
});

const socketPath = controlSocketPath(dataFolder);
if (!(await isFormerGone())) refuse([`An engine is running already on ${dataFolder}`]);
try {
  mkdirSync(audioFolder, { recursive: true, mode: 0o700 });
} catch (error) {
  refuse([`OPENLINE_DATA cannot be written (${codeOf(error)}): allowed is a folder of one's own`]);
}

const peerPackets = allocatePeerPackets();
const studioPackets = allocatePeerPackets();
const identity = await identityOf();

const table: CallTable = new CallTable({
  engineVersion: packageJson.version,
  log,
  createAgent: (delegate) =>
    createSipAgent({
      host,
      port: sipPort,
      publicAddress,
      userAgent: `Openline/${packageJson.version}`,
      bindingsFile: join(dataFolder, 'sip-bindings.json'),
      delegate,
      more: {
        ...(environment.sipTls && { tls: environment.sipTls }),
        ...(environment.sipWs && { ws: { ...environment.sipWs, origins: environment.sipWsOrigins } }),
        identity,
      },
    }),
  peers: createBrowserPeers({
    packets: peerPackets,
    host,
    rtpPorts,
    publicAddress,
    onWarning: (msg) => log.warn({ detail: msg }, 'browsers cannot be connected as they should'),
  }),
  studioPackets,
  createMedia: (onEvent) => {
    const pairs = Math.floor((rtpPorts.to - rtpPorts.from + 1) / 2);
    return createMediaPlane({
      host,
      rtpPorts,
      packetIo,
      onPacketIo: (kind) => log.info({ packetIo: kind }, 'the media thread is ready'),
      maxPorts: pairs || MAX_PORTS,
      audioFolder,
      promptsFolder,
      peerPackets,
      studioPackets,
      onEvent,
    });
  },
  programSocketPath: programSocketPath(dataFolder),
  pathOf: ({ kind, name }) => join(kind === 'prompt' ? promptsFolder : audioFolder, `${name}.wav`),
  emit: (event, data) => control.emit(event, data),
  hasClient: () => control.clientCount > 0,
  onCrashed: (msg) => {
    log.fatal({ detail: msg }, 'the media thread is gone; the engine is started again');
    // Without media there is nothing to save, but the far ends should know.
    void Promise.race([table.agent.stop(), pause(500)]).finally(() => process.exit(EXIT_BUG));
  },
});
const control: ControlServer = new ControlServer({
  path: socketPath,
  handlers: createCommandHandlers(table),
  snapshot: () => table.snapshot(),
  standingEvents: () => table.standingEvents(),
  onBug: (error) => log.error({ err: error }, 'a command failed'),
});

const taken = await table.start().catch((error: unknown) => {
  const code = codeOf(error);
  if (code === 'EADDRNOTAVAIL') {
    return refuse([
      `OPENLINE_SIP_HOST is "${host}", which is not here (${code}): allowed is an address of this machine`,
    ]);
  }
  if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
  const isBeside = error instanceof PortTaken;
  const variable = isBeside ? `OPENLINE_SIP_${error.transport.toUpperCase()}_PORT` : 'OPENLINE_SIP_PORT';
  return refuse([
    `${variable} ${isBeside ? error.port : sipPort} on ${host} cannot be taken (${code}): allowed is a free port, 0 for any`,
  ]);
});
const started = await control.start();
if (!started.ok) refuse([started.msg]);
const stopReports = startReports({
  table,
  hasMeterClients: () => control.hasMeterClients,
  emit: (event, data) => control.emit(event, data),
});
log.info({ sipPort: taken, instance: table.instance }, 'the engine takes calls');

for (const [name, wanted, port] of [
  ['TLS', environment.sipTls, taken.tls],
  ['WebSocket', environment.sipWs, taken.ws],
] as const) {
  if (wanted !== null && port === null)
    log.warn({ port: wanted.port }, `SIP over ${name} is not there: another program has its port`);
}
const renewal =
  environment.tlsFiles === null
    ? null
    : startIdentityRenewal({
        files: environment.tlsFiles,
        identity,
        onRenewed: (renewed) => {
          table.agent.renewIdentity(renewed);
          log.info('the renewed certificate is shown from now on');
        },
        onProblem: (problem) => log.warn({ problem }, 'the certificate stays as it was'),
      });

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => {
    log.warn('the engine did not come to its end by itself');
    process.exit(0);
  }, END_WITHIN_MS);
  renewal?.stop();
  stopReports();
  await table.stop();
  await control.stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
onLauncherGone = () => void end();
// A restarted engine comes back where it was.
const keep = {
  OPENLINE_SIP_PORT: String(taken.udp),
  ...(environment.sipTls?.port === 0 && { OPENLINE_SIP_TLS_PORT: String(taken.tls) }),
  ...(environment.sipWs?.port === 0 && { OPENLINE_SIP_WS_PORT: String(taken.ws) }),
};
const ready = { type: 'ready', keep };
process.send?.(ready, undefined, undefined, (error) => error && onLauncherGone());
// Kept for the next start also when this process is killed.
flushCompileCache();

async function identityOf(): Promise<TlsIdentity> {
  if (environment.tlsFiles !== null) {
    const given = await readGivenIdentity(environment.tlsFiles);
    return given.ok ? given.identity : refuse([given.problem]);
  }
  return await ownIdentity(dataFolder, publicAddress === null ? [] : [publicAddress]).catch(
    (error: unknown) =>
      refuse([`OPENLINE_DATA cannot be written (${codeOf(error)}): allowed is a folder of one's own`]),
  );
}

async function isFormerGone(): Promise<boolean> {
  const deadline = Date.now() + FORMER_GONE_MS;
  for (let looks = 0; await isControlAlive(socketPath); looks += 1) {
    if (Date.now() > deadline) return false;
    if (looks === 0) log.warn('waiting for the former engine to end');
    await pause(50);
  }
  return true;
}

function refuse(problems: readonly string[]): never {
  for (const problem of problems) console.error(problem);
  process.exit(EXIT_CONFIG);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
