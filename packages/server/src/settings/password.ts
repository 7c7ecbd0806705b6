/**
 * Passwords as argon2id (RFC 9106), kept in the PHC string form with their parameters, so that these can be raised
 * later without asking anybody for a new password.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** RFC 9106 section 4 allows less memory with more passes; 19 MiB and 2 passes suit a Raspberry Pi. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive(password, salt, MEMORY_KIB, PASSES, LANES, TAG_BYTES);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(tag)}`;
}

export async function isPassword(password: string, hash: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash);
  if (!match) return false;
  const [memory, passes, lanes] = [Number(match[1]), Number(match[2]), Number(match[3])];
  // A document from elsewhere must not make us spend gigabytes.
  if (memory > 1_048_576 || passes > 16 || lanes > 16) return false;
  const expected = Buffer.from(match[5] ?? '', 'base64');
  const actual = await derive(
    password,
    Buffer.from(match[4] ?? '', 'base64'),
    memory,
    passes,
    lanes,
    expected.length,
  );
  return timingSafeEqual(actual, expected);
}

function derive(
  password: string,
  salt: Buffer,
  memory: number,
  passes: number,
  parallelism: number,
  tagLength: number,
): Promise<Buffer> {
  const parameters = {
    message: password.normalize('NFC'),
    nonce: salt,
    memory,
    passes,
    parallelism,
    tagLength,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
  });
}

/** Base64 without padding, as PHC strings have it. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
