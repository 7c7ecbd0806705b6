// Where the program goes, a light each: whether it gets there. Nothing is shown of a station that has no outputs.
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import './output-lights.css';

export function OutputLights() {
  const texts = useTexts().outputLights;
  const outputs = useDesk((view) => view.desk?.outputs);
  const isLive = useDesk((view) => view.phase === 'live');
  const entries = Object.entries(outputs ?? {});
  if (entries.length === 0) return null;
  return (
    <ul className="output-lights" aria-label={texts.title}>
      {entries.map(([id, { type, label, state, error }]) => {
        const name = type === 'stream' ? texts.stream : label;
        const shown = isLive ? state : 'unknown';
        return (
          <li key={id} data-output={id} data-state={shown} title={error ?? texts.states[shown]}>
            <span>{name}</span>
            <span className="unseen">{`: ${texts.states[shown]}${error === null ? '' : `, ${error}`}`}</span>
          </li>
        );
      })}
    </ul>
  );
}
