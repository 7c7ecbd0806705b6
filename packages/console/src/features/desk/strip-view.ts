// What a channel strip shows and offers, as a pure function of the desk's state: the mode table of the protocol seen
// from the operator's chair. The strip component draws it, the keyboard map presses it, the tests walk all of it.
import { type ChannelState, mayDo, type Role, type Screening } from '@openline/protocol';

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

/** Acts that move the call: each asks for a mode. */
export type ModeAct = 'air' | 'airBoth' | 'hold' | 'screen' | 'ivr' | 'drop' | 'reject' | 'cancel';
export type Act = ModeAct | 'ready' | 'waiting' | 'priority' | 'lock' | 'whisper' | 'dial';

export interface StripView {
  tone: Tone;
  word: ModeWord;
  icon: ModeIcon;
  /** Name of the user the caller is private with. */
  userName: string | null;
  /** Where the channel is just being moved to; null: nowhere. */
  pendingWord: ModeWord | null;
  /** How far the screening is, where the mode does not say it already. */
  screening: Screening | null;
  /** What the mode table and my role allow now; the first is the likeliest and is drawn largest. */
  acts: Act[];
  /** Those of them that the lock on air keeps from being pressed. */
  barred: readonly Act[];
  /** A call is there: it has a meter, a quality and a card that belongs to who is there now. */
  hasCall: boolean;
  canMute: boolean;
  canLevel: boolean;
  canSetLeveller: boolean;
  canRecord: boolean;
  canAutoanswer: boolean;
  canWriteCard: boolean;
}

/** What of the desk decides what a strip offers. */
export interface Surroundings {
  userNames: Readonly<Record<string, string>>;
  me: { id: string; role: Role };
  /** Mode of my own channel; null when I have none. */
  myMode: string | null;
  isOnAir: boolean;
}

export function viewOfStrip(channel: ChannelState, around: Surroundings): StripView {
  const { role } = around.me;
  const isDefunct = channel.mode === 'defunct';
  const touchesAir = channel.mode === 'master';
  return {
    ...faceOf(channel, around),
    pendingWord: channel.pending === null ? null : faceOf({ ...channel, mode: channel.pending }, around).word,
    screening: channel.mode === 'on_hold' || channel.mode === 'ivr' ? channel.screening : null,
    acts: actsOf(channel, around),
    barred: channel.locked ? LEAVING : NONE,
    hasCall: channel.mode !== 'free' && !isDefunct,
    canMute: !isDefunct && channel.mode !== 'ivr' && mayDo(role, 'channelMuted', touchesAir),
    canLevel: !isDefunct && mayDo(role, 'channelVolume', touchesAir),
    canSetLeveller: !isDefunct && mayDo(role, 'channelLeveller', touchesAir),
    canRecord: !isDefunct && mayDo(role, 'channelRecording', touchesAir),
    canAutoanswer: !isDefunct && mayDo(role, 'channelAutoAnswer'),
    canWriteCard: channel.contact !== null && mayDo(role, 'channelContactInfo'),
  };
}

const LEAVING: readonly Act[] = ['hold', 'screen', 'ivr', 'drop'];
const NONE: readonly Act[] = [];

/** The acts that can be pressed now. */
export function openActs({ acts, barred }: StripView): Act[] {
  return acts.filter((act) => !barred.includes(act));
}

/** The mode that an act asks for with `channelMode`; `airBoth` is asked of the user's own channel. */
export function modeOfAct(act: ModeAct, myId: string): string {
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

const modeActs: ReadonlySet<Act> = new Set<ModeAct>([
  'air',
  'airBoth',
  'hold',
  'screen',
  'ivr',
  'drop',
  'reject',
  'cancel',
]);

export function isModeAct(act: Act): act is ModeAct {
  return modeActs.has(act);
}

/** Whether this act is what the desk is just carrying out on the channel. */
export function isUnderWay(act: Act, channel: ChannelState, myId: string): boolean {
  return isModeAct(act) && act !== 'airBoth' && channel.pending === modeOfAct(act, myId);
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
  return { tone: 'private', word, icon: 'headset', userName: around.userNames[userId] ?? userId };
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
      return isInQueue(channel)
        ? [...air, ...screen, 'waiting', 'priority', 'ivr', 'drop']
        : [...screen, 'ready', ...air, 'priority', 'ivr', 'drop'];
    case 'master':
      return mayAir ? ['hold', ...screen, ...whisper(around), 'ivr', 'drop', 'lock'] : [];
    default:
      return channel.mode === around.me.id
        ? ['ready', ...air, ...(mayAir ? (['airBoth'] as const) : []), 'hold', 'ivr', 'drop']
        : ['hold', ...air, ...screen, 'ivr', 'drop'];
  }
}

/** Ready, or next: waiting for the air and not for the screener. */
export function isInQueue({ screening }: Pick<ChannelState, 'screening'>): boolean {
  return screening === 'ready' || screening === 'next';
}

/** A user who is on air cannot take a caller aside, and one without phone or headset cannot be reached. */
export function canTakeAside({ myMode }: Surroundings): boolean {
  return myMode !== null && myMode !== 'defunct' && myMode !== 'master';
}

/** Between two who are both on air. */
function whisper({ me, myMode }: Surroundings): Act[] {
  return myMode === 'master' && mayDo(me.role, 'userWhisper') ? ['whisper'] : [];
}
