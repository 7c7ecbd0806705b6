import { expect, test } from 'vitest';
import { hashPassword, isPassword } from './password.ts';

test('the right password fits its hash and another does not', async () => {
  const hash = await hashPassword('correct horse');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await isPassword('correct horse', hash)).toBe(true);
  expect(await isPassword('correct horsf', hash)).toBe(false);
});

test('two hashes of one password differ', async () => {
  expect(await hashPassword('same password')).not.toBe(await hashPassword('same password'));
});

test('the same accented letters typed on another keyboard fit', async () => {
  expect(await isPassword('e\u0301te\u0301 1234', await hashPassword('\u00e9t\u00e9 1234'))).toBe(true);
});

test('a hash that is none, or that asks for gigabytes, fits nothing', async () => {
  expect(await isPassword('x', 'x')).toBe(false);
  expect(await isPassword('x', '$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA')).toBe(false);
});
