/** Address ranges as settings write them (`192.0.2.0/24`, `::1/128`); a bare address is a range of one. */
import { isIP } from 'node:net';

export function isCidr(value: string): boolean {
  const [address = '', length, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (length === undefined) return true;
  return /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}
