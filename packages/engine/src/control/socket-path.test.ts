import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { controlSocketPath } from './socket-path.ts';

describe('the path of the control socket', () => {
  it('lies in the data folder', () => {
    expect(controlSocketPath('/var/lib/openline', 'linux')).toBe('/var/lib/openline/engine.sock');
  });

  it('is the same for every spelling of the folder', () => {
    expect(controlSocketPath('/var/lib/../lib/openline/', 'linux')).toBe(
      controlSocketPath('/var/lib/openline', 'linux'),
    );
  });

  it('moves to the folder for temporary files when it would not fit a socket address', () => {
    const [one, other] = ['a', 'b'].map((letter) => controlSocketPath(`/${letter.repeat(120)}`, 'linux'));
    expect(one?.startsWith(tmpdir())).toBe(true);
    expect(one).not.toBe(other);
    expect(Buffer.byteLength(one ?? '')).toBeLessThan(104);
  });

  it('is a named pipe on Windows', () => {
    expect(controlSocketPath('data', 'win32')).toMatch(/^\\\\\.\\pipe\\openline-[0-9a-f]{16}$/);
  });
});
