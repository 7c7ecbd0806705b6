/** `openline doctor`: looks at what a station needs of its machine and says what to do about each fault. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkMachine, openStationFiles, readConfig, type MachineCheck } from '@openline/server';
import { isTcpPortFree, isUdpPortFree } from '../free-port.ts';
import { complain } from './with-station.ts';

interface Finding {
  what: string;
  isWell: boolean;
  advice: string;
}

export async function runDoctor(): Promise<number> {
  const read = readConfig(process.env);
  if (!read.ok) return complain(read.problems);
  const { dataFolder, httpHost, httpPort } = read.config;
  const sipPort = Number(process.env['OPENLINE_SIP_PORT'] || 5060);
  const sipHost = process.env['OPENLINE_SIP_HOST'] || '0.0.0.0';
  const findings: Finding[] = [
    ...(await checkMachine(dataFolder)).map((check) => inWords(check, dataFolder)),
    {
      what: `page on TCP port ${httpPort}`,
      isWell: httpPort === 0 || (await isTcpPortFree(httpPort, httpHost)),
      advice: 'in use, by this station if it runs; otherwise set OPENLINE_HTTP_PORT to another one',
    },
    {
      what: `SIP on UDP and TCP port ${sipPort}`,
      isWell:
        sipPort === 0 || ((await isUdpPortFree(sipPort, sipHost)) && (await isTcpPortFree(sipPort, sipHost))),
      advice: 'in use, by this station if it runs; otherwise set OPENLINE_SIP_PORT to another one',
    },
  ];
  findings.push(...(await soundPrograms()));
  for (const { what, isWell, advice } of findings) {
    console.log(isWell ? `well    ${what}` : `look    ${what}: ${advice}`);
  }
  return findings.every((finding) => finding.isWell) ? 0 : 1;
}

/** Those that the settings name for sound devices: of outputs, and of the studio desk. */
async function soundPrograms(): Promise<Finding[]> {
  const opened = await openStationFiles(process.env);
  if (!opened.ok) return opened.problems.map((advice) => ({ what: 'settings', isWell: false, advice }));
  const { outputs, host } = opened.files.settings.current;
  opened.files.close();
  const back = host?.type === 'device' || host?.type === 'rtp' ? host.return : null;
  const devices = [...outputs, host, back].filter((one) => one?.type === 'device');
  const programs = devices.map(({ program }) => program);
  return [...new Set(programs)].map((program) => ({
    what: `sound program ${program}`,
    isWell: isInstalled(program),
    advice: `is not installed; sound devices need it (Debian: ${packages[program]})`,
  }));
}

const packages = {
  aplay: 'alsa-utils',
  'pw-cat': 'pipewire-bin',
  pacat: 'pulseaudio-utils',
  ffmpeg: 'ffmpeg',
} as const;

function isInstalled(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}

const advice: Readonly<Record<MachineCheck['name'], string>> = {
  folder: 'cannot be written; give it to the user that runs Openline, or set OPENLINE_DATA',
  disk: 'recordings will fill it; make room or set OPENLINE_DATA to a larger disk',
  clock: 'the date is wrong; switch on time synchronisation (NTP)',
  timers: 'the machine is busy; stop other programs, or use the performance governor',
};

function inWords({ name, isWell, figure }: MachineCheck, dataFolder: string): Finding {
  return { what: whatIs(name, figure, dataFolder), isWell, advice: advice[name] };
}

function whatIs(name: MachineCheck['name'], figure: number | null, dataFolder: string): string {
  if (name === 'folder') return `data folder ${dataFolder}`;
  if (name === 'disk' && figure !== null) return `disk, ${(figure / 1024 ** 3).toFixed(1)} GB free`;
  return name === 'timers' && figure !== null ? `timers, ${figure.toFixed(1)} ms late at worst` : name;
}
