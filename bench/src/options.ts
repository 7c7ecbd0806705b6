/**
 * The command line of the benchmark, read by main.ts. A mistake is a sentence, not an exception.
 */
import { parseArgs } from 'node:util';
import { findCodec, type PacketIoKind } from '@openline/engine';

export interface BenchSize {
  /** On one bus. */
  legs: number;
  /** Of the engine and of the callers. */
  packetIo: PacketIoKind;
}

export interface BenchOptions {
  sizes: BenchSize[];
  /** Another conference server: SIP URI that every caller calls. null: our own engine. */
  target: string | null;
  /** Of every caller, as the registry names it. */
  codec: string;
  settleMs: number;
  measureMs: number;
  /** Exit code 1 when a figure is over its bound. */
  isStrict: boolean;
  /** Also as JSON lines. */
  isJson: boolean;
}

export const USAGE = `npm run bench -- storage --help   measures the storage instead
npm run bench -- console --help   measures the page: first paint, processor, memory
npm run bench -- headset --help   measures from mouth to ear between a browser's headset and a telephone
npm run bench -- fanout --help    measures how many consoles are told at once
npm run bench -- [options]
  --legs 8,64,250     numbers of legs to measure (24 is always measured for memory); 500:dgram: with packets by
                      node:dgram at both ends. 500:dgram and 1000 are the heavy ones that the project claims
  --target URI        call this SIP address instead of our own engine, e.g. sip:conf@127.0.0.1:5060
  --codec NAME        what every caller speaks: pcmu (default), opus, g722 or l16; 120 legs where it is opus
  --settle SECONDS    before each measurement (default 12: the jitter buffers find their depth)
  --seconds SECONDS   length of each measurement (default 20)
  --strict            exit code 1 when a figure is over its bound
  --json              print the figures as JSON too`;

export function readOptions(
  args: string[],
): { ok: true; options: BenchOptions } | { ok: false; msg: string } {
  let values: { [name: string]: string | boolean | undefined };
  try {
    values = parseArgs({
      args,
      options: {
        legs: { type: 'string' },
        codec: { type: 'string', default: 'pcmu' },
        target: { type: 'string' },
        settle: { type: 'string', default: '12' },
        seconds: { type: 'string', default: '20' },
        strict: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return { ok: false, msg: error instanceof Error ? error.message : String(error) };
  }
  if (values['help'] === true)
    return { ok: false, msg: 'What the claims are measured with: bench/README.md' };
  const codec = String(values['codec']).toUpperCase();
  if (findCodec(codec) === null) return { ok: false, msg: '--codec: allowed are pcmu, opus, g722 and l16' };
  const sizes = String(values['legs'] ?? (codec === 'OPUS' ? '8,120' : '8,64,250'))
    .split(',')
    .map(readSize);
  if (!sizes.every((size) => size !== null)) {
    return {
      ok: false,
      msg: '--legs: allowed are whole numbers from 2 to 1100, separated by commas, with :dgram behind them or not',
    };
  }
  const target = values['target'] === undefined ? null : String(values['target']);
  if (target !== null && !/^sips?:[^\s<>]+$/i.test(target)) {
    return { ok: false, msg: '--target: allowed is a SIP URI as sip:conf@127.0.0.1:5060' };
  }
  const settleS = Number(values['settle']);
  const measureS = Number(values['seconds']);
  if (!(settleS >= 1 && settleS <= 600) || !(measureS >= 5 && measureS <= 3600)) {
    return { ok: false, msg: '--settle: 1 to 600 seconds, --seconds: 5 to 3600' };
  }
  return {
    ok: true,
    options: {
      sizes,
      target,
      codec,
      settleMs: settleS * 1000,
      measureMs: measureS * 1000,
      isStrict: values['strict'] === true,
      isJson: values['json'] === true,
    },
  };
}

function readSize(text: string): BenchSize | null {
  const [, number, packetIo = 'batched'] = /^(\d{1,4})(?::(dgram|batched))?$/.exec(text) ?? [];
  const legs = Number(number);
  if (!(legs >= 2 && legs <= 1100)) return null;
  return { legs, packetIo: packetIo === 'dgram' ? 'dgram' : 'batched' };
}
