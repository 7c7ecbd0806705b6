/** Every kind of output that lives in the outputs thread, one line each. Called by outputs-thread.ts. */
import type { OutputConfig } from '../control/contract.ts';
import { DeviceOutput } from './device-output.ts';
import { IcecastOutput } from './icecast-output.ts';
import type { PacketSource } from './opus-feed.ts';
import type { ReportState } from './output.ts';
import { ProgramStream } from './program-stream.ts';
import { RtpOutput } from './rtp-output.ts';
import { playCommand } from './sound-programs.ts';

/** What carries telephone calls is elsewhere: sip-outputs.ts. */
export type ThreadOutputConfig = Exclude<OutputConfig, { type: 'sip' }>;

/** `feedOf`: the encoder that it shares with others of its rate. */
export function startOutput(
  config: ThreadOutputConfig,
  feedOf: (bitrateKbps: number) => PacketSource,
  report: ReportState,
): ProgramStream | IcecastOutput | RtpOutput | DeviceOutput {
  switch (config.type) {
    case 'stream':
      return new ProgramStream(config, feedOf(config.bitrateKbps), report);
    case 'icecast':
      return new IcecastOutput(config, feedOf(config.bitrateKbps), report);
    case 'rtp':
      return new RtpOutput(config, report);
    case 'device':
      return new DeviceOutput(playCommand(config.program, config.device), report);
  }
}
