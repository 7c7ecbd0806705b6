import { describe, expect, test } from 'vitest';
import { conformanceCases } from './conformance.ts';
import { codecs } from './registry.ts';

describe.each(codecs.map((codec) => ({ codec, name: `${codec.name}/${codec.clockRate}` })))(
  '$name',
  ({ codec }) => {
    test.each(conformanceCases)('$name', (conformance) => {
      expect(() => conformance.run(codec)).not.toThrow();
    });
  },
);
