// What needs attention: lines that are down and the alarms that the server raises. Quiet while there is nothing.
import { useDesk } from '../connection/desk-context.ts';
import { useTexts } from '../i18n/texts.ts';
import { Icon } from '../ui/icon.tsx';

export function Alarms() {
  const texts = useTexts().topBar;
  const lines = useDesk((view) => view.desk?.lines) ?? {};
  const alarms = useDesk((view) => view.desk?.alarms) ?? {};
  const troubles = [
    ...Object.entries(alarms).map(([code, msg]) => ({ code, msg })),
    ...Object.entries(lines)
      .filter(([, line]) => line.status !== 'up')
      .map(([id, line]) => ({
        code: `line/${id}`,
        msg: line.status === 'down' ? texts.lineDown(line.label) : texts.lineRegistering(line.label),
      })),
  ];
  if (troubles.length === 0) return null;
  return (
    <ul className="alarms" aria-label={texts.alarms}>
      {troubles.map(({ code, msg }) => (
        <li key={code} title={msg}>
          <Icon name="unplugged" size={16} />
          <span>{msg}</span>
        </li>
      ))}
    </ul>
  );
}
