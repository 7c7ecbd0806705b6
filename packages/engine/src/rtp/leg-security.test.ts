/** What a leg's packets go through when keys come, stay and change. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { LegSecurity } from './leg-security.ts';
import { writeRtpHeader } from './packet.ts';
import { SRTP_TRAILER_BYTES } from './srtp-session-keys.ts';
import { type SrtpKeys, SrtpReceiver } from './srtp.ts';

const newKey = (): string => randomBytes(30).toString('base64');

function sent(security: LegSecurity, sequence: number): Uint8Array {
  const bytes = new Uint8Array(20 + SRTP_TRAILER_BYTES);
  writeRtpHeader(bytes, 0, 8, false, sequence, 0, 1);
  return bytes.slice(0, security.protect(bytes, 20));
}

function pair(keys: SrtpKeys): [LegSecurity, LegSecurity] {
  const near = new LegSecurity();
  const far = new LegSecurity();
  near.apply(keys);
  far.apply({ ...keys, keyIn: keys.keyOut, keyOut: keys.keyIn });
  return [near, far];
}

it('leaves packets alone without keys', () => {
  const security = new LegSecurity();
  const bytes = sent(security, 1);
  expect(bytes).toHaveLength(20);
  expect(security.unprotect(bytes, 20)).toBe(20);
});

it('takes nothing plain once there are keys', () => {
  const [near] = pair({ suite: 'AES_CM_128_HMAC_SHA1_80', keyIn: newKey(), keyOut: newKey() });
  expect(near.unprotect(sent(new LegSecurity(), 1), 20)).toBe(-1);
});

it('goes on counting when an offer brings the same keys again', () => {
  const keys: SrtpKeys = { suite: 'AES_CM_128_HMAC_SHA1_80', keyIn: newKey(), keyOut: newKey() };
  const [near, far] = pair(keys);
  const before = sent(far, 0xffff);
  expect(near.unprotect(before.slice(), before.length)).toBe(20);
  near.apply({ ...keys });
  expect(near.unprotect(before.slice(), before.length)).toBe(-1);
  const after = sent(far, 0);
  expect(near.unprotect(after, after.length)).toBe(20);
});

it('takes what was sent with the former keys until the new ones are heard', () => {
  const keys: SrtpKeys = { suite: 'AES_CM_128_HMAC_SHA1_80', keyIn: newKey(), keyOut: newKey() };
  const [near, far] = pair(keys);
  const changed: SrtpKeys = { ...keys, suite: 'AES_CM_128_HMAC_SHA1_32', keyIn: newKey() };
  const [late, later] = [sent(far, 1), sent(far, 2)];
  near.apply(changed);
  expect(near.unprotect(late, late.length)).toBe(20);
  far.apply({ ...changed, keyIn: changed.keyOut, keyOut: changed.keyIn });
  const fresh = sent(far, 3);
  expect(near.unprotect(fresh, fresh.length)).toBe(20);
  expect(near.unprotect(later, later.length)).toBe(-1);
  const ours = sent(near, 5);
  expect(new SrtpReceiver(changed.suite, changed.keyOut).unprotect(ours, ours.length)).toBe(20);
});
