// Which event of the server answers which of a client: the frame that goes to the sender alone, before the ack. The
// client package resolves its promises with it, the published document lists it as the reply.
import type { ClientEvent } from './client-events.ts';
import type { ServerEvent, ServerEventData } from './server-events.ts';

export const answerEvents = {
  ping: 'pong',
  addrBookSuggestions: 'addrBookSuggestions',
  'headset:servers': 'headset:servers',
  'messages:send': 'messages:sent',
  'messages:fetch': 'messages:list',
  'questions:fetch': 'questions:list',
  'calls:fetch': 'calls:list',
  'buckets:create': 'buckets:created',
  'buckets:fetch': 'buckets:list',
  'contacts:fetch': 'contacts:list',
  'contacts:export': 'contacts:exported',
} as const satisfies Partial<Record<ClientEvent, ServerEvent>>;

/** Data of the answer; undefined for events that have none but their ack. */
export type AnswerData<E extends ClientEvent> = E extends keyof typeof answerEvents
  ? ServerEventData<(typeof answerEvents)[E]>
  : undefined;

export function answerEventOf(event: ClientEvent): ServerEvent | null {
  return Object.hasOwn(answerEvents, event) ? answerEvents[event as keyof typeof answerEvents] : null;
}
