/** A desk for tests of the web layer: channels that take any mode but `nowhere`, and a state to look at. */
import { refusal, type DeskState } from '@openline/protocol';
import type { Author, DeskAction } from '../../desk/desk.ts';
import type { DeskGate } from '../websocket/event-dispatch.ts';

export interface FakeDesk extends DeskGate {
  done: { action: DeskAction; by: Author }[];
  /** Thrown by the next act(): a bug. */
  bug: Error | null;
}

export function createFakeDesk(): FakeDesk {
  const state: DeskState = {
    lines: {},
    mixer: {
      channels: {},
      master: {
        level: 75,
        muted: false,
        on_air: false,
        recording: false,
        delay: 0,
        delay_state: { state: 'bypass', depth_ms: 0, safe: false },
        in: { level: 75, muted: false },
        out: { level: 75, muted: false },
      },
      host: {
        level: 75,
        muted: false,
        connected: false,
        feed: null,
        connection: null,
        input: null,
        return: null,
        user: null,
      },
      players: {},
    },
    queue: { order: [], by_hand: false, on_next: 'keep', lines_busy: false },
    users: {},
    operators: {},
    buckets: {},
    current_bucket: null,
    prompts: {},
    outputs: {},
    alarms: {},
  };
  const desk: FakeDesk = {
    done: [],
    bug: null,
    state: () => state,
    act(action, by) {
      if (desk.bug) throw desk.bug;
      if (action.event === 'channelMode' && action.key === 'nowhere') {
        return refusal('unknown_channel', action.key, { channel: action.key });
      }
      desk.done.push({ action, by });
      return null;
    },
  };
  return desk;
}
