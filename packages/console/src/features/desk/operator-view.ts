// What an operator's chip shows and offers: the user's own channel (its id is the user's id) seen through the mode
// table. Pure; drawn by the operators row, walked by its test.
import { mayDo, type Role } from '@openline/protocol';
import type { ModeIcon, Tone } from './strip-view.ts';

export type OperatorWord = 'noHeadset' | 'ready' | 'ringing' | 'onAir' | 'inStudio' | 'private';
export type OperatorAct = 'toAir' | 'bothToAir' | 'offAir' | 'endTalk';

export interface OperatorView {
  tone: Tone;
  word: OperatorWord;
  icon: ModeIcon;
  /** Label of the channel that the user is private with. */
  channelLabel: string | null;
  acts: OperatorAct[];
}

export interface OperatorSurroundings {
  /** Of the channel that the user is private with; null: with nobody. */
  channelLabel: string | null;
  isOnAir: boolean;
  role: Role;
}

/** `mode` is that of the user's own channel; without one nobody can reach them. */
export function viewOfOperator(mode: string | undefined, around: OperatorSurroundings): OperatorView {
  const channelLabel = null;
  const mayAir = mayDo(around.role, 'channelMode', true);
  const air = (act: OperatorAct): OperatorAct[] => (mayAir ? [act] : []);
  switch (mode ?? 'defunct') {
    case 'defunct':
      return { tone: 'defunct', word: 'noHeadset', icon: 'headset', channelLabel, acts: [] };
    case 'free':
      return { tone: 'quiet', word: 'ready', icon: 'headset', channelLabel, acts: air('toAir') };
    case 'ring':
      return { tone: 'quiet', word: 'ringing', icon: 'outgoing', channelLabel, acts: [] };
    case 'master':
      return around.isOnAir
        ? { tone: 'air', word: 'onAir', icon: 'air', channelLabel, acts: air('offAir') }
        : { tone: 'air-off', word: 'inStudio', icon: 'air-off', channelLabel, acts: air('offAir') };
    default:
      return {
        tone: 'private',
        word: 'private',
        icon: 'headset',
        channelLabel: around.channelLabel ?? mode ?? null,
        acts: [...air('bothToAir'), ...(mayDo(around.role, 'channelMode') ? (['endTalk'] as const) : [])],
      };
  }
}

export function modeOfOperatorAct(act: OperatorAct): 'master' | 'free' {
  return act === 'toAir' || act === 'bothToAir' ? 'master' : 'free';
}
