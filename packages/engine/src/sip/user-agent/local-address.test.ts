/** By which of our addresses a far end is to find us: on the station's network, outside of its NAT, on this machine. */
import { expect, it } from 'vitest';
import { createLocalAddresses } from './local-address.ts';

const interfaces: NonNullable<Parameters<typeof createLocalAddresses>[2]> = () => ({
  lan: [
    {
      address: '192.168.7.5',
      netmask: '255.255.255.0',
      cidr: '192.168.7.5/24',
      family: 'IPv4',
      mac: '00:00:00:00:00:00',
      internal: false,
    },
  ],
});
const at = (host: string, publicAddress: string | null) =>
  createLocalAddresses(host, publicAddress, interfaces);

it('outside of the NAT by the public address, inside by our own', () => {
  for (const host of ['0.0.0.0', '192.168.7.5']) {
    const addresses = at(host, '203.0.113.9');
    expect(addresses.towards('198.51.100.1')).toBe('203.0.113.9');
    expect(addresses.towards('192.168.7.20')).toBe('192.168.7.5');
  }
});

it('on this machine by the loopback, whichever of its addresses the peer has', () => {
  expect(at('0.0.0.0', '203.0.113.9').towards('127.0.0.2')).toBe('127.0.0.1');
  expect(at('::', null).towards('::1')).toBe('::1');
  expect(at('127.0.0.1', '203.0.113.9').towards('127.0.0.2')).toBe('127.0.0.1');
});

it('without a public address by the one that is bound, or that the network leads to', () => {
  expect(at('10.1.1.1', null).towards('198.51.100.1')).toBe('10.1.1.1');
  expect(at('0.0.0.0', null).towards('198.51.100.1')).toBe('192.168.7.5');
});
