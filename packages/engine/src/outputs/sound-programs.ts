/**
 * How the platform's sound programs are called for raw sound on their pipes: 16 bits, 48 kHz, one channel. The settings
 * name one of these and a device; nothing else of a command line comes from there. Used by the device outputs and the
 * studio's own feed, and by `openline doctor`'s question which of them are there.
 */
import type { SoundProgram } from '../control/contract.ts';

export interface SoundCommand {
  command: string;
  args: readonly string[];
}

const QUIET = ['-hide_banner', '-loglevel', 'error'];
const RAW = ['-f', 's16le', '-ar', '48000', '-ac', '1'];

/** `device` null: the platform's default. */
export function playCommand(program: SoundProgram, device: string | null): SoundCommand {
  switch (program) {
    case 'aplay':
      return { command: 'aplay', args: [...alsa(device), '-'] };
    case 'pw-cat':
      return { command: 'pw-cat', args: ['--playback', ...pipewire(device), '-'] };
    case 'pacat':
      return { command: 'pacat', args: ['--playback', ...pulse(device)] };
    case 'ffmpeg':
      return {
        command: 'ffmpeg',
        args: [...QUIET, ...RAW, '-i', 'pipe:0', '-f', 'alsa', device ?? 'default'],
      };
  }
}

/** The same for ears that hear themselves late: with small buffers, where the program can be told. */
export function promptPlayCommand(program: SoundProgram, device: string | null): SoundCommand {
  const { command, args } = playCommand(program, device);
  return { command, args: [...PROMPT[program], ...args] };
}

/** From a device to its standard output: 16 bits, 48 kHz. */
export function captureCommand(program: SoundProgram, device: string | null, channels: 1 | 2): SoundCommand {
  const prompt = PROMPT[program];
  switch (program) {
    case 'aplay':
      return { command: 'arecord', args: [...prompt, ...alsa(device, channels)] };
    case 'pw-cat':
      return { command: 'pw-cat', args: ['--record', ...prompt, ...pipewire(device, channels), '-'] };
    case 'pacat':
      return { command: 'pacat', args: ['--record', ...prompt, ...pulse(device, channels)] };
    case 'ffmpeg': {
      const input = ['-f', 'alsa', '-ar', '48000', '-ac', String(channels), '-i', device ?? 'default'];
      const output = [
        '-f',
        's16le',
        '-ar',
        '48000',
        '-ac',
        String(channels),
        '-flush_packets',
        '1',
        'pipe:1',
      ];
      return { command: 'ffmpeg', args: [...QUIET, ...input, ...output] };
    }
  }
}

/** Periods of 10 ms, buffers of a few of them: by themselves these programs have half a second. */
const PROMPT: Readonly<Record<SoundProgram, readonly string[]>> = {
  aplay: ['--period-time=10000', '--buffer-time=60000'],
  'pw-cat': ['--latency=10ms'],
  pacat: ['--latency-msec=30', '--process-time-msec=10'],
  ffmpeg: [],
};

function alsa(device: string | null, channels = 1): string[] {
  const named = device === null ? [] : ['-D', device];
  return ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', '48000', '-c', String(channels), ...named];
}

function pipewire(device: string | null, channels = 1): string[] {
  const named = device === null ? [] : ['--target', device];
  return ['--raw', '--format', 's16', '--rate', '48000', '--channels', String(channels), ...named];
}

function pulse(device: string | null, channels = 1): string[] {
  const named = device === null ? [] : ['--device', device];
  return [
    '--raw',
    '--format=s16le',
    '--rate=48000',
    `--channels=${channels}`,
    '--client-name=Openline',
    ...named,
  ];
}
