/** The studio desk's feed and return by a sound device or RTP, by the settings, in the words of the exchange's port. */
import type { ExchangeStudio } from '../desk/ports/exchange.ts';
import type { Settings } from './schema.ts';

type Host = NonNullable<Settings['host']>;
type HostReturn = Extract<Host, { type: 'device' | 'rtp' }>['return'];

/** null: it is a telephone, a browser, or there is none. */
export function exchangeStudio({ host }: Pick<Settings, 'host'>): ExchangeStudio | null {
  if (host?.type === 'device') {
    const { type, program, device, channels } = host;
    return { input: { type, program, device, channels }, return: toReturn(host.return) };
  }
  if (host?.type !== 'rtp') return null;
  const { type, address, port, encoding, rate, channels, interface: interfaceAddress, source } = host;
  return {
    input: { type, address, port, encoding, sampleRate: rate, channels, interfaceAddress, source },
    return: toReturn(host.return),
  };
}

function toReturn(back: HostReturn): ExchangeStudio['return'] {
  if (back?.type !== 'rtp') return back;
  const { ptime_ms: ptimeMs, interface: interfaceAddress, ...rest } = back;
  return { ...rest, ptimeMs, interfaceAddress };
}
