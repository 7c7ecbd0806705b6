/**
 * The user agent core (RFC 3261 8.2): what becomes of a request that belongs to no dialog, and to which dialog the
 * others go. Called by the transaction layer; one an agent.
 */
import { randomUUID } from 'node:crypto';
import type { SipAgentDelegate, SipOrigin } from '../agent.ts';
import { dialogKey, contactUri } from '../dialog/dialog.ts';
import type { DigestServer } from '../digest/digest-server.ts';
import { mediaType, sessionBody } from '../message/body.ts';
import type { SipRequest } from '../message/message.ts';
import { hostAddress, parseUri } from '../message/uri.ts';
import { register } from '../registrar/registrar.ts';
import type { Location } from '../registrar/location.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { TransactionUser } from '../transaction/transaction-layer.ts';
import { isScanner, type SourceGuard } from '../transport/source-guard.ts';
import type { TrunkRegistration } from '../trunk/trunk-registration.ts';
import type { Admission, Admissions } from './admission.ts';
import {
  capabilities,
  guarded,
  refusedForOptions,
  refuseMethod,
  respond,
  type UserAgentContext,
} from './context.ts';
import { IncomingCall } from './incoming-call.ts';
import { remoteParty, userOf } from './parties.ts';
import { intervalAsServer, MIN_SESSION_INTERVAL_S } from './session-timer.ts';

export interface CoreParts {
  context: UserAgentContext;
  delegate: SipAgentDelegate;
  admissions: Admissions;
  digest: DigestServer;
  location: Location;
  guard: SourceGuard;
  trunks(): readonly TrunkRegistration[];
  epochMs(): number;
}

const MAX_MESSAGE_TEXT_BYTES = 16_384;
/** Plain, in an envelope (RFC 3862), and word of what became of one of ours (RFC 5438). */
const MESSAGE_TYPES = ['text/plain', 'message/cpim', 'message/imdn+xml'];

