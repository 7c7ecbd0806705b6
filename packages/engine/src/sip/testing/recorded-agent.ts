/**
 * A delegate that writes down what happens to it, and answers calls as it is told. For tests of the agent.
 */
import type { IncomingSession, SessionDelegate, SessionEnd, SipAgentDelegate, SipParty } from '../agent.ts';
import { sdpOf } from './sdp-fixture.ts';

export interface RecordedSession {
  delegate: SessionDelegate;
  /** `progress 180`, `answer`, `confirmed`, `offer`, `dtmf 5`, `ended remote bye`: in order. */
  log: string[];
  ends: SessionEnd[];
  answers: string[];
}

export function recordedSession(address: string): RecordedSession {
  const recorded: RecordedSession = {
    log: [],
    ends: [],
    answers: [],
    delegate: {
      onProgress: (status, sdp) => void recorded.log.push(`progress ${status}${sdp === null ? '' : ' sdp'}`),
      onAnswer(sdp) {
        recorded.log.push('answer');
        recorded.answers.push(sdp);
      },
      onConfirmed: () => void recorded.log.push('confirmed'),
      onOffer() {
        recorded.log.push('offer');
        return { ok: true, answer: sdpOf(address) };
      },
      onOfferWanted() {
        recorded.log.push('offer wanted');
        return sdpOf(address);
      },
      onDtmf: (digit) => void recorded.log.push(`dtmf ${digit}`),
      onEnded(end) {
        recorded.log.push(`ended ${end.by} ${end.how}`);
        recorded.ends.push(end);
      },
    },
  };
  return recorded;
}

export interface RecordedAgent {
  delegate: SipAgentDelegate;
  calls: { session: IncomingSession; recorded: RecordedSession }[];
  messages: { from: SipParty; text: string }[];
  log: string[];
  /** From now on. */
  refuseMessages(status: number): void;
}

/** `onCall` decides what becomes of a call; without it the call is answered at once. */
export function recordedAgent(address: string, onCall?: (session: IncomingSession) => void): RecordedAgent {
  let messageStatus = 200;
  const agent: RecordedAgent = {
    calls: [],
    messages: [],
    log: [],
    refuseMessages: (status) => void (messageStatus = status),
    delegate: {
      onInvite(session) {
        const recorded = recordedSession(address);
        session.delegate = recorded.delegate;
        agent.calls.push({ session, recorded });
        if (onCall !== undefined) onCall(session);
        else {
          session.ring();
          session.accept(sdpOf(address));
        }
      },
      onAccount: (state) => void agent.log.push(`account ${state.username} ${state.isRegistered}`),
      onTrunk: (state) => void agent.log.push(`trunk ${state.ref} ${state.status}`),
      onMessage(message) {
        agent.messages.push({ from: message.from, text: Buffer.from(message.body).toString('utf8') });
        message.respond(messageStatus);
      },
    },
  };
  return agent;
}
