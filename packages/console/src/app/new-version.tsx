// After each connection, asks whether the server has a newer page than this one. A page with nothing typed into it loads that by
// itself; otherwise it says so and waits: to be pressed, or until the fields are empty.
import { useEffect, useState } from 'react';
import { useDesk } from '../connection/desk-context.ts';
import { useTexts } from '../i18n/texts.ts';
import { hasTypedText, otherVersion, reloadFor } from '../offline/installed-version.ts';
import { Button } from '../ui/button.tsx';

const LOOK_AGAIN_MS = 5000;

export function NewVersion() {
  const texts = useTexts().connection;
  const isLive = useDesk((view) => view.phase === 'live');
  const [version, setVersion] = useState<string | null>(null);

  useEffect(() => {
    if (!isLive) return undefined;
    const stop = new AbortController();
    void otherVersion(stop.signal).then((found) => {
      if (!stop.signal.aborted) setVersion(found);
    });
    return () => stop.abort();
  }, [isLive]);

  useEffect(() => {
    if (version === null) return undefined;
    const load = () => !hasTypedText() && reloadFor(version);
    if (load()) return undefined;
    const timer = setInterval(load, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [version]);

  if (version === null || !isLive) return null;
  return (
    <p className="banner" data-tone="quiet" role="status">
      {texts.newVersion} <Button onClick={() => window.location.reload()}>{texts.loadNewVersion}</Button>
    </p>
  );
}
