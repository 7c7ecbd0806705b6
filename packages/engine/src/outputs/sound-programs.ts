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

function alsa(device: string | null): string[] {
  const named = device === null ? [] : ['-D', device];
  return ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', '48000', '-c', '1', ...named];
}

function pipewire(device: string | null): string[] {
  const named = device === null ? [] : ['--target', device];
  return ['--raw', '--format', 's16', '--rate', '48000', '--channels', '1', ...named];
}

function pulse(device: string | null): string[] {
  const named = device === null ? [] : ['--device', device];
  return ['--raw', '--format=s16le', '--rate=48000', '--channels=1', '--client-name=Openline', ...named];
}
