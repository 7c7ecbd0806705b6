// What needs attention: lines that are down and the alarms that the server raises. Nothing is shown while all is well;
// one chip says the first, and opens the list, which says of each what is to be done.
import { Popover } from 'radix-ui';
import { useControls, useDesk } from '../connection/desk-context.ts';
import { useTexts } from '../i18n/texts.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

export function Alarms() {
  const texts = useTexts().topBar;
  const lines = useDesk((view) => view.desk?.lines) ?? {};
  const alarms = useDesk((view) => view.desk?.alarms) ?? {};
  const troubles = [
    ...Object.entries(alarms).map(([code, msg]) => ({ code, msg, advice: texts.advice[code] })),
    ...Object.entries(lines)
      .filter(([, line]) => line.status !== 'up')
      .map(([id, line]) => ({
        code: `line/${id}`,
        msg: line.status === 'down' ? texts.lineDown(line.label) : texts.lineRegistering(line.label),
        advice: line.status === 'down' ? texts.advice['line_down'] : texts.advice['line_registering'],
      })),
  ];
  const [first] = troubles;
  if (!first) return null;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button className="alarm-chip" icon="unplugged" title={first.msg}>
          {troubles.length === 1 ? first.msg : texts.alarmCount(troubles.length)}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="panel-pop"
          sideOffset={6}
          collisionPadding={8}
          align="end"
          aria-label={texts.alarms}
        >
          <h2>{texts.alarms}</h2>
          <ul className="alarm-list">
            {troubles.map(({ code, msg, advice }) => (
              <li key={code}>
                <Icon name="unplugged" />
                <div>
                  <strong>{msg}</strong>
                  {advice && <p>{advice}</p>}
                  {code === 'delay_lost' && <GoOn />}
                </div>
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Seen: the delay stays away until somebody sets one. */
function GoOn() {
  const texts = useTexts().delay;
  const controls = useControls();
  return (
    <Button data-act="goOn" onClick={() => controls.set('master', 'delay', 'masterDelay', 0)}>
      {texts.goOn}
    </Button>
  );
}
