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

const WIDE_OPEN = ['-hide_banner', '-loglevel', 'error', '-nostdin'];
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
        args: [...WIDE_OPEN.slice(0, 3), ...RAW, '-i', 'pipe:0', '-f', 'alsa', device ?? 'default'],
      };
  }
}

export function captureCommand(program: SoundProgram, device: string | null): SoundCommand {
  switch (program) {
    case 'aplay':
      return { command: 'arecord', args: [...alsa(device), '-'] };
    case 'pw-cat':
      return { command: 'pw-cat', args: ['--record', ...pipewire(device), '-'] };
    case 'pacat':
      return { command: 'pacat', args: ['--record', ...pulse(device)] };
    case 'ffmpeg':
      return {
        command: 'ffmpeg',
        args: [...WIDE_OPEN, '-f', 'alsa', '-i', device ?? 'default', ...RAW, 'pipe:1'],
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
