/** The worked examples of RFC 7616 and RFC 2069's form, and server against client. */
import { describe, expect, it } from 'vitest';
import { Headers, type SipRequest, type SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parser.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { digestResponse } from './credentials.ts';
import { createDigestClient } from './digest-client.ts';
import { createDigestServer } from './digest-server.ts';

describe('request-digest', () => {
  const example = {
    username: 'Mufasa',
    realm: 'http-auth@example.org',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    qop: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
  };

  it('is that of RFC 7616 3.9.1 for MD5 and SHA-256', () => {
    expect(digestResponse({ ...example, algorithm: 'MD5' })).toBe('8ca523f5e9506fed4657c9700eebdbec');
    expect(digestResponse({ ...example, algorithm: 'SHA-256' })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });
});

function register(authorization: string | null): SipRequest {
  const lines = [
    'REGISTER sip:10.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKx',
    'From: <sip:anna@10.0.0.1>;tag=a',
    'To: <sip:anna@10.0.0.1>',
    'Call-ID: c',
    'CSeq: 1 REGISTER',
    ...(authorization === null ? [] : [`Authorization: ${authorization}`]),
    '',
    '',
  ];
  const result = parseMessage(Buffer.from(lines.join('\r\n')), false);
  if (!result.ok || result.message.kind !== 'request') throw new Error('no request');
  return result.message;
}

function challenge(values: readonly string[]): SipResponse {
  const lines = [
    'SIP/2.0 401 Unauthorized',
    'Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKx',
    'From: <sip:anna@10.0.0.1>;tag=a',
    'To: <sip:anna@10.0.0.1>;tag=b',
    'Call-ID: c',
    'CSeq: 1 REGISTER',
    ...values.map((each) => `WWW-Authenticate: ${each}`),
    '',
    '',
  ];
  const result = parseMessage(Buffer.from(lines.join('\r\n')), false);
  if (!result.ok || result.message.kind !== 'response') throw new Error('no response');
  return result.message;
}

function answer(values: readonly string[], password = 'secret'): string {
  const client = createDigestClient('anna', password);
  expect(client.accept(challenge(values))).toBe(true);
  const headers = new Headers();
  client.authorise(headers, 'REGISTER', 'sip:10.0.0.1');
  return headers.get('Authorization') ?? '';
}

describe('digest server', () => {
  const scene = () => {
    const clock = createFakeClock();
    const server = createDigestServer(clock, (username) => (username === 'anna' ? 'secret' : null));
    return { clock, server };
  };

  it('takes the answer of our client, by SHA-256 when it is offered', () => {
    const { server } = scene();
    const credentials = answer(server.challenges('10.0.0.2', null, false));
    expect(credentials).toContain('algorithm=SHA-256');
    expect(server.verify(register(credentials), '10.0.0.2')).toEqual({ kind: 'proved', username: 'anna' });
  });

  it('offers MD5 alone to a phone that gives up at anything else, and to one that asks again and again', () => {
    const { server } = scene();
    expect(server.challenges('10.0.0.2', 'baresip v1.0.0', false)).toHaveLength(1);
    expect(server.challenges('10.0.0.9', 'Phone', false)).toHaveLength(2);
    server.challenges('10.0.0.9', 'Phone', false);
    expect(server.challenges('10.0.0.9', 'Phone', false).join()).not.toContain('SHA-256');
  });

  it('refuses a wrong secret and an unknown name alike', () => {
    const { server } = scene();
    const values = server.challenges('10.0.0.2', null, false);
    expect(server.verify(register(answer(values, 'guess')), '10.0.0.2')).toEqual({ kind: 'wrong' });
    const unknown = answer(values).replace('"anna"', '"bob"');
    expect(server.verify(register(unknown), '10.0.0.2')).toEqual({ kind: 'wrong' });
  });

  it('challenges anew: a replay, an aged nonce, a nonce of another address, no credentials', async () => {
    const { clock, server } = scene();
    const credentials = answer(server.challenges('10.0.0.2', null, false));
    server.verify(register(credentials), '10.0.0.2');
    const stale = { kind: 'challenge', isStale: true };
    expect(server.verify(register(credentials), '10.0.0.2')).toEqual(stale);
    const fresh = answer(server.challenges('10.0.0.2', null, false));
    expect(server.verify(register(fresh), '10.0.0.3')).toEqual(stale);
    await clock.advance(301_000);
    expect(server.verify(register(fresh), '10.0.0.2')).toEqual(stale);
    expect(server.verify(register(null), '10.0.0.2')).toEqual({ kind: 'challenge', isStale: false });
    expect(server.verify(register('NoOneKnowsThisScheme x=y'), '10.0.0.2').kind).toBe('challenge');
  });
});

describe('digest client', () => {
  it('answers an old challenge without qop and algorithm', () => {
    const credentials = answer(['Digest realm="old", nonce="n"']);
    expect(credentials).not.toMatch(/qop|cnonce|algorithm/);
  });

  it('does not answer what it does not know', () => {
    const client = createDigestClient('anna', 'secret');
    expect(client.accept(challenge(['Digest realm="x", nonce="n", algorithm=SHA-512']))).toBe(false);
    expect(client.accept(challenge(['Digest realm="x", nonce="n", qop="auth-int"']))).toBe(false);
    expect(client.accept(challenge(['Basic realm="x"']))).toBe(false);
  });

  it('gives up when the same nonce comes back', () => {
    const client = createDigestClient('anna', 'secret');
    const values = ['Digest realm="x", nonce="n", qop="auth"'];
    expect(client.accept(challenge(values))).toBe(true);
    client.authorise(new Headers(), 'REGISTER', 'sip:x');
    expect(client.accept(challenge(values))).toBe(false);
  });
});
