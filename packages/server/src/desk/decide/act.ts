// Every action of a client, and who decides about it. One line an event.
import { mayDo } from '@openline/protocol';
import { channelOf, userOf } from '../model.ts';
import type { DeskAction, Outcome, ToDial, Turn } from '../turn.ts';
import { refuse } from '../turn.ts';
import { callNumber } from './calls-out.ts';
import { setContact } from './contacts.ts';
import { setLeveller } from './leveller.ts';
import { actOnHeadset } from './headsets.ts';
import {
  setChannelLevel,
  setChannelMuted,
  setHost,
  setProgram,
  setUserLevel,
  setUserMuted,
} from './levels.ts';
import { dump, setDelay } from './delay.ts';
import { landingRefusal, setMode } from './modes.ts';
import { setLinesBusy, setLock, setOnNext, setOrder, setPriority, setScreening, takeNext } from './queue.ts';
import { isPlayedToAir, play, setPlayerLevel, stopPlaying } from './players.ts';
import { setWhisper } from './whisper.ts';
import { setChannelRecording, setMasterRecording, setUserRecording } from './recording.ts';

export function act(turn: Turn, action: DeskAction, toDial: ToDial): Outcome {
  const refused = roleRefusal(turn, action);
  if (refused) return refused;
  switch (action.event) {
    case 'channelMode':
      return setMode(turn, action);
    case 'channelMuted':
      return setChannelMuted(turn, action.key, action.value);
    case 'channelVolume':
      return setChannelLevel(turn, action.key, action.value);
    case 'channelLeveller':
      return setLeveller(turn, action.key, action.value);
    case 'channelRecording':
      return setChannelRecording(turn, action.key, action.value);
    case 'channelAutoAnswer':
      return setAutoAnswer(turn, action.key, action.value);
    case 'channelContactInfo':
      return setContact(turn, action.key, action.value);
    case 'channelLock':
      return setLock(turn, action.key, action.value);
    case 'queue:screening':
      return setScreening(turn, action.key, action.value);
    case 'queue:priority':
      return setPriority(turn, action.key, action.value);
    case 'queue:order':
      return setOrder(turn, action.value);
    case 'queue:next':
      return takeNext(turn, action.value.channel_id);
    case 'queue:onNext':
      return setOnNext(turn, action.value);
    case 'linesBusy':
      return setLinesBusy(turn, action.value);
    case 'callNumber':
    case 'channelCallNumber':
      return callNumber(turn, action, toDial);
    case 'masterMuted':
      return setProgram(turn, { isMuted: action.value });
    case 'masterVolume':
      return setProgram(turn, { level: action.value });
    case 'masterOnAir':
      return setProgram(turn, { isOnAir: action.value });
    case 'masterRecording':
      return setMasterRecording(turn, action.value);
    case 'userVolume':
      return setUserLevel(turn, action.key, action.value);
    case 'userMuted':
      return setUserMuted(turn, action.key, action.value);
    case 'userRecording':
      return setUserRecording(turn, action.key, action.value);
    case 'hostVolume':
      return setHost(turn, { level: action.value });
    case 'hostMuted':
      return setHost(turn, { isMuted: action.value });
    case 'masterDelay':
      return setDelay(turn, action.value);
    case 'masterDump':
      return dump(turn);
    case 'media:play':
      return play(turn, action);
    case 'media:stop':
      return stopPlaying(turn, action.key);
    case 'media:volume':
      return setPlayerLevel(turn, action.key, action.value);
    case 'userWhisper':
      return setWhisper(turn, action.key, action.value);
    case 'headset:servers':
    case 'headset:connect':
    case 'headset:candidate':
    case 'headset:reconnect':
    case 'headset:disconnect':
      return turn.author && actOnHeadset(turn, turn.author, action);
  }
}

/** The role for the event; where a caller is on air now, the stricter one. Modes and dialling look closer. */
function roleRefusal(turn: Turn, action: DeskAction): Outcome {
  const { author } = turn;
  if (!author) return null;
  if (!mayDo(author.role, action.event)) return refuse('forbidden', action.key);
  const strip =
    action.key === null ? null : (channelOf(turn.model, action.key) ?? userOf(turn.model, action.key));
  const isOnAir = strip?.mode === 'master' || action.value === 'master' || isPlayingToAir(turn, action);
  return mayDo(author.role, action.event, isOnAir) ? null : refuse('forbidden_on_air', action.key);
}

function isPlayingToAir(turn: Turn, action: DeskAction): boolean {
  if (action.event === 'media:play') return action.value.to === 'air';
  const isPlayers = action.event === 'media:stop' || action.event === 'media:volume';
  return isPlayers && isPlayedToAir(turn, action.key);
}

function setAutoAnswer(turn: Turn, key: string, mode: string | null): Outcome {
  if (userOf(turn.model, key)) return refuse('own_channel', key, { channel: key });
  const channel = channelOf(turn.model, key);
  if (!channel) return refuse('unknown_channel', key, { channel: key });
  const refused = mode === null ? null : landingRefusal(turn, mode, key);
  if (refused) return refused;
  channel.autoanswer = mode;
  return null;
}
