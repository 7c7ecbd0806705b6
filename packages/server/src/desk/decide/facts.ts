// What the exchange reports, entered in the state. What follows from it is for settle.ts and progress.ts.
import type { Strip } from '../model.ts';
import { channelOfCall, legOfCall, userOfCall } from '../model.ts';
import type { ExchangeFact } from '../ports/exchange.ts';
import type { DeskInput, Turn } from '../turn.ts';
import { takeOffered } from './calls-in.ts';
import { endCall } from './ended.ts';
import { takeHeadsetFact } from './headsets.ts';
import { takeOutput } from './outputs.ts';
import { adoptQuestions, takeDigit, takePrompted, takeQuestion } from './questions.ts';
import { takePlayed, takePlaying } from './players.ts';
import { takeReachable } from './reachable.ts';
import { takeDown, takeUp } from './rebuild.ts';
import { takeStudio } from './studio.ts';
import { changeRecord } from './records.ts';
import { takeStopped } from './recording.ts';

type Known = Pick<
  Extract<DeskInput, { kind: 'fact' }>,
  'contacts' | 'callers' | 'blocked' | 'records' | 'questions'
>;
type FactOf<Type extends ExchangeFact['type']> = Extract<ExchangeFact, { type: Type }>;
type CallFact = FactOf<'ringing' | 'answered' | 'media' | 'held' | 'quality'>;

export function takeFact(turn: Turn, fact: ExchangeFact, known: Known): void {
  const { contacts, callers, blocked, questions } = known;
  switch (fact.type) {
    case 'up':
      takeUp(turn, fact.snapshot, known);
      return adoptQuestions(turn, questions.open, questions.files, fact.snapshot);
    case 'down':
      return takeDown(turn, fact.msg);
    case 'prompted':
      return takePrompted(turn, fact.call);
    case 'offered':
      return takeOffered(
        turn,
        fact.call,
        contacts[fact.call.number] ?? null,
        callers[fact.call.call] ?? null,
        blocked,
      );
    case 'ended':
      return endCall(turn, fact.call, fact.because, fact.quality);
    case 'reachable':
      return takeReachable(turn.model, fact.owner, fact.isReachable);
    case 'line':
      if (Object.hasOwn(turn.model.lines, fact.lineId)) {
        turn.model.lines[fact.lineId] = { status: fact.status, error: fact.error };
      }
      return;
    case 'recordingStopped':
      takeQuestion(turn, fact.recording, fact);
      return takeStopped(turn, fact.recording, fact.durationMs, fact.error);
    case 'output':
      return takeOutput(turn, fact.outputId, fact);
    case 'studio':
      return takeStudio(turn, fact.studio);
    case 'delay':
      turn.model.master.delay = fact.delay;
      return;
    case 'alarm':
      if (fact.isRaised) turn.model.alarms[fact.code] = fact.msg;
      else delete turn.model.alarms[fact.code];
      return;
    case 'candidate':
    case 'ice':
      return takeHeadsetFact(turn, fact);
    case 'playing':
      return takePlaying(turn, fact);
    case 'played':
      return takePlayed(turn, fact.player);
    case 'dtmf':
      return takeDigit(turn, fact.call, fact.digit);
    default:
      takeCallFact(turn, fact);
  }
}

function takeCallFact(turn: Turn, fact: CallFact): void {
  const leg = legOfCall(turn.model, fact.call);
  if (!leg) return;
  const channel = channelOfCall(turn.model, fact.call);
  const strip: Strip | null = channel ?? userOfCall(turn.model, fact.call);
  switch (fact.type) {
    case 'ringing':
      if (leg.stage === 'dialling') leg.stage = 'ringing';
      return;
    case 'answered':
      leg.stage = 'answered';
      changeRecord(turn, channel?.recordId ?? null, { answeredAt: fact.at });
      return;
    case 'media':
      leg.stage = 'answered';
      leg.hasMedia = true;
      leg.isStuck = false;
      return;
    case 'held':
      leg.isHeldByRemote = fact.isHeldByRemote;
      return;
    case 'quality':
      if (strip) strip.quality = fact.quality;
      changeRecord(turn, channel?.recordId ?? null, { quality: fact.quality }, 'save');
  }
}
