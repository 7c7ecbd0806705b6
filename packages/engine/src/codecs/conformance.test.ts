import { describe, expect, test } from 'vitest';
import { loadLibopus } from '../native/libopus.ts';
import { conformanceCases } from './conformance.ts';
import { opusOf } from './opus/opus.ts';
import { opusscript } from './opus/opusscript.ts';
import { codecs } from './registry.ts';

const libopus = loadLibopus();

const named = [
  ...codecs.map((codec) => ({ codec, name: `${codec.name}/${codec.clockRate}` })),
  { codec: opusOf(() => opusscript), name: 'OPUS by opusscript' },
  ...(libopus === null ? [] : [{ codec: opusOf(() => libopus), name: 'OPUS by libopus' }]),
];

describe.each(named)('$name', ({ codec }) => {
  test.each(conformanceCases)('$name', (conformance) => {
    expect(() => conformance.run(codec)).not.toThrow();
  });
});
