// Browsers give the microphone only to pages that came by https or from the same machine: where this station can be reached so.
import { useEffect, useState } from 'react';
import { askServer } from '../../connection/session-api.ts';
import { useTexts } from '../../i18n/texts.ts';

export function SecureAddress() {
  const texts = useTexts().headset;
  const [port, setPort] = useState<number | null>(null);
  useEffect(() => {
    let isStale = false;
    void askServer('GET', '/health').then((answer) => {
      const told = answer.ok ? (answer.body as { https_port?: number | null }).https_port : null;
      if (!isStale && typeof told === 'number') setPort(told);
    });
    return () => {
      isStale = true;
    };
  }, []);
  if (port === null) return <p className="headset-note">{texts.noHttps}</p>;
  const address = `https://${window.location.hostname}:${port}/`;
  return (
    <p className="headset-note">
      {texts.openSecure} <a href={address}>{address}</a>
    </p>
  );
}
