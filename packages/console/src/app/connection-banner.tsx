// Says at once that the server is away. The desk under it stays as it last was, with its controls disabled.
import { useDesk } from '../connection/desk-context.ts';
import { useTexts } from '../i18n/texts.ts';

export function ConnectionBanner() {
  const texts = useTexts().connection;
  const phase = useDesk((view) => view.phase);
  if (phase !== 'lost') return null;
  return (
    <p className="banner" role="alert">
      {texts.lost}
    </p>
  );
}