export function createCore(
  parts: CoreParts,
): TransactionUser & { onMessage(transaction: ServerTransaction): void } {
  const { context, delegate, admissions, guard } = parts;

  const inDialog = (request: SipRequest) =>
    context.dialogs.get(dialogKey(request.callId, request.toTag ?? '', request.fromTag ?? ''));

  /** The admission as an answer: nothing when admitted; null when the request was dealt with. */
  const admitted = <Kind extends { kind: string }>(
    transaction: ServerTransaction,
    admission: Kind | Exclude<Admission, { kind: 'admitted' }>,
  ): Kind | null => {
    const address = transaction.flow.remoteAddress;
    switch (admission.kind) {
      case 'challenge': {
        const isStale = 'isStale' in admission && admission.isStale;
        const values = parts.digest.challenges(
          address,
          transaction.request.headers.get('User-Agent'),
          isStale,
        );
        respond(context, transaction, 401, {
          headers: values.map((each) => ['WWW-Authenticate', each] as const),
        });
        return null;
      }
      case 'wrong':
        guard.failedAuthentication(address);
        respond(context, transaction, 403);
        return null;
      case 'forbidden':
        respond(context, transaction, 403);
        return null;
      default:
        return admission as Kind;
    }
  };

  const takeInvite = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    if (refusedForOptions(context, transaction)) return;
    const admission = admitted(transaction, admissions.caller(request, transaction.flow));
    if (admission?.kind !== 'admitted') return;
    if (!hasUsableContact(request)) {
      respond(context, transaction, 400, { reason: 'Bad Request: Contact' });
      return;
    }
    const body = sessionBody(request);
    if (!body.ok) {
      respond(context, transaction, body.status, { headers: [[body.header.name, body.header.value]] });
      return;
    }
    const interval = intervalAsServer(request.headers);
    if (interval === 'small') {
      respond(context, transaction, 422, { headers: [['Min-SE', String(MIN_SESSION_INTERVAL_S)]] });
      return;
    }
    respond(context, transaction, 100);
    const call = new IncomingCall(context, {
      transaction,
      id: randomUUID(),
      origin: admission.origin,
      remote: remoteParty(request, admission.isAssertionTrusted),
      called: called(request),
      offer: body.sdp,
      interval,
      onMessage: takeMessage,
    });
    const isTaken = guarded(context, false, () => {
      delegate.onInvite(call);
      return true;
    });
    if (!isTaken) call.reject(500);
  };

  /** Whom it is for: the Request-URI; behind our own registration's Contact, the To. */
  const called = (request: SipRequest): string => {
    const isOwnContact = parts.trunks().some((each) => each.isCalledBy(request.uri));
    const to = userOf(request.to.uri);
    return isOwnContact && to !== '' ? to : userOf(request.uri);
  };

  const takeRegister = (transaction: ServerTransaction): void => {
    if (refusedForOptions(context, transaction)) return;
    const verdict = admitted(transaction, admissions.registration(transaction.request, transaction.flow));
    if (verdict?.kind !== 'account' || !('username' in verdict)) return;
    const { request, flow } = transaction;
    const reply = register(parts.location, verdict.username, request, flow, parts.epochMs());
    const headers = [...reply.headers, ['Date', new Date(parts.epochMs()).toUTCString()] as const];
    respond(context, transaction, reply.status, { headers, reason: reply.reason });
  };

  const takeMessage = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    if (refusedForOptions(context, transaction)) return;
    const admission = admitted(transaction, admissions.caller(request, transaction.flow));
    if (admission?.kind !== 'admitted') return;
    if (request.body.length > MAX_MESSAGE_TEXT_BYTES) {
      respond(context, transaction, 413);
      return;
    }
    const contentType = request.headers.get('Content-Type') ?? 'text/plain';
    const encoding = request.headers.get('Content-Encoding');
    if (encoding !== null && encoding.toLowerCase() !== 'identity') {
      respond(context, transaction, 415, { headers: [['Accept-Encoding', 'identity']] });
      return;
    }
    if (!MESSAGE_TYPES.includes(mediaType(contentType))) {
      respond(context, transaction, 415, { headers: [['Accept', MESSAGE_TYPES.join(', ')]] });
      return;
    }
    deliver(transaction, admission.origin, contentType, admission.isAssertionTrusted);
  };

  const deliver = (
    transaction: ServerTransaction,
    origin: SipOrigin,
    contentType: string,
    isAssertionTrusted: boolean,
  ): void => {
    const { request } = transaction;
    let isAnswered = false;
    const answer = (status: number): void => {
      if (isAnswered) return;
      isAnswered = true;
      respond(context, transaction, status);
    };
    const isTaken = guarded(context, false, () => {
      delegate.onMessage({
        origin,
        from: remoteParty(request, isAssertionTrusted),
        called: called(request),
        contentType,
        body: Uint8Array.from(request.body),
        callId: request.callId,
        cseq: request.cseq,
        sentAt: dateOf(request),
        respond: answer,
      });
      return true;
    });
    if (!isTaken) answer(500);
  };

  const takeCancel = (transaction: ServerTransaction): void => {
    const invite = context.transactions.inviteOf(transaction.request);
    // RFC 3261 9.2.
    if (invite === null) {
      respond(context, transaction, 481);
      return;
    }
    respond(context, transaction, 200);
    if (!invite.isAnswered) invite.onCancel?.();
  };

  /** RFC 3261 16.3: a request for somebody else would have to be forwarded; with no hop left it cannot be. */
  const isOutOfHops = ({ request, flow }: ServerTransaction): boolean => {
    if (request.headers.get('Max-Forwards') === null) return false;
    if (Number(request.headers.get('Max-Forwards')) > 0) return false;
    const uri = parseUri(request.uri);
    const own = context.localAddress(flow.remoteAddress);
    const isOurs = uri !== null && (hostAddress(uri.host) === own || uri.host === 'localhost');
    return !isOurs;
  };

  const outsideDialog = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    switch (request.method) {
      case 'INVITE':
        takeInvite(transaction);
        return;
      case 'REGISTER':
        takeRegister(transaction);
        return;
      case 'MESSAGE':
        takeMessage(transaction);
        return;
      case 'OPTIONS':
        if (!refusedForOptions(context, transaction)) {
          respond(context, transaction, 200, { headers: capabilities() });
        }
        return;
      case 'BYE':
      case 'UPDATE':
      case 'INFO':
      case 'PRACK':
        respond(context, transaction, 481);
        return;
      default:
        refuseMethod(context, transaction);
    }
  };

  /**
   * RFC 3261 8.2.7: who is not known is refused without state, else a flood of strangers would fill the transactions that
   * callers need, and a forged address would get every refusal eleven times. A repeat is judged anew.
   */
  const onRequest = (transaction: ServerTransaction): void => {
    take(transaction);
    if (transaction.isAnswered && !admissions.isTrusted(transaction.flow.remoteAddress))
      transaction.terminate();
  };

  const take = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    if (isScanner(request.headers.get('User-Agent'))) {
      guard.ban(transaction.flow.remoteAddress);
      transaction.terminate();
      return;
    }
    if (request.method === 'CANCEL') {
      takeCancel(transaction);
      return;
    }
    const scheme = parseUri(request.uri)?.scheme;
    if (scheme === undefined) {
      respond(context, transaction, /^sips?:/i.test(request.uri) ? 400 : 416);
      return;
    }
    // RFC 3261 8.2.2.1. A tel URI is a number to us (RFC 3966).
    if (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel') {
      respond(context, transaction, 416);
      return;
    }
    if (request.toTag !== null) {
      const dialog = inDialog(request);
      if (dialog !== undefined) dialog.onRequest(transaction);
      // A registrar takes a To tag of a sloppy phone; all else needs its dialog (RFC 3261 12.2.2).
      else if (request.method === 'REGISTER' || request.method === 'OPTIONS') outsideDialog(transaction);
      else respond(context, transaction, 481);
      return;
    }
    if (context.transactions.isMerged(transaction)) {
      respond(context, transaction, 482);
      return;
    }
    if (isOutOfHops(transaction)) {
      respond(context, transaction, 483);
      return;
    }
    outsideDialog(transaction);
  };

  return {
    onRequest,
    onMessage: takeMessage,
    onAck(ack, flow) {
      inDialog(ack)?.onAck(ack, flow);
    },
  };
}

/** RFC 3261 8.1.1.8 wants a Contact; clients of RFC 2543, known by their Via, are reached at From without one. */
function hasUsableContact(request: SipRequest): boolean {
  const uri = contactUri(request);
  if (uri !== null) return parseUri(uri) !== null;
  const isOld = request.via.parameters.get('branch')?.startsWith('z9hG4bK') !== true;
  return isOld && request.headers.count('Contact') === 0;
}

/** RFC 3261 20.17. */
function dateOf(request: SipRequest): number | null {
  const at = Date.parse(request.headers.get('Date') ?? '');
  return Number.isNaN(at) ? null : at;
}
