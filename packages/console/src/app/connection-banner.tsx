// Says at once that the server is away. The desk under it stays as it last was, with its controls disabled; a page that was opened
// meanwhile has nothing under it yet.
import { useDesk } from '../connection/desk-context.ts';
import { useTexts } from '../i18n/texts.ts';

export function ConnectionBanner() {
  const phase = useDesk((view) => view.phase);
  return phase === 'lost' ? <LostBanner /> : null;
}

export function LostBanner() {
  const texts = useTexts().connection;
  return (
    <p className="banner" role="alert">
      {texts.lost}
    </p>
  );
}
