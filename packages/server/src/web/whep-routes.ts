/**
 * The live program by WebRTC, for browsers and players that speak WHEP: an SDP offer is posted to `/program/whep`, the answer
 * comes with the address at which it is ended. Who may listen is the same setting as for `/program`.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SignIn } from '../accounts/sign-in.ts';
import type { StationSettings } from '../settings/station-settings.ts';
import { refuse } from './answers.ts';
import { tokenOf } from './who-asks.ts';

export interface WhepRouteOptions {
  signIn: SignIn;
  settings: StationSettings;
  listeners: {
    connect(
      offer: string,
    ): Promise<
      | { ok: true; listener: string; answer: string }
      | { ok: false; code: 'engine_down' | 'bad_offer' | 'not_found' | 'too_many_listeners' }
    >;
    /** False: nobody listens by that name. */
    close(listener: string): Promise<boolean>;
  };
}

const SDP = 'application/sdp';
const MAX_OFFER_BYTES = 65_536;
const COME_AGAIN_S = '10';

export function addWhepRoutes(app: FastifyInstance, options: WhepRouteOptions): void {
  const { signIn, settings, listeners } = options;

  /** Null: it has been refused. */
  function whoMay(request: FastifyRequest, reply: FastifyReply): true | null {
    const { access } = settings.current.program_stream;
    if (access === 'off') refuse(reply, 'not_found');
    else if (access === 'signed_in' && !signIn.whoHas(tokenOf(request))) refuse(reply, 'not_signed_in');
    else return true;
    return null;
  }

  void app.register(async (whep) => {
    whep.addContentTypeParser(
      SDP,
      { parseAs: 'string', bodyLimit: MAX_OFFER_BYTES },
      (_request, body, done) => done(null, body),
    );

    whep.post('/program/whep', async (request, reply) => {
      if (!whoMay(request, reply)) return reply;
      if (typeof request.body !== 'string') return refuse(reply, 'bad_request');
      const result = await listeners.connect(request.body);
      if (!result.ok && result.code === 'too_many_listeners') void reply.header('retry-after', COME_AGAIN_S);
      if (!result.ok) return refuse(reply, result.code);
      const location = `/program/whep/${result.listener}`;
      return reply.code(201).headers({ location, 'cache-control': 'no-store' }).type(SDP).send(result.answer);
    });
  });

  // Its name is known to who listens alone.
  app.delete<{ Params: { listener: string } }>('/program/whep/:listener', async (request, reply) => {
    const isThere = await listeners.close(request.params.listener.slice(0, 64));
    return isThere ? reply.code(204).send() : refuse(reply, 'not_found');
  });
}
