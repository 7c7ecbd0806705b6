// Whether a telephone, a device or a browser that the settings speak of is there now.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';

export function Reachable({ isThere }: { isThere: boolean }) {
  const texts = useSettingsTexts().phones;
  return (
    <span className="line-state" data-status={isThere ? 'up' : 'unknown'}>
      {isThere ? texts.connected : texts.away}
    </span>
  );
}
