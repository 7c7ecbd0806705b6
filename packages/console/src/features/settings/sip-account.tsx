// Where a phone registers, ready to be copied into it. The name by which this page reached the server is one that phones
// in the same network reach as well, unless it is this machine's name for itself.
import { useEffect, useState } from 'react';
import { askServer } from '../../connection/session-api.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { CopyButton } from './copy-button.tsx';

interface SipAccountProps {
  username?: string;
  /** In clear only while it is new. */
  password?: string | null;
}

export function SipAccount({ username, password }: SipAccountProps) {
  const texts = useSettingsTexts().phones;
  const port = useSipPort();
  const server = useServerAddress();
  const rows: [label: string, value: string][] = [
    [texts.server, server],
    [texts.port, port === null ? '' : String(port)],
    [texts.transport, 'UDP'],
  ];
  if (username !== undefined) rows.push([texts.username, username]);
  if (password) rows.push([texts.password, password]);
  return (
    <dl className="sip-account">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <code>{value}</code>
            <CopyButton what={label} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const ASK_AGAIN_MS = 2000;

/** null while the engine is away: it may be starting anew for the very settings that this account was made with. */
function useSipPort(): number | null {
  const [port, setPort] = useState<number | null>(null);
  useEffect(() => {
    let isStale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function ask() {
      const answer = await askServer('GET', '/health');
      if (isStale) return;
      const { sip_port } = answer.ok ? (answer.body as { sip_port: number }) : { sip_port: 0 };
      if (sip_port > 0) setPort(sip_port);
      else timer = setTimeout(() => void ask(), ASK_AGAIN_MS);
    }
    void ask();
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, []);
  return port;
}

/** Someone who sets the station up on the machine itself sees localhost: no use to a phone or gateway elsewhere. */
function useServerAddress(): string {
  const [address, setAddress] = useState(location.hostname);
  useEffect(() => {
    // A station that was told to listen on 127.0.0.1 only is opened by that.
    if (location.hostname !== 'localhost') return undefined;
    let isStale = false;
    void askServer('GET', '/api/about').then((answer) => {
      if (isStale || !answer.ok) return;
      const { addresses } = answer.body as { addresses: readonly string[] };
      const outside = addresses.find((one) => !one.includes(':')) ?? addresses[0];
      if (outside !== undefined) setAddress(outside);
    });
    return () => {
      isStale = true;
    };
  }, []);
  return address;
}
