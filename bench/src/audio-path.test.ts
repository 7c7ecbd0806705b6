import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** The smallest object is 16 bytes: less than one a packet. What there is, is of reports every five seconds and of measuring it. */
const FEW_BYTES_A_LEG = 10;
const FLAGS = [
  '--expose-gc',
  // A tenth of the usual: else what is called once a tick is compiled only after minutes, and boxes numbers until then.
  '--invocation-count-for-turbofan=300',
  '--invocation-count-for-maglev=100',
  // Beside other work the compiler would be late, with another choice of what it inlines, and once in a while of what it boxes.
  '--no-concurrent-recompilation',
];
const PROGRAM = fileURLToPath(new URL('audio-path-bytes.ts', import.meta.url));

it.each([
  ['air', 'PCMU', 12],
  ['air', 'G722', 12],
  ['air', 'L16', 12],
  ['air', 'OPUS', 8],
  ['listeners', 'PCMU', 12],
  // More legs: of what is there once (the delay, its outputs) a number or two may stay boxed, as the compiler happens to go.
  ['desk', 'PCMU', 40],
] as const)(
  'the audio path makes no objects once it is warm: %s, legs of %s',
  { timeout: 90_000 },
  async (scene, codec, legs) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...FLAGS, PROGRAM, scene, codec, String(legs)],
      { env: { ...process.env, ENOUGH_BYTES: String(FEW_BYTES_A_LEG) } },
    );
    const { bytes, packetsSent } = JSON.parse(stdout) as { bytes: number; packetsSent: number };
    expect(bytes).toBeLessThan(FEW_BYTES_A_LEG);
    expect(packetsSent).toBeGreaterThan(400);
  },
);
