// How good a call's connection is: the codec, and a mark whose form and colour say good, fair or poor. The figures
// are in its title and for screen readers.
import type { Quality } from '@openline/protocol';
import { numberFormat } from '../../i18n/formats.ts';
import { useLanguage, useTexts } from '../../i18n/texts.ts';

const PERCENT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
const GOOD_MOS = 3.8;
const FAIR_MOS = 3.1;

export function LineQuality({ quality }: { quality: Quality }) {
  const texts = useTexts();
  const { locale } = useLanguage();
  const { codec, loss_percent, jitter_ms, mos } = quality;
  const grade = mos >= GOOD_MOS ? 'good' : mos >= FAIR_MOS ? 'fair' : 'poor';
  const figures = texts.strip.quality(
    numberFormat(locale, PERCENT).format(loss_percent),
    Math.round(jitter_ms),
  );
  return (
    <span className="quality" data-grade={grade} title={`${codec} · ${figures}`}>
      <span className="quality-codec">{codec}</span>
      <i aria-hidden="true" />
      <span className="unseen">{`${texts.strip.grades[grade]}, ${figures}`}</span>
    </span>
  );
}
