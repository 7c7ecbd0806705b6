/** What the parser makes of each message of RFC 4475: taken, answered with a status, or dropped in silence. */
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../message/parser.ts';
import { TORTURE_MESSAGES } from './messages.ts';

const TAKEN = 'taken';
const DROPPED = 'dropped';

/** Only what is not taken. What is taken may still be refused by the agent: create-agent.torture.test.ts. */
const OUTCOMES: Readonly<Record<string, number | typeof DROPPED>> = {
  badinv01: 400,
  clerr: 400,
  ncl: 400,
  scalar02: 400,
  scalarlg: DROPPED,
  quotbal: 400,
  ltgtruri: 400,
  lwsruri: 400,
  lwsstart: 400,
  badvers: 505,
  mismatch01: 400,
  mismatch02: 400,
  bigcode: DROPPED,
  insuf: 400,
  multi01: 400,
  mcl01: 400,
};

function outcome(bytes: Buffer): string | number {
  const result = parseMessage(bytes, false);
  if (result.ok) return TAKEN;
  return result.status ?? DROPPED;
}

describe('RFC 4475', () => {
  it('has its 49 messages, each once', () => {
    expect(new Set(TORTURE_MESSAGES.map((each) => each.name)).size).toBe(49);
  });

  for (const { name, section, bytes } of TORTURE_MESSAGES) {
    const expected = OUTCOMES[name] ?? TAKEN;
    it(`${section} ${name} is ${typeof expected === 'number' ? `refused with ${expected}` : expected}`, () => {
      expect(outcome(bytes)).toBe(expected);
    });
  }

  it('keeps what the strange characters say', () => {
    const intmeth = TORTURE_MESSAGES.find((each) => each.name === 'intmeth');
    const result = parseMessage(intmeth?.bytes ?? Buffer.alloc(0), false);
    if (!result.ok) throw new Error(result.detail);
    expect(result.message.cseqMethod).toBe("!interesting-Method0123456789_*+`.%indeed'~");
    expect(result.message.from.displayName).toBe("token1~` token2'+_ token3*%!.-");
    expect(result.message.fromTag).toBe("_token~1'+`*%!-.");
    expect(result.message.to.displayName).toBe('BEL:\u0007 NUL:\u0000 DEL:\u007f');
  });

  it('unfolds and splits the short tortuous INVITE', () => {
    const result = parseMessage(TORTURE_MESSAGES[0]?.bytes ?? Buffer.alloc(0), false);
    if (!result.ok) throw new Error(result.detail);
    const { message } = result;
    expect(message.cseq).toBe(9);
    expect(message.toTag).toBe('1918181833n');
    expect(message.fromTag).toBe('98asjd8');
    expect(message.from.displayName).toBe('J Rosenberg \\"');
    expect(message.via.host).toBe('192.0.2.2');
    expect(message.headers.list('Via')).toHaveLength(3);
    expect(message.headers.get('Content-Length')).toBe('150');
    expect(message.body).toHaveLength(150);
  });

  it('takes the first of two requests in one datagram and leaves the rest', () => {
    const double = TORTURE_MESSAGES.find((each) => each.name === 'dblreq');
    const result = parseMessage(double?.bytes ?? Buffer.alloc(0), false);
    expect(result.ok && result.message.kind === 'request' && result.message.method).toBe('REGISTER');
    expect(result.ok && result.message.body).toHaveLength(0);
  });
});
