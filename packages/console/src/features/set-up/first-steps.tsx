// After the station has its name and its administrator: the first line, a phone to talk with, and a call that the station
// places to itself. Each step can be skipped, and the call taken again from the settings.
import { Link, Redirect, useRoute } from 'wouter';
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Icon } from '../../ui/icon.tsx';
import { EmptyNote, Screen } from '../../ui/screen.tsx';
import { useCurrentSettings, useSettings } from '../settings/settings-context.ts';
import { FirstLine } from './first-line.tsx';
import { FirstPhone } from './first-phone.tsx';
import { TestCall } from './test-call.tsx';
import '../settings/settings.css';
import './first-steps.css';

const steps = ['line', 'phone', 'call'] as const;
type Step = (typeof steps)[number];

export default function FirstSteps() {
  const texts = useSettingsTexts();
  const [, params] = useRoute('/start/:step?');
  const role = useDesk((view) => view.desk?.you.role);
  const isAdministrator = role === 'administrator';
  const { view } = useSettings();
  useCurrentSettings(isAdministrator);
  // Producers may have the station call itself; the rest is for administrators.
  const mine = isAdministrator ? steps : (['call'] as const);
  const step = mine.find((one) => one === params?.step);
  if (!step) return <Redirect to={`/start/${mine[0]}`} replace />;
  const isReady = !isAdministrator || view.state === 'ready';
  return (
    <Screen
      name="start"
      title={texts.start.title}
      tools={
        <Link className="button" href="/" data-act="skip">
          {texts.start.skip}
        </Link>
      }
    >
      <div className="first">
        {mine.length > 1 && <StepList open={step} />}
        {isReady ? (
          <OpenStep step={step} />
        ) : (
          <EmptyNote>{view.state === 'failed' ? texts.failed : texts.reading}</EmptyNote>
        )}
      </div>
    </Screen>
  );
}

function OpenStep({ step }: { step: Step }) {
  if (step === 'line') return <FirstLine />;
  return step === 'phone' ? <FirstPhone /> : <TestCall />;
}

function StepList({ open }: { open: Step }) {
  const texts = useSettingsTexts().start;
  const at = steps.indexOf(open);
  return (
    <ol className="first-steps" aria-label={texts.steps}>
      {steps.map((step, index) => (
        <li key={step} data-done={index < at || undefined}>
          <Link href={`/start/${step}`} aria-current={step === open ? 'step' : undefined}>
            <span className="first-number">{index < at ? <Icon name="check" size={16} /> : index + 1}</span>
            {texts[step]}
          </Link>
        </li>
      ))}
    </ol>
  );
}
