/**
 * Digits in INFO, as gateways without RFC 4733 send them: `Signal=5` lines (application/dtmf-relay) or the bare digit
 * (application/dtmf). 10 and 11 stand for star and hash.
 */
export function dtmfDigit(mediaType: string, body: string): string | null {
  const text = mediaType === 'application/dtmf' ? body : (/^\s*Signal\s*=\s*(\S+)/im.exec(body)?.[1] ?? '');
  const signal = text.trim().toUpperCase();
  if (signal === '10') return '*';
  if (signal === '11') return '#';
  return /^[0-9A-D*#]$/.test(signal) ? signal : null;
}
