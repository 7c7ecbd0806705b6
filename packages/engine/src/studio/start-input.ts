/** Every kind of feed that the studio thread has, one line each. Called by studio-thread.ts. */
import type { StudioInputConfig } from '../control/contract.ts';
import type { ReportState } from '../outputs/output.ts';
import { DeviceInput } from './device-input.ts';
import { RATE, type FeedPackets } from './feed-packets.ts';
import { RtpInput } from './rtp-input.ts';
import type { StudioInput } from './studio-input.ts';

export function startInput(
  config: StudioInputConfig,
  feedOf: (sampleRate: number) => FeedPackets,
  report: ReportState,
): StudioInput {
  switch (config.type) {
    case 'device':
      return new DeviceInput(config, feedOf(RATE), report);
    case 'rtp':
      return new RtpInput(config, feedOf(config.sampleRate), report);
  }
}
