/**
 * A MESSAGE that goes out (RFC 3428 4): to every contact of its target at once, as RFC 3261 16.6 forks, since nobody
 * knows on which of their phones a person reads. Called by dialling.ts.
 */
import { randomBytes } from 'node:crypto';
import type { SipMessageOptions } from '../agent.ts';
import type { DigestClient } from '../digest/digest-client.ts';
import { Headers } from '../message/message.ts';
import { newTag } from '../transaction/transaction-layer.ts';
import type { UserAgentContext } from './context.ts';
import type { ForkTarget } from './outgoing-fork.ts';
import { sendSized } from './sized-request.ts';

export interface MessageWay {
  targets: readonly ForkTarget[];
  /** From without tag, towards that target. */
  from(target: ForkTarget): string;
  /** To without tag. */
  to: string;
  digest(): DigestClient | null;
}

/** RFC 3261 16.7: of refusals of one class those that say what would be taken are worth more. */
const TELLING = [401, 407, 415, 420, 484, 488];

/** The final status: a 2xx as soon as one takes it, else the best when all have refused it. */
export function sendMessage(
  context: UserAgentContext,
  way: MessageWay,
  text: string,
  options: SipMessageOptions,
): Promise<number> {
  // The same for all, so that a phone which is reached by two of its contacts knows it again (RFC 3261 8.2.2.2).
  const one = { ...options, tag: newTag(), callId: options.callId ?? randomBytes(12).toString('hex') };
  const statuses: number[] = [];
  return new Promise((resolve) => {
    for (const target of way.targets) {
      sendTo(context, way, target, text, one, (status) => {
        statuses.push(status);
        if (status < 300) resolve(status);
        else if (statuses.length === way.targets.length) resolve(bestOf(statuses));
      });
    }
  });
}

function bestOf(statuses: readonly number[]): number {
  const declined = statuses.find((status) => status >= 600);
  const lowest = Math.min(...statuses);
  const ofItsClass = statuses.filter((status) => Math.floor(status / 100) === Math.floor(lowest / 100));
  return declined ?? ofItsClass.find((status) => TELLING.includes(status)) ?? lowest;
}

function sendTo(
  context: UserAgentContext,
  way: MessageWay,
  target: ForkTarget,
  text: string,
  { tag, callId, contentType }: SipMessageOptions & { tag: string; callId: string },
  onFinal: (status: number) => void,
): void {
  const digest = way.digest();
  const attempt = (cseq: number): void => {
    const headers = new Headers()
      .add('Max-Forwards', '70')
      .add('From', `${way.from(target)};tag=${tag}`)
      .add('To', way.to)
      .add('Call-ID', callId)
      .add('CSeq', `${cseq} MESSAGE`)
      .add('User-Agent', context.userAgent)
      .add('Content-Type', contentType ?? 'text/plain;charset=UTF-8');
    digest?.authorise(headers, 'MESSAGE', target.uri);
    const request = { method: 'MESSAGE', uri: target.uri, headers, body: Buffer.from(text, 'utf8') };
    sendSized(context, request, target.flow, target.isTransportOpen, {
      onTimeout: () => onFinal(408),
      onTransportError: () => onFinal(503),
      onResponse(response) {
        if (response.status < 200) return;
        const isChallenge = response.status === 401 || response.status === 407;
        if (isChallenge && cseq <= 2 && digest?.accept(response) === true) attempt(cseq + 1);
        else onFinal(response.status);
      },
    });
  };
  attempt(1);
}
