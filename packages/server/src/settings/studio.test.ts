import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';
import { exchangeStudio } from './studio.ts';

function studioOf(host: object) {
  const result = readSettings({ host });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return exchangeStudio(result.settings);
}

const problems = (host: object) => {
  const result = readSettings({ host });
  return result.ok ? [] : result.problems;
};

test('a device and RTP have their defaults', () => {
  expect(studioOf({ type: 'device' })).toEqual({
    input: { type: 'device', program: 'aplay', device: null, channels: 1 },
    return: null,
  });
  expect(studioOf({ type: 'rtp', return: { type: 'rtp', address: '239.69.1.2' } })).toEqual({
    input: {
      type: 'rtp',
      address: null,
      port: 5_004,
      encoding: 'L24',
      sampleRate: 48_000,
      channels: 1,
      interfaceAddress: null,
      source: null,
    },
    return: {
      type: 'rtp',
      address: '239.69.1.2',
      port: 5_004,
      encoding: 'L24',
      ptimeMs: 1,
      ttl: 8,
      interfaceAddress: null,
    },
  });
});

test('a telephone and a browser are something else', () => {
  expect(studioOf({ username: 'desk', password: 'secret' })).toBeNull();
  expect(studioOf({ type: 'webrtc' })).toBeNull();
});

test.each([
  [{ type: 'device', device: '-D' }, 'host.device'],
  [{ type: 'device', program: 'sh' }, 'host.program'],
  [{ type: 'rtp', rate: 96_000 }, 'host.rate'],
  [{ type: 'rtp', address: 'desk.example' }, 'host.address'],
  [{ type: 'rtp', return: { type: 'sip' } }, 'host.return'],
])('%j is refused', (host, path) => {
  expect(problems(host)).toEqual([expect.stringContaining(path)]);
});
