import { describe, expect, it } from 'vitest';
import { describeRtp, isMulticast } from './rtp-description.ts';

const CONFIG = {
  ref: 'stl',
  type: 'rtp',
  isDelayed: true,
  address: '239.69.1.1',
  port: 5_004,
  encoding: 'L24',
  ptimeMs: 1,
  ttl: 8,
  interfaceAddress: '127.0.0.1',
  name: 'Radio\r\na=evil',
} as const;

describe('the description of an RTP output', () => {
  it('says what an AES67 receiver needs to know', () => {
    expect(describeRtp(CONFIG, '127.0.0.1', 42).split('\r\n')).toEqual([
      'v=0',
      'o=- 42 1 IN IP4 127.0.0.1',
      's=Radio a=evil',
      'c=IN IP4 239.69.1.1/8',
      't=0 0',
      'm=audio 5004 RTP/AVP 97',
      'a=rtpmap:97 L24/48000/1',
      'a=ptime:1',
      'a=mediaclk:sender',
      '',
    ]);
  });

  it('has no scope for a single receiver, nor for IPv6', () => {
    expect(describeRtp({ ...CONFIG, address: '192.0.2.7' }, '127.0.0.1', 1)).toContain(
      'c=IN IP4 192.0.2.7\r\n',
    );
    expect(describeRtp({ ...CONFIG, address: 'ff15::7' }, '::1', 1)).toContain('c=IN IP6 ff15::7\r\n');
  });

  it.each([
    ['224.0.0.1', true],
    ['239.255.255.255', true],
    ['240.0.0.1', false],
    ['192.168.1.4', false],
    ['ff02::1', true],
    ['fe80::1', false],
  ])('takes %s for a group: %s', (address, isGroup) => {
    expect(isMulticast(address)).toBe(isGroup);
  });
});
