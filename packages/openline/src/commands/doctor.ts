/** `openline doctor`: looks at what a station needs of its machine and says what to do about each fault. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  checkMachine,
  openStationFiles,
  ownAddresses,
  readConfig,
  type MachineCheck,
} from '@openline/server';
import type { Settings } from '@openline/server';
import { certificateFindings } from './doctor-certificate.ts';
import { listenerFindings } from './doctor-listeners.ts';
import type { Finding } from './finding.ts';
import { complain } from './with-station.ts';

export async function runDoctor(): Promise<number> {
  const { env } = process;
  const read = readConfig(env);
  if (!read.ok) return complain(read.problems);
  const { config } = read;
  const { dataFolder } = config;
  const machine = (await checkMachine(dataFolder)).map((check) => inWords(check, dataFolder));
  const opened = await openStationFiles(env);
  const settings = opened.ok ? opened.files.settings.current : null;
  if (opened.ok) opened.files.close();
  const ills = opened.ok ? [] : opened.problems;
  const host = settings?.host;
  const addresses = [
    ...ownAddresses(),
    ...(env['OPENLINE_PUBLIC_ADDRESS'] ? [env['OPENLINE_PUBLIC_ADDRESS']] : []),
  ];
  const findings: Finding[] = [
    ...machine,
    ...(await listenerFindings(config, env, host?.type === 'rtp' ? host : null)),
    ...certificateFindings({ env, dataFolder, addresses, nowMs: Date.now() }),
    ...ills.map((advice) => ({ what: 'settings', isWell: false, advice })),
    ...(settings === null ? [] : soundPrograms(settings)),
  ];
  for (const { what, isWell, advice } of findings) {
    console.log(isWell ? `well    ${what}` : `look    ${what}: ${advice}`);
  }
  return findings.every((finding) => finding.isWell) ? 0 : 1;
}

/** Those that the settings name for sound devices: of outputs, and of the studio desk. */
function soundPrograms({ outputs, host }: Settings): Finding[] {
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
