import { expect, test } from 'vitest';
import { maskSecrets, restoreSecrets } from './secrets.ts';

const outputs = [
  { id: 'one', type: 'icecast', url: 'icecast://source:p%40ss@radio.example:8000/air.opus' },
  { id: 'two', type: 'icecast', url: 'http://radio.example/air', password: 'secret' },
  { type: 'icecast', url: 'icecast://source:third@radio.example:8000/third.opus' },
];

test('secrets leave as a mark, those in an address too', () => {
  expect(maskSecrets({ outputs })).toEqual({
    outputs: [
      { id: 'one', type: 'icecast', url: 'icecast://source:(kept)@radio.example:8000/air.opus' },
      { id: 'two', type: 'icecast', url: 'http://radio.example/air', password: '(kept)' },
      { type: 'icecast', url: 'icecast://source:(kept)@radio.example:8000/third.opus' },
    ],
  });
});

test('what comes back as it was shown is as it was', () => {
  expect(restoreSecrets(maskSecrets({ outputs }), { outputs })).toEqual({ outputs });
});

test('an address can be changed without knowing its secret, in another order too', () => {
  const [one, two] = (maskSecrets({ outputs }) as { outputs: { url: string }[] }).outputs;
  const changed = [two, { ...one, url: one?.url.replace('air', 'new') }];
  expect(restoreSecrets({ outputs: changed }, { outputs })).toEqual({
    outputs: [outputs[1], { ...outputs[0], url: 'icecast://source:p%40ss@radio.example:8000/new.opus' }],
  });
});

test('a new secret in an address is the new secret', () => {
  const url = 'icecast://source:other@radio.example:8000/air.opus';
  expect(restoreSecrets({ outputs: [{ ...outputs[0], url }] }, { outputs })).toEqual({
    outputs: [{ ...outputs[0], url }],
  });
});
