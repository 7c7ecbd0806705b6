// What else can be done with an entry of a list, behind one button.
import { DropdownMenu } from 'radix-ui';
import { hasNoFocus } from './focus-part.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

interface RowMenuItem {
  icon: IconName;
  text: string;
  isOff?: boolean;
  onSelect: () => void;
}

/** `label` says whose menu it is. */
interface RowMenuProps {
  label: string;
  items: readonly (RowMenuItem | null)[];
  /** On the button, where it is not one among many. */
  icon?: IconName;
}

export function RowMenu({ label, items, icon = 'more' }: RowMenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button tone="bare" icon={icon} data-act={icon} aria-label={label} title={label} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            // What was chosen has opened something that has the focus now.
            if (!hasNoFocus()) event.preventDefault();
          }}
        >
          {items
            .filter((item) => item !== null)
            .map(({ icon, text, isOff = false, onSelect }) => (
              <DropdownMenu.Item key={text} className="menu-item" disabled={isOff} onSelect={onSelect}>
                <span className="menu-check">
                  <Icon name={icon} size={16} />
                </span>
                {text}
              </DropdownMenu.Item>
            ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
