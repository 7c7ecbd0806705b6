/** `npm run bench -- headset`: reads its options, measures, prints. Called by main.ts. */
import { type Figure, formatTable, verdictOf } from '../report.ts';
import { readRunOptions, refuseRun } from '../run-options.ts';
import { measureHeadset, type WayFigures } from './measure-headset.ts';

const USAGE = `npm run bench -- headset [options]
  --seconds SECONDS   in a private talk, and on air (default 40)
  --processed         with the browser's echo cancelling, as it is when nobody switches it off
  --strict            exit code 1 when a figure is over its bound`;

/** From mouth to ear. */
const BOUND_MS = 150;

export async function runHeadset(args: string[]): Promise<number> {
  const read = readRunOptions(args, { seconds: { default: 40, from: 5, to: 100 } }, ['processed']);
  if (!read.ok) return refuseRun(read.msg, USAGE);
  const { isStrict } = read.options;
  const { seconds } = read.options.numbers;
  const measured = await measureHeadset({ seconds, isProcessed: read.options.on.has('processed') });
  const figures = [...wayFigures('private', measured.private), ...wayFigures('on air', measured.air)];
  console.log(`\na headset in Chromium and a telephone\n${formatTable(figures)}`);
  const isOver = figures.some((figure) => ['over bound', 'not measured'].includes(verdictOf(figure)));
  return isStrict && isOver ? 1 : 0;
}

function wayFigures(name: string, ways: WayFigures): Figure[] {
  const { toBrowserMs, toPhoneMs, page, witnessMs } = ways;
  const info = (what: string, value: number, unit: string): Figure => ({
    name: `${name}: ${what}`,
    value,
    unit,
    bound: null,
  });
  return [
    { ...info('telephone to browser, median', toBrowserMs.p50, 'ms'), bound: BOUND_MS },
    { ...info('telephone to browser, p99', toBrowserMs.p99, 'ms'), bound: BOUND_MS },
    info("of that, the browser's jitter buffer", page.jitterBufferMs, 'ms'),
    info('of that, its output device', page.outputLatencyMs, 'ms'),
    info('made up by the browser', page.concealedPercent, '%'),
    { ...info('browser to telephone, median', toPhoneMs.p50, 'ms'), bound: BOUND_MS },
    { ...info('browser to telephone, p99', toPhoneMs.p99, 'ms'), bound: BOUND_MS },
    info('chirps', toBrowserMs.count + toPhoneMs.count, ''),
    info('chirps not found', ways.missed, ''),
    info('witness: an idle thread then, p99', witnessMs.p99, 'ms'),
  ];
}
