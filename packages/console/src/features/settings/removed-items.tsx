// What was taken out of a list and goes with the next save; until then it can be put back.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { useSettings } from './settings-context.ts';

interface RemovedItemsProps {
  list: string;
  nameOf: (item: unknown) => string;
}

export function RemovedItems({ list, nameOf }: RemovedItemsProps) {
  const texts = useSettingsTexts();
  const undo = useTexts().undo;
  const { draft, view } = useSettings();
  const gone = view.removed.filter((one) => one.list === list);
  if (gone.length === 0) return null;
  return (
    <ul className="removed-items">
      {gone.map((one) => {
        const name = nameOf(one.item);
        return (
          <li key={name}>
            <span>{texts.removed(name)}</span>
            <Button aria-label={texts.putBack(name)} onClick={() => draft.putBack(one)}>
              {undo.undo}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
