/** Who is behind a request, and whether they may: asked by every route before anything else is read. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedInUser, SignIn } from '../accounts/sign-in.ts';
import { refuse } from './answers.ts';
import { SECURE_SESSION_COOKIE, SESSION_COOKIE } from './request-origin.ts';

/** The user when `may` says so; null when the refusal has been sent. */
export function whoAsks(
  signIn: SignIn,
  request: FastifyRequest,
  reply: FastifyReply,
  may: (user: SignedInUser) => boolean = () => true,
): SignedInUser | null {
  const user = signIn.whoHas(tokenOf(request));
  if (!user) void refuse(reply, 'not_signed_in');
  else if (!may(user)) void refuse(reply, 'forbidden');
  else return user;
  return null;
}

export function isAdministrator(user: SignedInUser): boolean {
  return user.role === 'administrator';
}

/** The cookie's token, or that of a program (`Authorization: Bearer …`). */
export function tokenOf(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? request.cookies[SECURE_SESSION_COOKIE] ?? request.cookies[SESSION_COOKIE];
}
