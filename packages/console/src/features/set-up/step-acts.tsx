// Back and on, below every step of the first start.
import { Link } from 'wouter';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';

export function StepActs({ back, next }: { back: string | null; next: string }) {
  const texts = useSettingsTexts().start;
  return (
    <div className="setting-row step-acts">
      {back && (
        <Link className="button" href={back}>
          {texts.back}
        </Link>
      )}
      <Link className="button" data-tone="go" href={next} data-act="next-step">
        {texts.next}
      </Link>
    </div>
  );
}
