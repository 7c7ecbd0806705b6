// What a channel strip shows and offers, as a pure function of the desk's state: the mode table of the protocol seen
// from the operator's chair. The strip component draws it, the keyboard map presses it, the tests walk all of it.
import { type ChannelState, mayDo, type Role, type UserState } from '@openline/protocol';

export type Tone = 'ring' | 'private' | 'ivr' | 'hold' | 'air' | 'air-off' | 'quiet' | 'defunct';

export type ModeWord =
  | 'ringing'
  | 'dialling'
  | 'calling'
  | 'withYou'
  | 'withUser'
  | 'ivr'
  | 'onHold'
  | 'onAir'
  | 'offAir'
  | 'free'
  | 'defunct';

export type ModeIcon =
  | 'incoming'
  | 'outgoing'
  | 'headset'
  | 'keypad'
  | 'pause'
  | 'air'
  | 'air-off'
  | 'phone'
  | 'unplugged';

export type Act = 'air' | 'airBoth' | 'hold' | 'screen' | 'ivr' | 'drop' | 'reject' | 'cancel' | 'dial';

export interface StripView {
  tone: Tone;
  word: ModeWord;
  icon: ModeIcon;
  /** Name of the user the caller is private with. */
  userName: string | null;
  /** Where the channel is just being moved to; null: nowhere. */
  pendingWord: ModeWord | null;
  /** What the mode table and my role allow now; the first is the likeliest and is drawn largest. */
  acts: Act[];
  /** A call is there: it has a meter, a quality and a card that belongs to who is there now. */
  hasCall: boolean;
  canMute: boolean;
  canLevel: boolean;
  canRecord: boolean;
  canAutoanswer: boolean;
  canWriteCard: boolean;
}

/** What of the desk decides what a strip offers. */
export interface Surroundings {
  channels: Readonly<Record<string, ChannelState>>;
  users: Readonly<Record<string, UserState>>;
  me: { id: string; role: Role };
  isOnAir: boolean;
}

export function viewOfStrip(channel: ChannelState, around: Surroundings): StripView {
  const { role } = around.me;
  const isDefunct = channel.mode === 'defunct';
  const touchesAir = channel.mode === 'master';
  return {
    ...faceOf(channel, around),
    pendingWord: channel.pending === null ? null : faceOf({ ...channel, mode: channel.pending }, around).word,
    acts: actsOf(channel, around),
    hasCall: channel.mode !== 'free' && !isDefunct,
    canMute: !isDefunct && channel.mode !== 'ivr' && mayDo(role, 'channelMuted', touchesAir),
    canLevel: !isDefunct && mayDo(role, 'channelVolume', touchesAir),
    canRecord: !isDefunct && mayDo(role, 'channelRecording', touchesAir),
    canAutoanswer: !isDefunct && mayDo(role, 'channelAutoAnswer'),
    canWriteCard: channel.contact !== null && mayDo(role, 'channelContactInfo'),
  };
}

/** The mode that an act asks for with `channelMode`; `airBoth` is asked of the user's own channel. */
export function modeOfAct(act: Exclude<Act, 'dial'>, myId: string): string {
  switch (act) {
    case 'air':
    case 'airBoth':
      return 'master';
    case 'hold':
      return 'on_hold';
    case 'screen':
      return myId;
    case 'ivr':
      return 'ivr';
    case 'drop':
    case 'reject':
    case 'cancel':
      return 'free';
  }
}

/** Whether this act is what the desk is just carrying out on the channel. */
export function isUnderWay(act: Act, channel: ChannelState, myId: string): boolean {
  return act !== 'dial' && act !== 'airBoth' && channel.pending === modeOfAct(act, myId);
}

type Face = Pick<StripView, 'tone' | 'word' | 'icon' | 'userName'>;

function faceOf(channel: ChannelState, around: Surroundings): Face {
  const userName = null;
  switch (channel.mode) {
    case 'defunct':
      return { tone: 'defunct', word: 'defunct', icon: 'unplugged', userName };
    case 'free':
      return { tone: 'quiet', word: 'free', icon: 'phone', userName };
    case 'dial':
      return { tone: 'quiet', word: 'dialling', icon: 'outgoing', userName };
    case 'ring':
      return channel.direction === 'out'
        ? { tone: 'quiet', word: 'calling', icon: 'outgoing', userName }
        : { tone: 'ring', word: 'ringing', icon: 'incoming', userName };
    case 'ivr':
      return { tone: 'ivr', word: 'ivr', icon: 'keypad', userName };
    case 'on_hold':
      return { tone: 'hold', word: 'onHold', icon: 'pause', userName };
    case 'master':
      return around.isOnAir
        ? { tone: 'air', word: 'onAir', icon: 'air', userName }
        : { tone: 'air-off', word: 'offAir', icon: 'air-off', userName };
    default:
      return privateFace(channel.mode, around);
  }
}

function privateFace(userId: string, around: Surroundings): Face {
  const word = userId === around.me.id ? 'withYou' : 'withUser';
  return { tone: 'private', word, icon: 'headset', userName: around.users[userId]?.name ?? userId };
}

function actsOf(channel: ChannelState, around: Surroundings): Act[] {
  const { role } = around.me;
  if (!mayDo(role, 'channelMode')) return [];
  const mayAir = mayDo(role, 'channelMode', true);
  const air: Act[] = mayAir ? ['air'] : [];
  const screen: Act[] = canTakeAside(around) ? ['screen'] : [];
  switch (channel.mode) {
    case 'defunct':
      return [];
    case 'free':
      return ['dial'];
    case 'dial':
      return ['cancel'];
    case 'ring':
      return channel.direction === 'out' ? ['cancel'] : [...screen, 'hold', ...air, 'ivr', 'reject'];
    case 'ivr':
      return mayAir ? ['hold', ...air, ...screen, 'drop'] : [...screen, 'hold', 'drop'];
    case 'on_hold':
      return [...air, ...screen, 'ivr', 'drop'];
    case 'master':
      return mayAir ? ['hold', ...screen, 'ivr', 'drop'] : [];
    default:
      return channel.mode === around.me.id
        ? ['hold', ...air, ...(mayAir ? (['airBoth'] as const) : []), 'ivr', 'drop']
        : ['hold', ...air, ...screen, 'ivr', 'drop'];
  }
}

/** A user who is on air cannot take a caller aside, and one without phone or headset cannot be reached. */
function canTakeAside({ channels, me }: Surroundings): boolean {
  const mine = channels[me.id];
  return mine !== undefined && mine.mode !== 'defunct' && mine.mode !== 'master';
}
