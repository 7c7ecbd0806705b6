import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function collect(maxBytes: number, chunks: string[]): string[] {
  const seen: string[] = [];
  const splitter = new LineSplitter({
    maxBytes,
    onLine: (line) => seen.push(line),
    onTooLong: () => seen.push('(too long)'),
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  return seen;
}

describe('a line splitter', () => {
  it('joins what arrives in pieces and parts what arrives together', () => {
    expect(collect(100, ['{"a', '":1}\n{"b":2}\n{"c"', ':3}\n'])).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  it('joins a character whose bytes arrive apart', () => {
    const bytes = Buffer.from('é\n');
    const seen: string[] = [];
    const splitter = new LineSplitter({
      maxBytes: 9,
      onLine: (line) => seen.push(line),
      onTooLong: () => {},
    });
    splitter.push(bytes.subarray(0, 1));
    splitter.push(bytes.subarray(1));
    expect(seen).toEqual(['é']);
  });

  it('skips a line that is too long and reads on after it', () => {
    expect(collect(4, ['123', '456', '789\n', 'ok\n'])).toEqual(['(too long)', 'ok']);
  });

  it('keeps nothing of an endless line', () => {
    expect(
      collect(
        4,
        Array.from({ length: 100 }, () => 'xxxxxxxx'),
      ),
    ).toEqual(['(too long)']);
  });

  it('passes over empty lines', () => {
    expect(collect(9, ['\n \n\r\na\n'])).toEqual(['a']);
  });
});
