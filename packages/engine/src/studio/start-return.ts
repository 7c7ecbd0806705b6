/** Where the studio desk hears us: as an output does, but with what only the desk hears. Called by studio-thread.ts. */
import type { StudioReturnConfig } from '../control/contract.ts';
import { DeviceOutput } from '../outputs/device-output.ts';
import type { Output, ReportState } from '../outputs/output.ts';
import { RtpOutput } from '../outputs/rtp-output.ts';
import { promptPlayCommand } from '../outputs/sound-programs.ts';

export type StudioReturn = Output;

export function startReturn(config: StudioReturnConfig, report: ReportState): StudioReturn {
  switch (config.type) {
    case 'device':
      return new DeviceOutput(promptPlayCommand(config.program, config.device), report);
    case 'rtp':
      return new RtpOutput({ ...config, ref: 'studio', isDelayed: false, name: '' }, report);
  }
}
