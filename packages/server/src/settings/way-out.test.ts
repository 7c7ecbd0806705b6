import { expect, test } from 'vitest';
import { toDeskConfig } from './desk-config.ts';
import { toExchangeConfig } from './exchange-config.ts';
import { readSettings } from './settings.ts';

const register = { server: 'sip:sip.example.net', username: 'u', password: 'p' };
const accounts = [{ username: 'goip', password: 'p' }];

/** Whether a line of these settings dials numbers, and the gateway that the exchange is given. */
function wayOut(line: object): unknown {
  const result = readSettings({ lines: [{ id: 'a', ...line }] });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return [
    toDeskConfig(result.settings).lines[0]?.canDialNumbers,
    toExchangeConfig(result.settings, '/data').lines[0]?.gateway,
  ];
}

test.each([
  [{ trust: ['192.0.2.20/32'] }, 'sip:192.0.2.20:5060'],
  [{ trust: ['192.0.2.20'] }, 'sip:192.0.2.20:5060'],
  [{ trust: ['2001:db8::20/128'] }, 'sip:[2001:db8::20]:5060'],
  [{ trust: ['192.0.2.20/32'], gateway: 'sip:192.0.2.30:5080' }, 'sip:192.0.2.30:5080'],
  [{ trust: ['192.0.2.20/32'], register }, null],
  [{ trust: ['192.0.2.20/32'], accounts }, null],
  [{ accounts }, null],
  [{ register }, null],
])('%j dials numbers, by the gateway %s', (line, gateway) => {
  expect(wayOut(line)).toEqual([true, gateway]);
});

test('pauses are described on the lines that have it so', () => {
  const result = readSettings({ lines: [{ id: 'a', comfort_noise: true }, { id: 'b' }] });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  const config = toExchangeConfig(result.settings, '/data');
  expect(config.lines.map(({ hasComfortNoise }) => hasComfortNoise)).toEqual([true, false]);
});

test.each([
  {},
  { trust: ['192.0.2.0/24'] },
  { trust: ['2001:db8::/32'] },
  { trust: ['192.0.2.20/32', '192.0.2.21/32'] },
])('%j has no way out for numbers', (line) => {
  expect(wayOut(line)).toEqual([false, null]);
});
