/** Address ranges as settings write them (`192.0.2.0/24`, `::1/128`); a bare address is a range of one. */
import { BlockList, isIP } from 'node:net';

export function isCidr(value: string): boolean {
  const [address = '', length, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (length === undefined) return true;
  return /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}

/** Whether an address, as a socket gives it, is in one of the ranges. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  if (family === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', length] = range.split('/');
    const type = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(network, length === undefined ? (type === 'ipv6' ? 128 : 32) : Number(length), type);
  }
  return list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
