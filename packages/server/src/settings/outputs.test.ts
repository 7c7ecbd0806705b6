import { expect, test } from 'vitest';
import { exchangeOutputs, namedOutputs } from './outputs.ts';
import { readSettings } from './settings.ts';

function read(document: object) {
  const result = readSettings(document);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.settings;
}

const problems = (document: object) => {
  const result = readSettings(document);
  return result.ok ? [] : result.problems;
};

test('nothing goes out where nothing is set', () => {
  expect(exchangeOutputs(read({}))).toEqual([]);
});

test('every kind is named and has its defaults', () => {
  const settings = read({
    station: { name: 'Radio Baobab' },
    lines: [{ id: 'studio', register: { server: 'sip:a.example', username: 'u', password: 'p' } }],
    program_stream: { access: 'open', bitrate_kbps: 128 },
    outputs: [
      { type: 'icecast', url: 'icecast://source:pw@127.0.0.1:8000/air.opus', delayed: false },
      { id: 'link', label: 'To the hill', type: 'rtp', address: '239.69.1.1' },
      { type: 'device', device: 'plughw:1,0' },
      { id: 'hill', type: 'sip', address: '+2207000009', line: 'studio' },
    ],
  });
  expect(namedOutputs(settings)).toEqual([
    { id: 'program', type: 'stream', label: 'program', isDelayed: true },
    { id: 'output-1', type: 'icecast', label: 'output-1', isDelayed: false },
    { id: 'link', type: 'rtp', label: 'To the hill', isDelayed: true },
    { id: 'output-3', type: 'device', label: 'output-3', isDelayed: true },
    { id: 'hill', type: 'sip', label: 'hill', isDelayed: true },
  ]);
  expect(exchangeOutputs(settings)).toMatchObject([
    { type: 'stream', name: 'Radio Baobab', bitrateKbps: 128, maxListeners: 50, maxBrowsers: 10 },
    { url: 'icecast://source:pw@127.0.0.1:8000/air.opus', bitrateKbps: 96, isPublic: false },
    { port: 5_004, encoding: 'L24', ptimeMs: 1, ttl: 8, interfaceAddress: null, name: 'To the hill' },
    { program: 'aplay', device: 'plughw:1,0' },
    { address: '+2207000009', lineId: 'studio' },
  ]);
});

test.each([
  ['icecast://radio.example:80/air', 'icecast://source:p%40%2Fw@radio.example:80/air'],
  ['icecast://radio.example/air', 'icecast://source:p%40%2Fw@radio.example/air'],
  ['https://me@radio.example:8443/a/b', 'https://me:p%40%2Fw@radio.example:8443/a/b'],
])('a password beside the address %s goes into it', (url, whole) => {
  const settings = read({ outputs: [{ type: 'icecast', url, password: 'p@/w' }] });
  expect(exchangeOutputs(settings)).toMatchObject([{ url: whole }]);
});

test('two outputs of one name, a number without a line and an option as a device are refused', () => {
  const rtp = { id: 'link', type: 'rtp', address: '239.69.1.1' };
  expect(problems({ outputs: [rtp, rtp] })).toEqual([
    'outputs[1].id is "link": allowed is a name that outputs[0].id does not have already',
  ]);
  expect(problems({ outputs: [{ ...rtp, id: 'program' }] })).toEqual([
    'outputs[0].id is "program": allowed is another name',
  ]);
  expect(problems({ outputs: [{ type: 'sip', address: '+220700' }] })).toEqual([
    'outputs[0].line is not right: a number needs a line that can dial it',
  ]);
  expect(problems({ outputs: [{ type: 'sip', address: 'sip:a@b', line: 'none' }] })).toEqual([
    'outputs[0].line is "none": allowed is the id of a line',
  ]);
  expect(problems({ outputs: [{ type: 'device', device: '--help' }] })).toHaveLength(1);
  expect(problems({ outputs: [{ ...rtp, ptime_ms: 3 }] })).toEqual([
    'outputs[0].ptime_ms is 3: allowed is 1, 4, 5, 10 or 20',
  ]);
  expect(problems({ outputs: [{ type: 'fax' }] })).toHaveLength(1);
});

test.each(['icecast://192.168.1.300:8000/live', 'icecast://radio%20one/live', 'icecast://:8000/live'])(
  'refuses %s, whose host nobody could reach, instead of throwing when it is used',
  (url) => {
    expect(readSettings({ outputs: [{ type: 'icecast', url, password: 'secret' }] })).toEqual({
      ok: false,
      problems: [expect.stringContaining('icecast://user:pw@host:port/mount')],
    });
  },
);
